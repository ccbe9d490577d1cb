// SPDX-License-Identifier: Apache-2.0
// The definition of MEAN.
#include "ops/reduce/reduce.h"

namespace mote {
namespace {

template <typename Sum, typename T, typename Add>
Sum sum_from(const StridedLoops<1>& reduced, const T* first, Add add) {
  Sum sum = 0;
  Walk<1> at(reduced);
  do {
    const T* row = first + at.offset(0);
    for (int32_t i = 0; i < reduced.row_length(); ++i) {
      sum = add(sum, row[i * reduced.row_stride(0)]);
    }
  } while (at.next_row());
  return sum;
}

/// Calls output_at(first) with the first input element of each output element.
template <typename T, typename OutputAt>
void for_each_output(const StridedLoops<1>& kept, const T* input, OutputAt output_at) {
  Walk<1> at(kept);
  do {
    const T* row = input + at.offset(0);
    for (int32_t i = 0; i < kept.row_length(); ++i) output_at(row + i * kept.row_stride(0));
  } while (at.next_row());
}

template <typename T>
bool check_loops(const StridedLoops<1>& kept, const StridedLoops<1>& reduced,
                 const Operand* operands) {
  Reach outer, inner;
  const int32_t *k = kept.dims, *r = reduced.dims;
  return reach_of(k, kept.strides[0], &outer) && reach_of(r, reduced.strides[0], &inner) &&
         outer.low == 0 && inner.low == 0 && operands[0].holds<T>(outer.high + inner.high + 1) &&
         operands[0].holds<T>(k[0], k[1], k[2], k[3], k[4], k[5], r[0], r[1], r[2], r[3], r[4],
                              r[5]) &&
         holds_all<T>(kept, operands[1]);
}

}  // namespace

void mean_int8(const MeanInt8Params& p, const int8_t* input, int8_t* output) {
  auto add = [](int32_t sum, int8_t x) { return wrapping_add(sum, x); };
  for_each_output(p.kept, input, [&](const int8_t* first) {
    int32_t sum = wrapping_add(sum_from<int32_t>(p.reduced, first, add), p.bias);
    *output++ = finish(multiply_by_quantized_multiplier(sum, p.multiplier), p.output);
  });
}

bool check_mean_int8(const MeanInt8Params& p, const Operand* operands) {
  return check_loops<int8_t>(p.kept, p.reduced, operands) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

void mean_float32(const MeanFloat32Params& p, const float* input, float* output) {
  auto add = [](float sum, float x) { return sum + x; };
  for_each_output(p.kept, input, [&](const float* first) {
    *output++ = sum_from<float>(p.reduced, first, add) / static_cast<float>(p.count);
  });
}

bool check_mean_float32(const MeanFloat32Params& p, const Operand* operands) {
  return check_loops<float>(p.kept, p.reduced, operands);
}

}  // namespace mote
