// SPDX-License-Identifier: Apache-2.0
// From a decoded example to what the network sees, by mote's own operators: the same graph computes
// features in training and on the device, so both get the same bits. It has fixed point where the
// device has (sound, pictures): int8 features with a scale, whose real values the network learns
// from.
#ifndef MOTE_TRAIN_FEATURES_FRONT_END_H_
#define MOTE_TRAIN_FEATURES_FRONT_END_H_

#include <functional>
#include <memory>

#include "ir/graph.h"
#include "ir/interpreter.h"
#include "train/data/dataset.h"

namespace mote::train {

/// What is learned of the training data for the front end.
struct FeatureStatistics {
  Quantization quantization;           // of int8 features
  std::vector<float> mean, deviation;  // of each channel; empty without `normalize`
};

class FrontEnd {
 public:
  /// Looks at the training examples and decides scale, mean and deviation. `progress(done, all)`.
  /// Errors: features that the input is too short for; examples that all are corrupt.
  static Result<FrontEnd> learn(const Project& project, const Dataset& dataset,
                                const std::function<void(size_t, size_t)>& progress);
  /// With statistics that were learned before.
  static Result<FrontEnd> make(const Project& project, const FeatureStatistics& statistics);

  const FeatureStatistics& statistics() const { return statistics_; }
  /// The graph: from the device's input (int16 sound, uint8 picture, float32 series) to features,
  /// int8 for sound and pictures, float32 for series.
  const Graph& graph() const { return *graph_; }
  /// Shape of the features, batch 1: [1,frames,coefficients,1], [1,height,width,channels],
  /// [1,window,channels] or [1,n].
  const Shape& shape() const { return shape_; }

  /// The device's input for an example: int16 samples, uint8 pixels, float32 rows.
  Bytes device_input(const Signal& signal) const;
  /// The features' real values, (q - zero point) · scale for int8. Not safe to call from many
  /// threads: give each its copy().
  Result<std::vector<float>> run(const Signal& signal);
  /// The features' own bytes.
  Result<Bytes> run_bytes(const Signal& signal);
  /// The same, for another thread.
  Result<FrontEnd> copy() const;

 private:
  FrontEnd() = default;
  static Result<FrontEnd> build(const Project& project, const FeatureStatistics* statistics);
  Project project_;
  FeatureStatistics statistics_;
  std::shared_ptr<const Graph> graph_;
  std::shared_ptr<Interpreter> interpreter_;
  Shape shape_;
};

/// What `front_end.json` of a run holds.
std::string statistics_json(const FeatureStatistics& statistics);
/// Errors: no such file, or not such a file.
Result<FeatureStatistics> read_statistics(const std::filesystem::path& path);

/// Front end and network as one graph. The network's input has the type and quantisation of the
/// front end's output, or is float32 where that is int8 (a float network behind DEQUANTIZE) or int8
/// where that is float32 (behind QUANTIZE).
Result<Graph> join(const Graph& front_end, const Graph& network);

}  // namespace mote::train

#endif  // MOTE_TRAIN_FEATURES_FRONT_END_H_
