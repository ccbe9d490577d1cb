// SPDX-License-Identifier: Apache-2.0
#include "train/features/front_end.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ir/builder.h"
#include "ir/verifier.h"
#include "ops/book.h"
#include "train/features/example_features.h"
#include "train/features/series_features.h"
#include "train/features/spectrum.h"
#include "train/quantize/values.h"

namespace mote::train {
namespace {

constexpr size_t kMostExamples = 1000;  // that statistics are made of
constexpr double kLeftOut = 5e-4;       // of the values at each end, when a range is chosen

/// Sound to features [1,frames,bins,1] of type `to`; samples [1,samples,1,1] without features.
TensorId sound_features(GraphBuilder& b, const Project& project, DType to, const Quantization& q) {
  const bool raw = project.features.type == "none";
  TensorId sound = b.input(DType::kInt16, project.input.shape(),
                           raw ? quantization(1.0f / 32768, 0) : Quantization(), "sound");
  TensorId features;
  Shape shape = project.input.shape();
  if (raw) {
    features = to == DType::kInt8 ? b.node(quantize_record(), {sound}, {}, to, q)
                                  : b.node(dequantize_record(), {sound}, {}, to);
    shape = Shape(1, shape.back(0), 1, 1);
  } else {
    const OperatorRecord& record =
        project.features.type == "mfcc" ? mote_mfcc_record() : mote_log_mel_record();
    features = b.node(record, {sound}, spectrum_attributes(project), to, q, "spectrum");
    const FeatureOptions& f = project.features;
    shape = Shape(1, spectrum_frames(project), f.type == "mfcc" ? f.coefficients : f.mel_bins, 1);
  }
  std::vector<int32_t> dims(shape.dims, shape.dims + shape.rank);
  TensorId wanted = b.constant(Shape(shape.rank), dims);
  return b.node(reshape_record(), {features, wanted}, {}, to, q, "features");
}

TensorId normalized(GraphBuilder& b, TensorId from, const FeatureStatistics& statistics, DType to) {
  int channels = static_cast<int>(statistics.mean.size());
  TensorId mean = b.constant(Shape(channels), statistics.mean, {}, "mean");
  TensorId deviation = b.constant(Shape(channels), statistics.deviation, {}, "deviation");
  return b.node(mote_image_normalize_record(), {from, mean, deviation}, {}, to,
                to == DType::kInt8 ? statistics.quantization : Quantization(), "features");
}

/// The front end with statistics; or, without, up to what statistics are made of, in float32.
Graph make_graph(const Project& project, const FeatureStatistics* statistics) {
  GraphBuilder b("front_end");
  switch (project.input.kind) {
    case InputKind::kAudio: {
      Quantization q = statistics ? statistics->quantization : Quantization();
      DType to = statistics ? DType::kInt8 : DType::kFloat32;
      return b.build({sound_features(b, project, to, q)});
    }
    case InputKind::kImage: {
      TensorId picture = b.input(DType::kUInt8, project.input.shape(), {}, "picture");
      if (statistics) return b.build({normalized(b, picture, *statistics, DType::kInt8)});
      auto channels = static_cast<size_t>(project.input.channels);
      FeatureStatistics as_it_is = {
          {}, std::vector<float>(channels, 0), std::vector<float>(channels, 1)};
      return b.build({normalized(b, picture, as_it_is, DType::kFloat32)});
    }
    case InputKind::kSeries: {
      TensorId rows = b.input(DType::kFloat32, project.input.shape(), {}, "series");
      TensorId features = series_features(b, project, rows);
      if (statistics && !statistics->mean.empty()) {
        features = normalized(b, features, *statistics, DType::kFloat32);
      }
      return b.build({features});
    }
  }
  return {};
}

/// What must be true before a graph can be built.
Result<void> check_options(const Project& project) {
  const FeatureOptions& f = project.features;
  bool spectrum = f.type == "mfcc" || f.type == "log_mel";
  if (project.input.kind == InputKind::kSeries) return check_series_features(project);
  if (project.input.kind == InputKind::kImage) {
    if (f.type == "none") return {};
    return fail("features.type \"{}\" doesn't go with images; use \"none\"", f.type);
  }
  if (!spectrum && f.type != "none") {
    return fail("features.type \"{}\" doesn't go with audio; use \"mfcc\", \"log_mel\" or \"none\"",
                f.type);
  }
  if (spectrum) return check_spectrum(project);
  return {};
}

template <typename T>
Bytes integers(const std::vector<float>& values, float factor, float low, float high) {
  std::vector<T> stored;
  stored.reserve(values.size());
  for (float value : values) {
    stored.push_back(static_cast<T>(std::clamp(std::round(value * factor), low, high)));
  }
  return *quantize::bytes_of_values(stored);
}

Quantization range_of(const std::vector<std::vector<float>>& features) {
  std::vector<float> values;
  for (const auto& one : features) values.insert(values.end(), one.begin(), one.end());
  std::sort(values.begin(), values.end());
  auto left_out = static_cast<size_t>(kLeftOut * static_cast<double>(values.size()));
  float low = std::min(values[left_out], 0.0f);
  float high = std::max(values[values.size() - 1 - left_out], 0.0f);
  float scale = high > low ? (high - low) / 255 : 1.0f;
  return quantization(scale, static_cast<int32_t>(std::round(-128 - low / scale)));
}

void measure_channels(const std::vector<std::vector<float>>& features, size_t channels,
                      FeatureStatistics* statistics) {
  std::vector<double> sum(channels), squares(channels);
  double n = 0;
  for (const auto& one : features) {
    for (size_t i = 0; i < one.size(); ++i) {
      sum[i % channels] += static_cast<double>(one[i]);
      squares[i % channels] += static_cast<double>(one[i]) * static_cast<double>(one[i]);
    }
    n += static_cast<double>(one.size()) / static_cast<double>(channels);
  }
  for (size_t c = 0; c < channels; ++c) {
    double mean = sum[c] / n, variance = std::max(squares[c] / n - mean * mean, 0.0);
    statistics->mean.push_back(static_cast<float>(mean));
    // A channel that never changes says nothing; it stays 0.
    statistics->deviation.push_back(variance > 1e-12 ? static_cast<float>(std::sqrt(variance)) : 1);
  }
}

/// Normalised pixels in int8: the whole range of pixels, exactly.
Quantization picture_range(const FeatureStatistics& s) {
  float low = 0, high = 0;
  for (size_t c = 0; c < s.mean.size(); ++c) {
    low = std::min(low, (0 - s.mean[c]) / s.deviation[c]);
    high = std::max(high, (255 - s.mean[c]) / s.deviation[c]);
  }
  float scale = (high - low) / 255;
  return quantization(scale, static_cast<int32_t>(std::round(-128 - low / scale)));
}

}  // namespace

Result<FrontEnd> FrontEnd::build(const Project& project, const FeatureStatistics* statistics) {
  Result<void> fine = check_options(project);
  if (!fine.ok()) return fail("{}: {}", project.file.string(), fine.error().message);
  FrontEnd front_end;
  front_end.project_ = project;
  if (statistics) front_end.statistics_ = *statistics;
  front_end.graph_ = std::make_shared<Graph>(make_graph(project, statistics));
  MOTE_TRY(Interpreter interpreter, Interpreter::make(*front_end.graph_));
  front_end.interpreter_ = std::make_shared<Interpreter>(std::move(interpreter));
  front_end.shape_ = front_end.graph_->tensor(front_end.graph_->outputs[0]).shape;
  return front_end;
}

Result<FrontEnd> FrontEnd::make(const Project& project, const FeatureStatistics& statistics) {
  bool sound = project.input.kind == InputKind::kAudio;
  size_t channels = statistics.mean.size();
  MOTE_TRY(FrontEnd measured, build(project, nullptr));
  auto wanted = static_cast<size_t>(measured.shape().back(0));
  bool normalizes = !sound && channels > 0;
  if (channels != statistics.deviation.size() || (normalizes && channels != wanted) ||
      (project.input.kind == InputKind::kImage && !normalizes) ||
      (project.input.kind != InputKind::kSeries && !statistics.quantization.quantized())) {
    return fail("{}: its features don't fit the statistics of an earlier run; train again",
                project.file.string());
  }
  return build(project, &statistics);
}

Result<FrontEnd> FrontEnd::learn(const Project& project, const Dataset& dataset,
                                 const std::function<void(size_t, size_t)>& progress) {
  MOTE_TRY(FrontEnd measured, build(project, nullptr));
  auto channels = static_cast<size_t>(measured.shape().back(0));
  FeatureStatistics statistics;
  const bool image = project.input.kind == InputKind::kImage;
  if (image && !project.features.normalize) {
    statistics.mean.assign(channels, 0);
    statistics.deviation.assign(channels, 255);
  } else {
    const auto numbers = spread(learnable(project, dataset, Split::kTrain), kMostExamples);
    MOTE_TRY(const ExampleFeatures examples,
             read_features(project, dataset, measured, numbers, progress));
    const auto& features = examples.features;
    if (project.input.kind == InputKind::kAudio) {
      statistics.quantization = range_of(features);
    } else if (project.features.normalize) {
      measure_channels(features, channels, &statistics);
    }
  }
  if (image) statistics.quantization = picture_range(statistics);
  return build(project, &statistics);
}

Bytes FrontEnd::device_input(const Signal& signal) const {
  switch (project_.input.kind) {
    case InputKind::kAudio:
      return integers<int16_t>(signal.values, 32768, -32768, 32767);
    case InputKind::kImage:
      return integers<uint8_t>(signal.values, 1, 0, 255);
    case InputKind::kSeries:
      break;
  }
  return *quantize::bytes_of_values(signal.values);
}

Result<Bytes> FrontEnd::run_bytes(const Signal& signal) {
  MOTE_TRY(std::vector<Bytes> outputs, interpreter_->run({device_input(signal)}));
  return std::move(outputs[0]);
}

Result<std::vector<float>> FrontEnd::run(const Signal& signal) {
  MOTE_TRY(const Bytes bytes, run_bytes(signal));
  return quantize::real_values(graph_->tensor(graph_->outputs[0]), bytes);
}

Result<FrontEnd> FrontEnd::copy() const {
  FrontEnd other = *this;
  MOTE_TRY(Interpreter interpreter, Interpreter::make(*graph_));
  other.interpreter_ = std::make_shared<Interpreter>(std::move(interpreter));
  return other;
}

std::string statistics_json(const FeatureStatistics& statistics) {
  nlohmann::json json = {{"schema", "mote.front-end/1"},
                         {"mean", statistics.mean},
                         {"deviation", statistics.deviation}};
  if (statistics.quantization.quantized()) {
    json["scale"] = statistics.quantization.scale();
    json["zero_point"] = statistics.quantization.zero_point();
  }
  return json.dump(2) + "\n";
}

Result<FeatureStatistics> read_statistics(const std::filesystem::path& path) {
  MOTE_TRY(const std::string text, read_text(path));
  try {
    nlohmann::json json = nlohmann::json::parse(text);
    FeatureStatistics statistics;
    statistics.mean = json.at("mean").get<std::vector<float>>();
    statistics.deviation = json.at("deviation").get<std::vector<float>>();
    if (json.contains("scale")) {
      statistics.quantization =
          quantization(json.at("scale").get<float>(), json.at("zero_point").get<int32_t>());
    }
    return statistics;
  } catch (const nlohmann::json::exception& error) {
    return fail("{}: isn't the statistics of a front end ({}); train again", path.string(),
                error.what());
  }
}

}  // namespace mote::train
