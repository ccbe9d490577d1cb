// SPDX-License-Identifier: Apache-2.0
// The definition of BATCH_MATMUL.
#include "ops/batch_matmul/batch_matmul.h"

namespace mote {
namespace {

/// Writes finish(sum) for each element of each product, in memory order.
template <typename Sum, typename T, typename Add, typename Finish>
void multiply_matrices(const Matrices& m, const T* x, const T* y, T* output, Add add,
                       Finish finish_sum) {
  Walk<2> at(m.batches);
  do {
    for (int32_t b = 0; b < m.batches.row_length(); ++b) {
      const T* left = x + at.offset(0) + b * m.batches.row_stride(0);
      const T* right = y + at.offset(1) + b * m.batches.row_stride(1);
      for (int32_t i = 0; i < m.rows; ++i) {
        for (int32_t j = 0; j < m.columns; ++j) {
          Sum sum = 0;
          for (int32_t k = 0; k < m.depth; ++k) {
            sum =
                add(sum, left[i * m.x_row + k * m.x_depth], right[k * m.y_depth + j * m.y_column]);
          }
          *output++ = finish_sum(sum);
        }
      }
    }
  } while (at.next_row());
}

/// The furthest element of one side; -1 where something makes no sense.
int64_t last_element(const Matrices& m, int side, int32_t rows, int32_t row, int32_t columns,
                     int32_t column) {
  Reach reach;
  constexpr int32_t kMost = 1 << 24;
  if (!reach_of(m.batches.dims, m.batches.strides[side], &reach) || reach.low < 0 ||
      !all_within(1, kMost, rows, columns) || !all_within(0, kMost, row, column)) {
    return -1;
  }
  return reach.high + int64_t{rows - 1} * row + int64_t{columns - 1} * column;
}

template <typename T>
bool check_matrices(const Matrices& m, const Operand* operands) {
  int64_t x = last_element(m, 0, m.rows, m.x_row, m.depth, m.x_depth);
  int64_t y = last_element(m, 1, m.depth, m.y_depth, m.columns, m.y_column);
  const int32_t* d = m.batches.dims;
  return x >= 0 && y >= 0 && operands[0].holds<T>(x + 1) && operands[1].holds<T>(y + 1) &&
         operands[2].holds<T>(d[0], d[1], d[2], d[3], d[4], d[5], m.rows, m.columns);
}

}  // namespace

void batch_matmul_int8(const BatchMatmulInt8Params& p, const int8_t* x, const int8_t* y,
                       int8_t* output) {
  auto add = [&](int32_t sum, int8_t a, int8_t b) {
    return wrapping_add(sum, (a + p.offsets[0]) * (b + p.offsets[1]));
  };
  multiply_matrices<int32_t>(p.matrices, x, y, output, add, [&](int32_t sum) {
    return finish(multiply_by_quantized_multiplier(sum, p.multiplier), p.output);
  });
}

bool check_batch_matmul_int8(const BatchMatmulInt8Params& p, const Operand* operands) {
  return check_matrices<int8_t>(p.matrices, operands) &&
         all_within(-127, 128, p.offsets[0], p.offsets[1]) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

void batch_matmul_int16(const BatchMatmulInt16Params& p, const int16_t* x, const int16_t* y,
                        int16_t* output) {
  auto add = [&](int64_t sum, int16_t a, int16_t b) {
    return wrapping_add(sum, static_cast<int64_t>(a + p.offsets[0]) * (b + p.offsets[1]));
  };
  multiply_matrices<int64_t>(p.matrices, x, y, output, add, [&](int64_t sum) {
    return finish(multiply_by_quantized_multiplier(sum, p.multiplier), p.output);
  });
}

bool check_batch_matmul_int16(const BatchMatmulInt16Params& p, const Operand* operands) {
  return check_matrices<int16_t>(p.matrices, operands) &&
         all_within(-32767, 32768, p.offsets[0], p.offsets[1]) && is_valid_wide(p.multiplier) &&
         is_valid(p.output);
}

void batch_matmul_float32(const BatchMatmulFloat32Params& p, const float* x, const float* y,
                          float* output) {
  auto add = [](float sum, float a, float b) { return sum + a * b; };
  multiply_matrices<float>(p.matrices, x, y, output, add, [](float sum) { return sum; });
}

bool check_batch_matmul_float32(const BatchMatmulFloat32Params& p, const Operand* operands) {
  return check_matrices<float>(p.matrices, operands);
}

}  // namespace mote
