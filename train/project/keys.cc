// SPDX-License-Identifier: Apache-2.0
#include "train/project/keys.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace mote::train {
namespace {

template <typename E>
Slot pick(E& value, std::vector<std::string> words) {
  auto get = [&value, words] { return words[static_cast<size_t>(value)]; };
  return Pick{words, get, [&value](size_t i) { value = static_cast<E>(i); }};
}

Slot pick(std::string& value, std::vector<std::string> words) {
  return Pick{words, [&value] { return value; }, [&value, words](size_t i) { value = words[i]; }};
}

// A key stored in the project's field of the same name.
#define MOTE_KEY(table, name, low, high, what)                                        \
  {                                                                                   \
#table, #name, low, high, what, [](Project & p) -> Slot { return &p.table.name; } \
  }
#define MOTE_TOGGLE(table, name, what) MOTE_KEY(table, name, 0, 1, what)
#define MOTE_TEXT(table, name, what) MOTE_KEY(table, name, 0, 0, what)
#define MOTE_PICK(table, name, what, ...)                                                    \
  {                                                                                          \
#table, #name, 0, 0, what, [](Project & p) { return pick(p.table.name, {__VA_ARGS__}); } \
  }

constexpr double kMost = 1e9;

const Key kKeys[] = {
    {"", "name", 0, 0, "what the project is called", [](Project& p) -> Slot { return &p.name; }},
    {"", "task", 0, 0, "what is learned: a class, a number, or what is normal",
     [](Project& p) {
       return pick(p.task, {"classification", "regression", "anomaly"});
     }},

    MOTE_PICK(input, kind, "what an example is: sound, a picture, or rows of sensor values",
              "audio", "image", "series"),
    MOTE_KEY(input, rate_hz, 1, 1e6,
             "samples a second; recordings are resampled to it (audio); rows a second, 100 unless "
             "given (series)"),
    MOTE_KEY(input, seconds, 0.001, 600,
             "length of an example; shorter recordings get silence on both sides, of longer ones "
             "the middle is taken (audio)"),
    MOTE_KEY(input, width, 1, 4096, "pixels; pictures are cut to this shape and resized (image)"),
    MOTE_KEY(input, height, 1, 4096, "pixels (image)"),
    MOTE_KEY(input, channels, 1, 3, "1 for grey, 3 for red, green, blue (image)"),
    MOTE_KEY(input, window, 0, 1e6, "rows of an example (series, needed)"),
    MOTE_KEY(input, stride, 0, 1e6,
             "rows from one example of a file to the next; 0: one example a file, its first rows "
             "(series)"),
    MOTE_TEXT(input, columns,
              "which columns, by heading, or numbered from \"1\" where there are no headings "
              "(series, needed)"),

    MOTE_PICK(data, format, "how the data lies on disk, see [Data](training.md#data)", "folders",
              "labels", "cifar10", "speech_commands", "fsdd", "toyadmos"),
    MOTE_TEXT(data, path, "folder of the data (needed)"),
    MOTE_TEXT(data, labels, "CSV that names files and labels (format labels)"),
    MOTE_TEXT(data, file_column, "heading of the column with the files (format labels)"),
    MOTE_TEXT(data, label_column, "heading of the column with the class or number (format labels)"),
    MOTE_TEXT(data, group_column, "heading of the column with the group, if any (format labels)"),
    MOTE_TEXT(data, classes, "classes in the model's order; none: all, by name"),
    MOTE_TEXT(data, unknown, "the class of what is in none of `classes`; none: left out"),
    MOTE_TEXT(data, normal, "the class that is normal; all others are anomalies (anomaly)"),
    MOTE_TEXT(data, class_pattern,
              "regular expression over a file's path below `path`, whose first group is the class, "
              "instead of the folder's name; files that don't match are left out"),
    MOTE_TEXT(data, group_pattern,
              "regular expression whose first group is who or what an example is from"),
    MOTE_TEXT(data, test_pattern, "regular expression; what matches is only tested with"),
    MOTE_TEXT(data, columns,
              "table of names and regular expressions whose first group is an example's value: "
              "evaluation tells groups apart by them"),
    MOTE_TEXT(data, extra, "folders of more data in the same format, only to train with"),
    MOTE_TEXT(data, noise, "folder of recordings that augmentation mixes in"),

    MOTE_PICK(split, by, "what stays together, see [Splits](training.md#splits)", "file", "group",
              "hash", "given"),
    MOTE_KEY(split, validation, 0, 0.9, "part that chooses the best epoch"),
    MOTE_KEY(split, test, 0, 0.9, "part that judges the model"),
    MOTE_KEY(split, seed, 0, 4294967295.0, "another seed, another split"),

    MOTE_PICK(features, type,
              "what the network sees: the values themselves, mel-frequency cepstral coefficients, "
              "log mel energies (audio), magnitudes of each channel's spectrum, or mean, deviation "
              "and more of each channel, or how it spreads around its mean (series)",
              "none", "mfcc", "log_mel", "spectrum", "statistics", "spread"),
    MOTE_KEY(features, window_size, 1, 1e6, "samples of a frame"),
    MOTE_KEY(features, window_step, 1, 1e6, "samples from one frame to the next"),
    MOTE_KEY(features, fft_length, 0, 1 << 20,
             "points of the transform, a power of two; 0: the first one that a frame fits"),
    MOTE_KEY(features, mel_bins, 1, 1024, "mel bands"),
    MOTE_KEY(features, coefficients, 1, 1024, "cepstral coefficients kept (mfcc)"),
    MOTE_KEY(features, lower_hz, 0, 1e6, "where the first mel band begins, Hz"),
    MOTE_KEY(features, upper_hz, 0, 1e6, "where the last one ends, Hz"),
    MOTE_TOGGLE(features, normalize,
                "each channel by the training data's mean and deviation (image, series)"),

    MOTE_KEY(augment, noise, 0, 1, "chance that noise is mixed in (audio)"),
    MOTE_KEY(augment, noise_snr_low_db, -40, 100, "weakest signal against the noise, dB"),
    MOTE_KEY(augment, noise_snr_high_db, -40, 100, "strongest signal against the noise, dB"),
    MOTE_KEY(augment, shift_seconds, 0, 60, "shift in time, ± seconds (audio, series)"),
    MOTE_KEY(augment, speed, 0, 0.9, "faster or slower by ± this part (audio, series)"),
    MOTE_KEY(augment, gain_db, 0, 60, "louder or softer, ± dB (audio, series)"),
    MOTE_KEY(augment, time_masks, 0, 100, "stripes of frames that are masked (SpecAugment)"),
    MOTE_KEY(augment, time_mask_width, 0, 1e4, "frames of the widest"),
    MOTE_KEY(augment, frequency_masks, 0, 100, "stripes of bins that are masked"),
    MOTE_KEY(augment, frequency_mask_width, 0, 1e4, "bins of the widest"),
    MOTE_KEY(augment, crop, 0, 4096,
             "shifted by ± so many pixels, zeros come in from outside (image)"),
    MOTE_TOGGLE(augment, flip, "left and right are exchanged in half of the pictures (image)"),
    MOTE_KEY(augment, brightness, 0, 1, "± part of full scale (image)"),
    MOTE_KEY(augment, contrast, 0, 1, "± part (image)"),
    MOTE_KEY(augment, color, 0, 1, "± part of full scale, each channel by itself (image)"),
    MOTE_KEY(augment, rotation_degrees, 0, 180,
             "± in the plane (image); around any axis in space (series of 3 axes)"),
    MOTE_KEY(augment, sensor_noise, 0, 10, "of a channel's deviation (series)"),
    MOTE_KEY(augment, channel_dropout, 0, 1, "chance that a channel is silent (series)"),

    MOTE_TEXT(model, type, "architecture, see [Models](training.md#models); or \"file\""),
    MOTE_TEXT(model, file, "a .tflite, .onnx or TorchScript model to fine-tune (type file)"),
    MOTE_KEY(model, width, 0.01, 10, "factor of all layers' channels"),
    MOTE_KEY(model, filters, 0, 4096, "channels; 0: the architecture's own"),
    MOTE_KEY(model, layers, 0, 1000, "layers or blocks; 0: the architecture's own"),
    MOTE_KEY(model, units, 1, 1e5, "of the hidden layers (mlp, autoencoder)"),
    MOTE_KEY(model, dropout, 0, 0.95, "chance that a value is dropped in training"),
    MOTE_KEY(model, freeze, 0, 1e4, "so many first operators keep their weights"),
    MOTE_KEY(model, trees, 1, 1e4, "trees (random_forest)"),
    MOTE_KEY(model, depth, 1, 30, "of a tree at most (random_forest)"),
    MOTE_KEY(model, modes, 1, 100, "kinds of what is normal, such as speeds (mahalanobis)"),

    MOTE_KEY(training, epochs, 0, 1e5, "passes over the training data"),
    MOTE_KEY(training, batch, 1, 1e5, "examples of a step"),
    MOTE_PICK(training, optimizer, "how weights follow gradients", "adam", "sgd"),
    MOTE_KEY(training, rate, 1e-8, 100, "learning rate at the start, after warm-up"),
    MOTE_KEY(training, momentum, 0, 0.9999, "of sgd"),
    MOTE_KEY(training, weight_decay, 0, 1, "of weights, a step"),
    MOTE_PICK(training, schedule, "how the learning rate changes", "cosine", "step", "constant"),
    MOTE_KEY(training, step_epochs, 1, 1e5, "epochs of a step (schedule step)"),
    MOTE_KEY(training, step_factor, 1e-6, 1, "of the rate at each (schedule step)"),
    MOTE_KEY(training, warmup_epochs, 0, 1e5, "epochs in which the rate rises from 0"),
    MOTE_KEY(
        training, clip_norm, 0, 1e6,
        "longest gradient of a step, longer ones are shortened; 0: any, but 1 in fine-tuning and "
        "quantisation-aware training"),
    MOTE_KEY(training, label_smoothing, 0, 0.9, "part of a label that goes to the other classes"),
    MOTE_KEY(training, mixup, 0, 10, "alpha of mixup's beta distribution; 0: none"),
    MOTE_KEY(training, patience, 0, 1e5,
             "stops after so many epochs without progress on the validation part; 0: never"),
    MOTE_TOGGLE(training, balance, "classes weigh the same however many examples they have"),
    MOTE_KEY(training, seed, 0, 4294967295.0, "same seed, same model"),
    MOTE_TEXT(training, teacher, "float .tflite to distil from, with the same features"),
    MOTE_KEY(training, teacher_weight, 0, 1, "part of the loss that is the teacher's"),
    MOTE_KEY(training, temperature, 0.1, 100, "of distillation"),

    MOTE_PICK(compression, activations, "of the deployed model; weights are int8", "int8", "int16"),
    {"compression", "calibration", 0, 0, "how ranges are made of what tensors hold",
     [](Project& p) { return pick(p.compression.calibration, quantize::kCalibrationNames); }},
    MOTE_KEY(compression, calibration_examples, 1, 1e6, "training examples that calibrate"),
    MOTE_KEY(
        compression, qat_epochs, 0, 1e5,
        "epochs of quantisation-aware training; the better of both forms by the validation part "
        "is deployed"),
    MOTE_KEY(compression, weight_bits, 4, 8, "4 or 8"),
    MOTE_KEY(compression, prune_weights, 0, 0.99, "part of the weights that become zero"),
    MOTE_KEY(compression, prune_channels, 0, 0.99, "part of the channels that are removed"),
    MOTE_KEY(compression, finetune_epochs, 0, 1e5, "epochs after pruning"),

    MOTE_TEXT(budget, board, "a board of `mote boards`, or a board file"),
    MOTE_KEY(budget, max_ram_bytes, 1, kMost, "RAM; none: the board's"),
    MOTE_KEY(budget, max_flash_bytes, 1, kMost, "flash; none: the board's"),
    MOTE_KEY(budget, max_latency_ms, 1e-6, kMost, "milliseconds of an inference"),
    MOTE_KEY(budget, max_energy_uj, 1e-6, kMost, "microjoules of an inference"),
    MOTE_TOGGLE(budget, strict, "training refuses to start where the plan doesn't fit"),
};

size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string in_quotes(const std::string& text) {
  return fmt::format("\"{}\"", text);
}

struct Accepted {
  const Key& key;
  std::string number(const char* what) const {
    return fmt::format("{} from {} to {}", what, key.low, key.high);
  }
  std::string whole() const {
    return fmt::format("a whole number from {:.0f} to {:.0f}", key.low, key.high);
  }
  std::string operator()(const Pick& p) const {
    std::vector<std::string> words;
    for (const std::string& word : p.words) words.push_back(in_quotes(word));
    return fmt::format("one of {}", fmt::join(words, ", "));
  }
  std::string operator()(bool*) const { return "true or false"; }
  std::string operator()(int*) const { return whole(); }
  std::string operator()(uint32_t*) const { return whole(); }
  std::string operator()(std::optional<uint64_t>*) const { return whole(); }
  std::string operator()(double*) const { return number("a number"); }
  std::string operator()(std::optional<double>*) const { return number("a number"); }
  std::string operator()(std::string*) const { return "text in quotes"; }
  std::string operator()(std::filesystem::path*) const { return "a path in quotes"; }
  std::string operator()(std::vector<std::string>*) const { return "a list of texts"; }
  std::string operator()(std::vector<int>*) const {
    return fmt::format("a list of whole numbers from {:.0f} to {:.0f}", key.low, key.high);
  }
  std::string operator()(std::vector<std::filesystem::path>*) const { return "a list of paths"; }
  std::string operator()(std::map<std::string, std::string>*) const { return "a table of texts"; }
};

template <typename T>
std::string list_text(const std::vector<T>& values) {
  return values.empty() ? "" : fmt::format("[{}]", fmt::join(values, ", "));
}

struct Written {
  std::string operator()(const Pick& p) const { return in_quotes(p.get()); }
  std::string operator()(bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(int* value) const { return fmt::format("{}", *value); }
  std::string operator()(uint32_t* value) const { return fmt::format("{}", *value); }
  std::string operator()(double* value) const { return fmt::format("{}", *value); }
  template <typename T>
  std::string operator()(std::optional<T>* value) const {
    return *value ? fmt::format("{}", **value) : "";
  }
  std::string operator()(std::string* value) const {
    return value->empty() ? "" : in_quotes(*value);
  }
  std::string operator()(std::filesystem::path* value) const {
    return value->empty() ? "" : in_quotes(value->string());
  }
  std::string operator()(std::vector<int>* value) const { return list_text(*value); }
  std::string operator()(std::vector<std::string>* value) const {
    std::vector<std::string> texts;
    for (const std::string& text : *value) texts.push_back(in_quotes(text));
    return list_text(texts);
  }
  std::string operator()(std::vector<std::filesystem::path>* value) const {
    std::vector<std::string> texts;
    for (const std::filesystem::path& path : *value) texts.push_back(in_quotes(path.string()));
    return list_text(texts);
  }
  std::string operator()(std::map<std::string, std::string>* value) const {
    std::vector<std::string> texts;
    for (const auto& [name, text] : *value) texts.push_back(fmt::format("{} = '{}'", name, text));
    return texts.empty() ? "" : fmt::format("{{{}}}", fmt::join(texts, ", "));
  }
};

}  // namespace

std::span<const Key> project_keys() {
  return kKeys;
}

const Key* find_key(std::string_view table, std::string_view name) {
  for (const Key& key : kKeys) {
    if (table == key.table && name == key.name) return &key;
  }
  return nullptr;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  size_t fewest = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    size_t count = edits(word, candidate);
    if (count < fewest) fewest = count, best = candidate;
  }
  return best;
}

std::string accepted(const Key& key) {
  Project scratch;
  return std::visit(Accepted{key}, key.slot(scratch));
}

std::string written_value(const Key& key, const Project& project) {
  Project scratch = project;
  return std::visit(Written{}, key.slot(scratch));
}

std::string project_keys_markdown() {
  std::string text =
      "# Keys of mote.toml\n\n"
      "`mote new --keys` prints this from the table that the program reads project files by\n"
      "(train/project/keys.cc); `make docs` writes it. What a project file is: "
      "[training.md](training.md#project-file).\n";
  std::string table = "-";
  for (const Key& key : kKeys) {
    if (table != key.table) {
      table = key.table;
      text += fmt::format("\n## {}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n",
                          table.empty() ? "Top of the file" : fmt::format("`[{}]`", table));
    }
    std::string value = written_value(key, Project());
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, accepted(key),
                        value.empty() ? "" : fmt::format("`{}`", value), key.what);
  }
  return text;
}

}  // namespace mote::train
