// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/table.h"

namespace mote::onnx_import {

std::vector<const Row*> all_rows() {
  std::vector<const Row*> rows;
  for (std::span<const Row> family :
       {convolution_rows(), elementwise_rows(), linear_rows(), movement_rows(),
        normalization_rows(), pooling_rows(), reduction_rows(), resize_rows(), shape_rows()}) {
    for (const Row& row : family) rows.push_back(&row);
  }
  return rows;
}

const Row* find_row(std::string_view name) {
  static const std::vector<const Row*> rows = all_rows();
  for (const Row* row : rows) {
    if (row->name == name) return row;
  }
  return nullptr;
}

}  // namespace mote::onnx_import
