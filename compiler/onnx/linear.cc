// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul. A product with a matrix is FULLY_CONNECTED, whose filter is that matrix
// transposed; one of batches of matrices is BATCH_MATMUL.
#include "compiler/onnx/bias.h"
#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

Result<TensorId> fully_connected(Op& op, TensorId x, TensorId filter, TensorId bias) {
  bool keep = op.shape(x).rank > 2;
  return op.out.append("FULLY_CONNECTED", {x, filter, bias}, {{"keep_num_dims", keep}},
                       op.result(x));
}

/// Whether C of Gemm is one number for each column of the result.
bool is_bias(const Shape& c, int32_t columns) {
  return c.rank > 0 && c.back(0) == columns && c.elements() == columns;
}

/// alpha · A·B + beta · C
Result<void> import_gemm(Op& op) {
  MOTE_TRY(TensorId a, op.input(0));
  MOTE_TRY(TensorId b, op.input(1));
  if (op.shape(a).rank != 2 || op.shape(b).rank != 2) return fail("its operands aren't matrices");
  op.ignore({"broadcast"});  // before opset 7; C is broadcast in any case
  float alpha = op.real("alpha", 1), beta = op.real("beta", 1);
  if (op.integer("transA", 0) != 0) {
    MOTE_TRY(a, op.out.transpose(a, {1, 0}));
  }
  if (op.integer("transB", 0) == 0) {
    MOTE_TRY(b, op.out.transpose(b, {1, 0}));
  }
  if (op.shape(a)[1] != op.shape(b)[1]) {
    return fail("multiplies {} by {} transposed", shape_text(op.shape(a)), shape_text(op.shape(b)));
  }
  if (op.quantized()) {
    if (alpha != 1 || (beta != 1 && op.has(2))) return fail("has no int8 form with factors");
    MOTE_TRY(TensorId bias, bias_of(op, 2, a, b, op.shape(b)[0]));
    MOTE_TRY(TensorId y, fully_connected(op, a, b, bias));
    return op.finish(y);
  }
  TensorId c = kAbsent;
  if (op.has(2)) {
    MOTE_TRY(c, op.input(2));
    if (beta != 1) {
      MOTE_TRY(c, op.out.append("MUL", {c, op.out.real(beta)}));
    }
  }
  bool inside = c != kAbsent && alpha == 1 && is_bias(op.shape(c), op.shape(b)[0]);
  if (inside) {
    MOTE_TRY(c, op.out.reshape(c, Shape(op.shape(b)[0])));
  }
  MOTE_TRY(TensorId y, fully_connected(op, a, b, inside ? c : kAbsent));
  if (alpha != 1) {
    MOTE_TRY(y, op.out.append("MUL", {y, op.out.real(alpha)}));
  }
  if (c != kAbsent && !inside) {
    MOTE_TRY(y, op.out.append("ADD", {y, c}));
  }
  return op.finish(y);
}

/// numpy's matmul: vectors stand for matrices of one row or column.
Result<void> import_mat_mul(Op& op) {
  MOTE_TRY(TensorId a, op.input(0));
  MOTE_TRY(TensorId b, op.input(1));
  Shape left = op.shape(a), right = op.shape(b);
  if (left.rank == 0 || right.rank == 0) return fail("multiplies a scalar");
  if (left.rank == 1 || right.rank == 1) return fail("multiplies a vector, use matrices");
  if (left.back(0) != right.back(1)) {
    return fail("multiplies {} by {}", shape_text(left), shape_text(right));
  }
  if (right.rank > 2) {
    MOTE_TRY(TensorId y, op.out.append("BATCH_MATMUL", {a, b}, {}, op.result(a)));
    return op.finish(y);
  }
  MOTE_TRY(b, op.out.transpose(b, {1, 0}));
  MOTE_TRY(TensorId y, fully_connected(op, a, b, kAbsent));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"Gemm", import_gemm, "FULLY_CONNECTED", true},
    {"MatMul", import_mat_mul, "FULLY_CONNECTED", true},
};

}  // namespace

std::span<const Row> linear_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
