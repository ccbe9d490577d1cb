// SPDX-License-Identifier: Apache-2.0
#include "train/data/check.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>

#include "base/host/digest.h"
#include "base/host/parallel.h"
#include "train/data/sound.h"

namespace mote::train {
namespace {

constexpr double kSilentDb = -60;
constexpr double kClippedPart = 0.001;   // of a recording's samples: a tenth of a percent
constexpr double kFlatPart = 0.5;        // of a picture's pixels
constexpr double kSaturatedPart = 0.05;  // of a window's rows
constexpr size_t kNamed = 20;            // examples that a finding names

double decibels(double power) {
  return 10 * std::log10(std::max(power, 1e-20));
}

/// Of the recording as it is on disk: the project's rate and length would hide it.
void look_at_recording(const std::filesystem::path& path, const Example& example,
                       const Project& project, ExampleFacts* facts) {
  Result<OpenSound> sound = open_sound(path);
  if (!sound.ok()) return;
  int64_t frames = sound->info.frames;
  if (example.offset > 0) {
    frames = std::min<int64_t>(frames - static_cast<int64_t>(example.offset),
                               std::lround(project.input.seconds * sound->info.samplerate));
  }
  Result<std::vector<float>> samples =
      read_mono(*sound, static_cast<int64_t>(example.offset), frames);
  if (!samples.ok() || samples->empty()) return;
  size_t clipped = 0;
  double energy = 0;
  for (float value : *samples) {
    clipped += std::abs(value) >= 0.999f;
    energy += static_cast<double>(value) * value;
  }
  double count = static_cast<double>(samples->size());
  facts->seconds = count / sound->info.samplerate;
  facts->clipped = static_cast<double>(clipped) / count;
  facts->level_db = decibels(energy / count);
}

void look_at_picture(const Signal& signal, ExampleFacts* facts) {
  auto [low, high] = std::minmax_element(signal.values.begin(), signal.values.end());
  facts->silent = *low == *high;
  size_t flat = 0;
  for (float value : signal.values) flat += value == 0 || value == 255;
  facts->clipped = static_cast<double>(flat) / static_cast<double>(signal.values.size());
}

ChannelFacts look_at_channel(const std::vector<float>& values, size_t first, size_t step) {
  ChannelFacts facts{values[first], values[first], 0, 0};
  for (size_t i = first; i < values.size(); i += step) {
    facts.low = std::min(facts.low, values[i]);
    facts.high = std::max(facts.high, values[i]);
  }
  const double row = static_cast<double>(step) / static_cast<double>(values.size());
  for (size_t i = first; i < values.size(); i += step) {
    facts.at_low += values[i] == facts.low ? row : 0;
    facts.at_high += values[i] == facts.high ? row : 0;
  }
  return facts;
}

bool dead(const ChannelFacts& facts) {
  return facts.low == facts.high;
}

void look_at_series(const Project& project, const Signal& signal, ExampleFacts* facts) {
  const size_t channels = static_cast<size_t>(signal.shape[2]);
  for (size_t c = 0; c < channels; ++c) {
    facts->channels.push_back(look_at_channel(signal.values, c, channels));
  }
  facts->silent = std::all_of(facts->channels.begin(), facts->channels.end(), dead);
  facts->seconds = static_cast<double>(signal.shape[1]) / project.input.rate_hz;
}

ExampleFacts look_at(const Project& project, const Dataset& dataset, const Example& example) {
  ExampleFacts facts;
  Result<Signal> signal = read_example(project, dataset, example);
  if (!signal.ok()) {
    facts.error = signal.error().message;
    return facts;
  }
  if (project.input.kind == InputKind::kAudio) {
    look_at_recording(dataset.root / example.path, example, project, &facts);
    facts.silent = facts.level_db < kSilentDb;
  } else if (project.input.kind == InputKind::kImage) {
    look_at_picture(*signal, &facts);
  } else {
    look_at_series(project, *signal, &facts);
  }
  if (!facts.silent) {
    std::string_view bytes(reinterpret_cast<const char*>(signal->values.data()),
                           signal->values.size() * sizeof(float));
    facts.content = Digest().add(bytes).hex();
  }
  return facts;
}

/// Collects findings of a data set whose facts are known.
class Finder {
 public:
  Finder(const Project& project, const Dataset& dataset, DataReport* report)
      : project_(project), dataset_(dataset), report_(*report) {}

  void find() {
    corrupt();
    same_contents();
    shared_groups();
    missing_classes();
    levels();
    lengths();
    balance();
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.serious > b.serious; });
  }

 private:
  void add(const char* kind, bool serious, const std::vector<std::string>& all, std::string what) {
    if (all.empty()) return;
    auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kNamed));
    report_.findings.push_back({kind, serious, all.size(), std::move(what), {all.begin(), end}});
  }

  const Example& example(size_t i) const { return dataset_.examples[i]; }
  std::string name(size_t i) const {
    const Example& e = example(i);
    return e.offset == 0 ? e.path : fmt::format("{} from {}", e.path, e.offset);
  }
  std::string class_name(size_t i) const {
    return project_.task == Task::kRegression ? fmt::format("{}", example(i).target)
                                              : example(i).columns.at("class");
  }

  template <typename Wanted>
  std::vector<std::string> names_where(Wanted wanted) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < report_.facts.size(); ++i) {
      if (report_.facts[i].error.empty() && wanted(report_.facts[i], i)) names.push_back(name(i));
    }
    return names;
  }

  void corrupt() {
    std::vector<std::string> files;
    for (const Skipped& skipped : dataset_.skipped) {
      files.push_back(fmt::format("{}: {}", skipped.path, skipped.why));
    }
    for (const ExampleFacts& facts : report_.facts) {
      if (!facts.error.empty()) files.push_back(facts.error);
    }
    add("corrupt", false, files,
        "Files that can't be read or don't fit the project; they are left out.");
  }

  void same_contents() {
    std::map<std::string, std::vector<size_t>> by_content;
    for (size_t i = 0; i < report_.facts.size(); ++i) {
      if (!report_.facts[i].content.empty()) by_content[report_.facts[i].content].push_back(i);
    }
    std::vector<std::string> conflicts, leaks, duplicates;
    for (const auto& [content, same] : by_content) {
      if (same.size() < 2) continue;
      std::set<std::string> classes;
      std::set<Split> splits;
      std::vector<std::string> names;
      for (size_t i : same) {
        classes.insert(class_name(i));
        splits.insert(example(i).split);
        names.push_back(
            fmt::format("{} ({}, {})", name(i), class_name(i), name_of(example(i).split)));
      }
      std::string line = fmt::format("{}", fmt::join(names, " = "));
      (classes.size() > 1 ? conflicts : splits.size() > 1 ? leaks : duplicates).push_back(line);
    }
    add("conflict", true, conflicts,
        "The same content with different labels: one of them is wrong.");
    add("leak", true, leaks,
        "The same content in two parts of the split: the test asks what training has seen.");
    add("duplicate", false, duplicates, "The same content more than once in one part.");
  }

  void shared_groups() {
    std::map<std::string, std::set<Split>> parts;
    for (const Example& e : dataset_.examples) {
      if (e.group.empty()) continue;
      std::set<Split>& splits = parts[e.group];
      if (!e.test_only) splits.insert(e.split);  // an anomaly's group has to have normal ones, too
    }
    report_.groups = parts.size();
    std::vector<std::string> shared;
    for (const auto& [group, splits] : parts) {
      if (splits.size() > 1) shared.push_back(group);
    }
    add("shared group", true, shared,
        "Groups (speakers, devices) with examples in two parts of the split: the test doesn't say "
        "how the model does with new ones; split.by = \"group\" keeps them apart.");
  }

  void missing_classes() {
    if (project_.task != Task::kClassification) return;
    for (Split split : {Split::kValidation, Split::kTest}) {
      if (dataset_.of(split).empty()) continue;
      std::vector<std::string> missing;
      for (const ClassFacts& facts : report_.classes) {
        if (facts.examples[static_cast<size_t>(split)] == 0) missing.push_back(facts.name);
      }
      add("missing class", true, missing,
          fmt::format("Classes without examples in the {} part.", name_of(split)));
    }
    if (dataset_.of(Split::kTest).empty()) {
      add("no test", true, {"test"}, "The test part is empty: nothing judges the model.");
    }
  }

  void levels() {
    const bool audio = project_.input.kind == InputKind::kAudio;
    const bool image = project_.input.kind == InputKind::kImage;
    add("silence", false, names_where([](const ExampleFacts& f, size_t) { return f.silent; }),
        audio   ? "Recordings below -60 dB of full scale."
        : image ? "Pictures of one colour."
                : "Windows in which no channel changes.");
    double most = audio ? kClippedPart : kFlatPart;
    add("clipping", false,
        names_where([&](const ExampleFacts& f, size_t) { return f.clipped > most && !f.silent; }),
        audio ? "Recordings with more than 0.1 % of their samples at full scale: recorded too loud."
              : "Pictures with more than half of their values black or white.");
    add("dead channel", false, names_where([](const ExampleFacts& f, size_t) {
          return !f.silent && std::any_of(f.channels.begin(), f.channels.end(), dead);
        }),
        "Windows in which a channel doesn't change.");
    saturation();
  }

  /// Sensors that reach the end of their range stay there: the largest value of all, for many rows.
  void saturation() {
    std::vector<ChannelFacts> ends;
    for (const ExampleFacts& facts : report_.facts) {
      if (ends.empty()) ends = facts.channels;
      for (size_t c = 0; c < facts.channels.size(); ++c) {
        ends[c].low = std::min(ends[c].low, facts.channels[c].low);
        ends[c].high = std::max(ends[c].high, facts.channels[c].high);
      }
    }
    const double least = std::max(kSaturatedPart, 2.5 / project_.input.window);  // three rows
    auto saturated = [&](const ExampleFacts& facts, size_t) {
      for (size_t c = 0; c < facts.channels.size(); ++c) {
        const ChannelFacts& channel = facts.channels[c];
        if (dead(channel)) continue;
        bool low = channel.low == ends[c].low && channel.at_low > least;
        if (low || (channel.high == ends[c].high && channel.at_high > least)) return true;
      }
      return false;
    };
    add("saturation", false, names_where(saturated),
        "Windows with more than 5 % of their rows at the end of a channel's range: the sensor may "
        "have measured no further.");
  }

  void lengths() {
    if (project_.input.kind == InputKind::kImage) return;
    std::vector<double> seconds;
    for (const ExampleFacts& facts : report_.facts) {
      if (facts.error.empty()) seconds.push_back(facts.seconds);
    }
    if (seconds.empty()) return;
    std::sort(seconds.begin(), seconds.end());
    report_.shortest_s = seconds.front();
    report_.median_s = seconds[seconds.size() / 2];
    report_.longest_s = seconds.back();
    if (project_.input.kind != InputKind::kAudio) return;
    const double wanted = project_.input.seconds;
    add("short", false,
        names_where([&](const ExampleFacts& f, size_t) { return f.seconds < wanted / 2; }),
        fmt::format("Recordings shorter than half an example of {} s; the rest is silence.",
                    wanted));
    add("long", false,
        names_where([&](const ExampleFacts& f, size_t) { return f.seconds > wanted * 1.5; }),
        fmt::format(
            "Recordings longer than one and a half examples of {} s; only their middle is used.",
            wanted));
  }

  void balance() {
    if (project_.task != Task::kClassification) return;
    const ClassFacts *fewest = nullptr, *most = nullptr;
    for (const ClassFacts& facts : report_.classes) {
      if (!fewest || facts.examples[0] < fewest->examples[0]) fewest = &facts;
      if (!most || facts.examples[0] > most->examples[0]) most = &facts;
    }
    if (!fewest || most->examples[0] < 3 * fewest->examples[0]) return;
    add("imbalance", false, {fewest->name, most->name},
        fmt::format(
            "Class \"{}\" has {} training examples, \"{}\" {}; training.balance = true makes "
            "them weigh the same.",
            fewest->name, fewest->examples[0], most->name, most->examples[0]));
  }

  const Project& project_;
  const Dataset& dataset_;
  DataReport& report_;
};

void count_classes(const Project& project, const Dataset& dataset, DataReport* report) {
  const bool regression = project.task == Task::kRegression;
  report->classes.resize(regression ? 1 : dataset.classes.size());
  for (size_t i = 0; i < dataset.classes.size() && !regression; ++i) {
    report->classes[i].name = dataset.classes[i];
  }
  for (size_t i = 0; i < dataset.examples.size(); ++i) {
    if (!report->facts[i].error.empty()) continue;
    const Example& example = dataset.examples[i];
    ClassFacts& facts = report->classes[regression ? 0 : static_cast<size_t>(example.label)];
    ++facts.examples[static_cast<size_t>(example.split)];
    facts.seconds += report->facts[i].seconds;
    if (!regression) continue;
    TargetRange& range = report->targets[static_cast<size_t>(example.split)];
    bool first = range.examples++ == 0;
    range.low = first ? example.target : std::min(range.low, example.target);
    range.high = first ? example.target : std::max(range.high, example.target);
    range.mean += (example.target - range.mean) / static_cast<double>(range.examples);
  }
}

}  // namespace

DataReport check_data(const Project& project, const Dataset& dataset,
                      const std::function<void(size_t, size_t)>& progress) {
  DataReport report;
  const size_t all = dataset.examples.size();
  report.facts.resize(all);
  std::mutex mutex;
  size_t done = 0;
  (void)for_each_in_parallel(all, job_count(0, all), [&](size_t, size_t i) -> Result<void> {
    report.facts[i] = look_at(project, dataset, dataset.examples[i]);
    std::lock_guard lock(mutex);
    progress(++done, all);
    return {};
  });
  count_classes(project, dataset, &report);
  Finder(project, dataset, &report).find();
  return report;
}

}  // namespace mote::train
