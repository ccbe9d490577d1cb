// SPDX-License-Identifier: Apache-2.0
// MaxPool, AveragePool and the global ones. Padding that SAME doesn't mean is added before: with
// the least value for a maximum, with 0 for an average, which is then scaled to the elements that
// count at each place.
#include <limits>

#include "compiler/onnx/table.h"
#include "compiler/onnx/window.h"

namespace mote::onnx_import {
namespace {

/// The largest map of factors, so that a small file can't fill the memory.
constexpr int64_t kMostFactors = 1 << 20;

Attributes pool_attributes(const WindowOf& window, bool same) {
  Attributes attributes = window.attributes(same ? "SAME" : "VALID");
  attributes["filter_height"] = window.h.kernel;
  attributes["filter_width"] = window.w.kernel;
  return attributes;
}

Result<WindowOf> read_pool(Op& op, TensorId x) {
  MOTE_TRY(WindowOf window, read_window(op, op.shape(x), {}));
  if (window.h.dilation != 1 || window.w.dilation != 1) {
    return fail("dilations aren't supported in poolings");
  }
  return window;
}

Result<void> import_max_pool(Op& op) {
  op.ignore({"storage_order"});  // of the indices, which aren't supported
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  MOTE_TRY(x, to_nhwc(op, x));
  MOTE_TRY(WindowOf window, read_pool(op, x));
  bool same = window.padded() && window.same();
  if (!same && window.padded()) {
    TensorId least = op.out.real(-std::numeric_limits<float>::infinity());
    if (op.out.tensor(x).dtype == DType::kInt8) {
      least = op.out.constant<int8_t>(Shape(), {-128});
      op.out.graph().tensor(least).quantization = op.out.tensor(x).quantization;
    }
    MOTE_TRY(x, pad_picture(op, x, window, least));
  }
  MOTE_TRY(TensorId y, op.out.append("MAX_POOL_2D", {x}, pool_attributes(window, same)));
  MOTE_TRY(y, to_nchw(op, y, rank));
  return op.finish(y);
}

/// How many elements each place of the window averages.
std::vector<float> counts(const Side& side, bool include_padding) {
  std::vector<float> result;
  int64_t first = include_padding ? 0 : side.before;
  int64_t end = side.before + side.input + (include_padding ? side.after : 0);
  for (int64_t i = 0; i < side.output; ++i) {
    int64_t from = std::max(i * side.stride, first),
            to = std::min(i * side.stride + side.kernel, end);
    result.push_back(static_cast<float>(std::max<int64_t>(to - from, 1)));
  }
  return result;
}

/// The averages over whole windows, scaled to the elements that count.
Result<TensorId> correct(Op& op, TensorId y, const WindowOf& window, bool include_padding) {
  if (!window.padded()) return y;
  if (window.h.output * window.w.output > kMostFactors) return fail("has too large a result");
  std::vector<float> factors;
  float whole = static_cast<float>(window.h.kernel * window.w.kernel);
  bool all_whole = true;
  for (float h : counts(window.h, include_padding)) {
    for (float w : counts(window.w, include_padding)) {
      factors.push_back(whole / (h * w));
      all_whole = all_whole && h * w == whole;
    }
  }
  if (all_whole) return y;
  if (op.quantized()) return fail("has no int8 form with this padding");
  Shape map(1, static_cast<int32_t>(window.h.output), static_cast<int32_t>(window.w.output), 1);
  return op.out.append("MUL", {y, op.out.constant<float>(map, factors)});
}

Result<void> import_average_pool(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  MOTE_TRY(x, to_nhwc(op, x));
  MOTE_TRY(WindowOf window, read_pool(op, x));
  bool include = op.integer("count_include_pad", 0) != 0;
  bool same = window.padded() && window.same() && !include;
  if (!same) {
    MOTE_TRY(x, pad_picture(op, x, window));
  }
  MOTE_TRY(TensorId y, op.out.append("AVERAGE_POOL_2D", {x}, pool_attributes(window, same)));
  if (!same) {
    MOTE_TRY(y, correct(op, y, window, include));
  }
  MOTE_TRY(y, to_nchw(op, y, rank));
  return op.finish(y);
}

/// MEAN or REDUCE_MAX over all spatial dimensions, which stay as 1.
Result<void> import_global_pool(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  std::vector<int64_t> axes;
  for (int d = 2; d < op.shape(x).rank; ++d) axes.push_back(d);
  if (axes.empty()) return fail("has an operand without spatial dimensions");
  Kind kind = op.record() == "MEAN" ? op.result(x) : op.out.kind(x);
  MOTE_TRY(TensorId y,
           op.out.append(op.record(), {x, op.out.integers(axes)}, {{"keep_dims", true}}, kind));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"AveragePool", import_average_pool, "AVERAGE_POOL_2D", true},
    {"GlobalAveragePool", import_global_pool, "MEAN", true},
    {"GlobalMaxPool", import_global_pool, "REDUCE_MAX", true},
    {"MaxPool", import_max_pool, "MAX_POOL_2D", true},
};

}  // namespace

std::span<const Row> pooling_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
