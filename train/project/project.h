// SPDX-License-Identifier: Apache-2.0
// mote.toml: what a model is to be learned from, what it is to be and what it may cost. One file,
// read by every verb of training, so that data, features, model, recipe and budget are named once.
#ifndef MOTE_TRAIN_PROJECT_PROJECT_H_
#define MOTE_TRAIN_PROJECT_PROJECT_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/host/result.h"
#include "base/shape.h"
#include "train/quantize/calibration.h"

namespace mote::train {

enum class Task { kClassification, kRegression, kAnomaly };

/// What an example is: decides how its file is read and what the device's input is.
enum class InputKind {
  kAudio,   // int16[1,samples], one channel, full scale ±1
  kImage,   // uint8[1,height,width,channels]
  kSeries,  // float32[1,window,channels], in the sensor's unit
};

struct InputOptions {
  InputKind kind = InputKind::kAudio;
  int rate_hz = 16000;   // audio: recordings are resampled to it; series: rows a second
  double seconds = 1.0;  // audio: shorter ones are padded, longer ones cut in the middle
  int width = 32, height = 32, channels = 3;  // image; channels 1 or 3
  int window = 0;                             // series: rows of an example
  int stride = 0;                             // series: from one example to the next; 0: one a file
  std::vector<std::string> columns;  // series: by heading or, without headings, numbered from 1

  /// Shape of one example as the device gets it: [1,samples], [1,height,width,channels] or
  /// [1,window,columns].
  Shape shape() const;
};

/// How data lies on disk (docs/training.md, "Data").
enum class DataFormat {
  kFolders,         // one folder for each class
  kLabels,          // any folder, and a CSV: file, label, and more columns
  kCifar10,         // data_batch_*.bin, test_batch.bin
  kSpeechCommands,  // <word>/<speaker>_nohash_<n>.wav, _background_noise_/
  kFsdd,            // <digit>_<speaker>_<n>.wav
  kToyAdmos,        // train/, test/ with normal_*.wav, anomaly_*.wav
};

struct DataOptions {
  DataFormat format = DataFormat::kFolders;
  std::filesystem::path path;    // absolute
  std::filesystem::path labels;  // kLabels: the CSV
  std::string file_column = "file", label_column = "label";
  std::vector<std::string> classes;  // in the model's order; empty: all, by name
  std::string unknown;  // the class of all words that aren't in `classes`; empty: left out
  std::string normal;   // anomaly: the class that training sees; the others are anomalies
  // Regular expressions over a path relative to `path`; each takes the text of its first group.
  std::string class_pattern;  // the class, instead of the folder's name; the others are left out
  std::string group_pattern;  // the group
  std::string test_pattern;   // what matches is only tested with
  std::map<std::string, std::string> columns;  // more columns of examples: name, pattern
  std::string group_column = "group";          // kLabels: of the CSV
  std::vector<std::filesystem::path>
      extra;                    // folders of more training examples, of the same format
  std::filesystem::path noise;  // folder of recordings to mix in
};

enum class SplitBy {
  kFile,   // exact parts of each class's files
  kGroup,  // exact parts of the groups
  kHash,  // each group where its hash says, so that more data moves nothing (Speech Commands' rule)
  kGiven,  // as the data says: folders train/ and test/, lists, a column `split`
};

struct SplitOptions {
  SplitBy by = SplitBy::kFile;
  double validation = 0.1, test = 0.2;  // parts of the files, groups or hashes
  uint32_t seed = 1;
};

struct FeatureOptions {
  std::string type =
      "none";  // none, mfcc, log_mel, spectrum (series: magnitudes of each channel), statistics
  int window_size = 480, window_step = 320, fft_length = 0;
  int mel_bins = 40, coefficients = 10;
  double lower_hz = 20, upper_hz = 4000;
  bool normalize =
      true;  // images and series: by the training data's mean and deviation of each channel
};

/// Chances and ranges of random changes; 0 leaves a change out. Ranges are symmetric unless said.
struct AugmentOptions {
  double noise = 0, noise_snr_low_db = 0,
         noise_snr_high_db = 20;  // chance; mixed in at such a ratio
  double shift_seconds = 0;       // audio and series: time shift
  double speed = 0;               // resampled by 1 ± speed
  double gain_db = 0;
  int time_masks = 0, time_mask_width = 0;  // SpecAugment, on features
  int frequency_masks = 0, frequency_mask_width = 0;
  int crop = 0;       // image: shifted by so many pixels, edges filled with zeros
  bool flip = false;  // image: left and right
  double brightness = 0, contrast = 0, color = 0;  // image: parts of full scale
  double rotation_degrees = 0;  // image: in the plane; series of 3 axes: in space
  double sensor_noise = 0;      // series: of each channel's deviation
  double channel_dropout = 0;   // series: chance that a channel is silent
};

struct ModelOptions {
  std::string type = "ds_cnn";  // a name of model_types(), or "file"
  std::filesystem::path file;   // .tflite, .onnx or TorchScript to fine-tune
  double width = 1.0;           // of channels
  int filters = 0, layers = 0;  // 0: the type's own
  std::vector<int> units;       // mlp, autoencoder: of the hidden layers
  double dropout = 0;
  int freeze = 0;             // so many first operators keep their weights
  int trees = 50, depth = 8;  // random_forest
  int modes = 1;              // mahalanobis
};

struct TrainingOptions {
  int epochs = 30, batch = 64;
  std::string optimizer = "adam";  // or sgd
  double rate = 1e-3, momentum = 0.9, weight_decay = 0;
  std::string schedule = "cosine";  // constant, step, cosine
  int step_epochs = 10;             // step: the rate is multiplied by step_factor each so many
  double step_factor = 0.1;
  int warmup_epochs = 0;
  double clip_norm = 0;                   // the length that a step's gradient is cut to; 0: none
  double label_smoothing = 0, mixup = 0;  // mixup: alpha of the beta distribution
  int patience = 0;      // early stopping after so many epochs without progress; 0: none
  bool balance = false;  // classes weigh the same however many examples they have
  uint32_t seed = 1;
  std::filesystem::path teacher;  // distillation: a float model's .tflite, with the same features
  double teacher_weight = 0.5, temperature = 4;
};

struct CompressionOptions {
  std::string activations = "int8";  // or int16
  quantize::Calibration calibration = quantize::Calibration::kMinMax;
  int calibration_examples = 200;
  int qat_epochs = 0;
  int weight_bits = 8;        // or 4
  double prune_weights = 0;   // part of the weights that become zero
  double prune_channels = 0;  // part of the channels that are removed
  int finetune_epochs = 5;    // after pruning
};

struct BudgetOptions {
  std::string board;  // a name of `mote boards`
  std::optional<uint64_t> max_ram_bytes, max_flash_bytes;
  std::optional<double> max_latency_ms, max_energy_uj;
  bool strict = true;  // training refuses to start where the plan doesn't fit
};

/// A hyperparameter's values: `mote train --search` draws from them.
struct SearchRange {
  std::string key;           // "training.rate"
  double low = 0, high = 0;  // numbers, log-uniform if `log`
  bool log = false, whole = false;
  std::vector<std::string> choices;  // instead of low and high
};

struct Project {
  std::filesystem::path file;  // mote.toml
  std::string name;
  Task task = Task::kClassification;
  InputOptions input;
  DataOptions data;
  SplitOptions split;
  FeatureOptions features;
  AugmentOptions augment;
  ModelOptions model;
  TrainingOptions training;
  CompressionOptions compression;
  BudgetOptions budget;
  std::vector<SearchRange> search;
};

/// Reads DIR/mote.toml, or the file itself. Relative paths in it are relative to its folder.
/// `overrides` are "training.epochs=3" and win over the file. Errors name the file, line and
/// column, the key, what is wrong and what would be right: an unknown key or table, a wrong type, a
/// value out of range, options that contradict the task or kind of input.
Result<Project> read_project(const std::filesystem::path& path,
                             const std::vector<std::string>& overrides = {});

/// The files of a new project by name ("mote.toml", "README.md") for kws, image, anomaly or
/// gesture.
Result<std::map<std::string, std::string>> project_template(const std::string& kind);

/// All keys of mote.toml as Markdown tables.
std::string project_keys_markdown();

}  // namespace mote::train

#endif  // MOTE_TRAIN_PROJECT_PROJECT_H_
