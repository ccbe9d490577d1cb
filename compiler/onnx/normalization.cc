// SPDX-License-Identifier: Apache-2.0
// Normalisations, composed of means, differences and products, and the softmaxes. A
// BatchNormalization in inference is one product and one sum for each channel, which the pass
// fold_scales takes into the layer before.
#include <cmath>

#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

/// [1, C, 1, …] for an operand of this rank: one number for each channel.
Shape channel_shape(int32_t channels, int rank) {
  Shape shape(1, channels);
  while (shape.rank < rank) shape.push_back(1);
  return shape;
}

/// y = scale · (x - mean) / sqrt(variance + epsilon) + shift, with constants.
Result<void> import_batch_normalization(Op& op) {
  op.ignore({"momentum"});
  if (op.integer("training_mode", 0) != 0 || op.integer("is_test", 1) == 0)
    return fail("is in training; export for inference");
  if (op.integer("spatial", 1) != 1) return fail("spatial=0 isn't supported");
  float epsilon = op.real("epsilon", 1e-5f);
  MOTE_TRY(TensorId x, op.input(0));
  std::vector<float> constants[4];  // scale, shift, mean, variance
  for (int i = 0; i < 4; ++i) {
    MOTE_TRY(constants[i], op.reals(i + 1));
    if (op.shape(x).rank < 2 || constants[i].size() != static_cast<size_t>(op.shape(x)[1])) {
      return fail("has {} numbers for the channels of {}", constants[i].size(),
                  shape_text(op.shape(x)));
    }
  }
  std::vector<float> factors, sums;
  for (size_t c = 0; c < constants[0].size(); ++c) {
    double factor = static_cast<double>(constants[0][c]) /
                    std::sqrt(static_cast<double>(constants[3][c]) + static_cast<double>(epsilon));
    factors.push_back(static_cast<float>(factor));
    sums.push_back(static_cast<float>(static_cast<double>(constants[1][c]) -
                                      static_cast<double>(constants[2][c]) * factor));
  }
  Shape shape = channel_shape(op.shape(x)[1], op.shape(x).rank);
  MOTE_TRY(TensorId y, op.out.append("MUL", {x, op.out.constant<float>(shape, factors)}));
  MOTE_TRY(y, op.out.append("ADD", {y, op.out.constant<float>(shape, sums)}));
  return op.finish(y);
}

struct Normalized {
  TensorId y, mean, factor;
};

/// y = (x - mean) · factor with factor = 1 / sqrt(variance + epsilon), both over `axes`.
Result<Normalized> normalize(Op& op, TensorId x, const std::vector<int64_t>& axes, float epsilon) {
  TensorId over = op.out.integers(axes);
  Attributes keep = {{"keep_dims", true}};
  MOTE_TRY(TensorId mean, op.out.append("MEAN", {x, over}, keep));
  MOTE_TRY(TensorId difference, op.out.append("SUB", {x, mean}));
  MOTE_TRY(TensorId square, op.out.append("SQUARE", {difference}));
  MOTE_TRY(TensorId variance, op.out.append("MEAN", {square, over}, keep));
  MOTE_TRY(variance, op.out.append("ADD", {variance, op.out.real(epsilon)}));
  MOTE_TRY(TensorId factor, op.out.append("RSQRT", {variance}));
  MOTE_TRY(TensorId y, op.out.append("MUL", {difference, factor}));
  return Normalized{y, mean, factor};
}

Result<void> import_instance_normalization(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  if (rank < 3) return fail("has an operand without spatial dimensions");
  std::vector<int64_t> axes;
  for (int d = 2; d < rank; ++d) axes.push_back(d);
  MOTE_TRY(Normalized normalized, normalize(op, x, axes, op.real("epsilon", 1e-5f)));
  TensorId y = normalized.y;
  for (int i : {1, 2}) {
    MOTE_TRY(TensorId channels, op.input(i));
    MOTE_TRY(channels, op.out.reshape(channels, channel_shape(op.shape(x)[1], rank)));
    MOTE_TRY(y, op.out.append(i == 1 ? "MUL" : "ADD", {y, channels}));
  }
  return op.finish(y);
}

Result<void> import_layer_normalization(Op& op) {
  op.ignore({"stash_type"});
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  MOTE_TRY(int axis, axis_of(op.integer("axis", -1), rank));
  std::vector<int64_t> axes;
  for (int d = axis; d < rank; ++d) axes.push_back(d);
  MOTE_TRY(Normalized normalized, normalize(op, x, axes, op.real("epsilon", 1e-5f)));
  TensorId y = normalized.y;
  for (int i : {1, 2}) {
    if (!op.has(i)) continue;
    MOTE_TRY(TensorId factors, op.input(i));
    MOTE_TRY(y, op.out.append(i == 1 ? "MUL" : "ADD", {y, factors}));
  }
  MOTE_CHECK_OK(op.finish(y));
  MOTE_CHECK_OK(op.finish(normalized.mean, 1));
  return op.finish(normalized.factor, 2);
}

/// Softmax and LogSoftmax are computed along the last dimension: the wanted one changes places with
/// it. Before opset 13, all dimensions from the axis on are one.
Result<void> import_softmax(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  Shape shape = op.shape(x);
  bool flat = op.opset() < 13;
  MOTE_TRY(int axis, axis_of(op.integer("axis", flat ? 1 : -1), shape.rank));
  std::vector<int> perm;
  for (int d = 0; d < shape.rank; ++d) perm.push_back(d);
  if (flat) {
    MOTE_TRY(x, op.out.reshape(x, Shape(static_cast<int32_t>(shape.product(0, axis)),
                                        static_cast<int32_t>(shape.product(axis, shape.rank)))));
  } else {
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    MOTE_TRY(x, op.out.transpose(x, perm));
  }
  bool log = op.record() == "LOG_SOFTMAX";
  Kind kind = op.fixed(x, log ? 16.0f / 256 : 1.0f / 256, log ? 127 : -128);
  MOTE_TRY(TensorId y, op.out.append(op.record(), {x}, {}, kind));
  if (flat) {
    MOTE_TRY(y, op.out.reshape(y, shape));
  } else {
    MOTE_TRY(y, op.out.transpose(y, perm));
  }
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"BatchNormalization", import_batch_normalization},
    {"InstanceNormalization", import_instance_normalization},
    {"LayerNormalization", import_layer_normalization},
    {"LogSoftmax", import_softmax, "LOG_SOFTMAX", true},
    {"Softmax", import_softmax, "SOFTMAX", true},
};

}  // namespace

std::span<const Row> normalization_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
