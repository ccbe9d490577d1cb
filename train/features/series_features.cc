// SPDX-License-Identifier: Apache-2.0
#include "train/features/series_features.h"

#include "ops/book.h"
#include "train/features/spectrum.h"

namespace mote::train {
namespace {

constexpr DType kReal = DType::kFloat32;

TensorId integers(GraphBuilder& b, const std::vector<int32_t>& values) {
  return b.constant(Shape(static_cast<int32_t>(values.size())), values);
}

/// The mean over time of [1,window,channels].
TensorId mean(GraphBuilder& b, TensorId rows, bool keep_dims) {
  return b.node(mean_record(), {rows, integers(b, {1})}, {{"keep_dims", keep_dims}}, kReal);
}

TensorId without_mean(GraphBuilder& b, TensorId rows) {
  return b.node(sub_record(), {rows, mean(b, rows, true)}, {}, kReal);
}

TensorId spectrum(GraphBuilder& b, const Project& project, TensorId rows) {
  const int channels = static_cast<int>(project.input.columns.size());
  TensorId series =
      b.node(transpose_record(), {without_mean(b, rows), integers(b, {0, 2, 1})}, {}, kReal);
  TensorId bands =
      b.node(mote_log_mel_record(), {series}, spectrum_attributes(project), kReal, {}, "spectrum");
  const int features = channels * spectrum_frames(project) * project.features.mel_bins;
  return b.node(reshape_record(), {bands, integers(b, {1, features})}, {}, kReal, {}, "features");
}

TensorId statistics(GraphBuilder& b, TensorId rows, bool with_mean) {
  TensorId centred = without_mean(b, rows);
  TensorId squares = b.node(mul_record(), {centred, centred}, {}, kReal);
  TensorId deviation = b.node(sqrt_record(), {mean(b, squares, false)}, {}, kReal, {}, "deviation");
  TensorId absolute = mean(b, b.node(abs_record(), {centred}, {}, kReal), false);
  TensorId axis = integers(b, {1});
  TensorId from = with_mean ? rows : centred;
  TensorId low = b.node(reduce_min_record(), {from, axis}, {{"keep_dims", false}}, kReal);
  TensorId high = b.node(reduce_max_record(), {from, axis}, {{"keep_dims", false}}, kReal);
  std::vector<TensorId> all = {deviation, absolute, low, high};
  if (with_mean) all.insert(all.begin(), mean(b, rows, false));
  return b.node(concatenation_record(), all, {{"axis", int64_t{1}}}, kReal, {}, "features");
}

}  // namespace

Result<void> check_series_features(const Project& project) {
  const FeatureOptions& f = project.features;
  if (f.type == "none" || f.type == "statistics" || f.type == "spread") return {};
  if (f.type != "spectrum") {
    return fail(
        "features.type \"{}\" doesn't go with series; use \"none\", \"spectrum\", "
        "\"statistics\" or \"spread\"",
        f.type);
  }
  return check_spectrum(project);
}

TensorId series_features(GraphBuilder& b, const Project& project, TensorId rows) {
  if (project.features.type == "spectrum") return spectrum(b, project, rows);
  if (project.features.type == "statistics") return statistics(b, rows, true);
  if (project.features.type == "spread") return statistics(b, rows, false);
  return rows;
}

}  // namespace mote::train
