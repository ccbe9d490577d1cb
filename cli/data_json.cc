// SPDX-License-Identifier: Apache-2.0
#include "cli/data_json.h"

#include <algorithm>
#include <cmath>

#include "base/host/digest.h"
#include "train/data/picture.h"
#include "train/data/sound.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;
using train::InputKind;
using train::Split;

constexpr size_t kPageBytes = 4'000'000;  // of all samples on a page
constexpr size_t kSamplesOfClass = 4;
constexpr size_t kPoints = 250;  // of a drawn series
constexpr size_t kBins = 20;

const char* name_of(InputKind kind) {
  constexpr const char* kNames[] = {"audio", "image", "series"};
  return kNames[static_cast<size_t>(kind)];
}

const char* name_of(train::Task task) {
  constexpr const char* kNames[] = {"classification", "regression", "anomaly"};
  return kNames[static_cast<size_t>(task)];
}

std::string base64(const std::vector<uint8_t>& bytes) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? bytes[i + k] : 0);
    for (size_t k = 0; k < 4; ++k) {
      bool there = i + k <= bytes.size();
      text += there ? kLetters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Json duration_json(const train::Project& project, const train::DataReport& report) {
  if (project.input.kind == InputKind::kImage || report.longest_s == 0) return nullptr;
  Json bins = Json::array();
  std::vector<size_t> counts(kBins);
  double width = report.longest_s / kBins;
  for (const train::ExampleFacts& facts : report.facts) {
    if (!facts.error.empty()) continue;
    auto bin = static_cast<size_t>(facts.seconds / width);
    ++counts[std::min(bin, kBins - 1)];
  }
  return {{"shortest_s", report.shortest_s},
          {"median_s", report.median_s},
          {"longest_s", report.longest_s},
          {"bin_s", width},
          {"counts", counts}};
}

Json target_json(const train::TargetRange& range) {
  if (range.examples == 0) return nullptr;
  return {{"low", range.low}, {"mean", range.mean}, {"high", range.high}};
}

Json class_json(const train::ClassFacts& facts) {
  return {{"name", facts.name},
          {"train", facts.examples[0]},
          {"validation", facts.examples[1]},
          {"test", facts.examples[2]},
          {"seconds", facts.seconds}};
}

/// Four digits are enough to draw.
double rounded(float value) {
  return std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr);
}

Json series_json(const train::Project& project, const train::Signal& signal) {
  size_t rows = static_cast<size_t>(signal.shape[1]), channels = project.input.columns.size();
  size_t step = (rows + kPoints - 1) / kPoints;
  Json lines = Json::array();
  for (size_t c = 0; c < channels; ++c) {
    Json values = Json::array();
    for (size_t i = 0; i < rows; i += step) {
      values.push_back(rounded(signal.values[i * channels + c]));
    }
    lines.push_back({{"name", project.input.columns[c]}, {"values", std::move(values)}});
  }
  return lines;
}

/// The example's content as the model gets it.
void add_content(const train::Project& project, const train::Signal& signal, Json* sample) {
  if (project.input.kind == InputKind::kSeries) {
    (*sample)["series"] = series_json(project, signal);
    return;
  }
  if (project.input.kind == InputKind::kImage) {
    train::Picture picture{signal.shape[2], signal.shape[1], signal.shape[3], {}};
    for (float value : signal.values) picture.pixels.push_back(static_cast<uint8_t>(value));
    (*sample)["picture"] = "data:image/png;base64," + base64(train::png_file(picture));
    return;
  }
  std::vector<int16_t> samples;
  for (float value : signal.values) {
    samples.push_back(
        static_cast<int16_t>(std::clamp(std::lround(value * 32768), -32768l, 32767l)));
  }
  (*sample)["audio"] =
      "data:audio/wav;base64," + base64(train::wav_file(samples, project.input.rate_hz));
}

/// Indices of a class's examples in an order that has nothing to do with their names.
std::vector<size_t> shuffled(const train::Dataset& dataset, const train::DataReport& report,
                             int label) {
  std::vector<std::pair<std::string, size_t>> order;
  for (size_t i = 0; i < dataset.examples.size(); ++i) {
    const train::Example& example = dataset.examples[i];
    if (example.label != label || !report.facts[i].error.empty()) continue;
    order.emplace_back(Digest().add(example.path).hex(), i);
  }
  size_t count = std::min(order.size(), kSamplesOfClass);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
  std::vector<size_t> indices;
  for (size_t i = 0; i < count; ++i) indices.push_back(order[i].second);
  return indices;
}

}  // namespace

Json data_json(const train::Project& project, const train::Dataset& dataset,
               const train::DataReport& report) {
  Json json = {{"schema", "mote.data/1"},
               {"project", project.name},
               {"task", name_of(project.task)},
               {"kind", name_of(project.input.kind)},
               {"path", dataset.root.string()},
               {"examples", dataset.examples.size()},
               {"groups", report.groups},
               {"classes", Json::array()},
               {"durations", duration_json(project, report)},
               {"targets", nullptr},
               {"findings", Json::array()}};
  for (const train::ClassFacts& facts : report.classes)
    json["classes"].push_back(class_json(facts));
  if (project.task == train::Task::kRegression) {
    json["targets"] = Json::object();
    for (Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      json["targets"][train::name_of(split)] =
          target_json(report.targets[static_cast<size_t>(split)]);
    }
  }
  for (const train::Finding& finding : report.findings) {
    json["findings"].push_back({{"kind", finding.kind},
                                {"serious", finding.serious},
                                {"count", finding.count},
                                {"what", finding.what},
                                {"examples", finding.examples}});
  }
  return json;
}

Json sample_json(const train::Project& project, const train::Dataset& dataset,
                 const train::DataReport& report) {
  Json samples = Json::array();
  size_t bytes = 0;
  std::vector<std::vector<size_t>> of_class;
  for (int i = 0; i < static_cast<int>(report.classes.size()); ++i) {
    of_class.push_back(shuffled(dataset, report, i));
  }
  for (size_t round = 0; round < kSamplesOfClass; ++round) {  // so that each class has some
    for (const std::vector<size_t>& indices : of_class) {
      if (round >= indices.size() || bytes > kPageBytes) continue;
      const train::Example& example = dataset.examples[indices[round]];
      Result<train::Signal> signal = train::read_example(project, dataset, example);
      if (!signal.ok()) continue;
      bool regression = project.task == train::Task::kRegression;
      Json sample = {{"class", regression ? fmt::format("{}", example.target)
                                          : dataset.classes[static_cast<size_t>(example.label)]},
                     {"path", example.path},
                     {"split", train::name_of(example.split)}};
      add_content(project, *signal, &sample);
      bytes += sample.dump(-1, ' ', false, Json::error_handler_t::replace).size();
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

}  // namespace mote
