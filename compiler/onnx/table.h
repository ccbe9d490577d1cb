// SPDX-License-Identifier: Apache-2.0
// The operators that can be imported: one row each, in files by family.
#ifndef MOTE_COMPILER_ONNX_TABLE_H_
#define MOTE_COMPILER_ONNX_TABLE_H_

#include <span>

#include "compiler/onnx/op.h"

namespace mote::onnx_import {

struct Row {
  std::string_view name;         // ONNX's operator
  Result<void> (*import)(Op&);   // appends mote's nodes and finishes the outputs
  std::string_view record = {};  // the mote operator that it needs, where that's one
  bool int8 = false;  // can be computed in int8 between DequantizeLinear and QuantizeLinear
};

std::span<const Row> convolution_rows();
std::span<const Row> elementwise_rows();
std::span<const Row> linear_rows();
std::span<const Row> movement_rows();
std::span<const Row> normalization_rows();
std::span<const Row> pooling_rows();
std::span<const Row> reduction_rows();
std::span<const Row> resize_rows();
std::span<const Row> shape_rows();

/// The row of an operator of ONNX's own domain, or null.
const Row* find_row(std::string_view name);
/// All rows, for tests and documents.
std::vector<const Row*> all_rows();

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_TABLE_H_
