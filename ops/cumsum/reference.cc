// SPDX-License-Identifier: Apache-2.0
// The definition of CUMSUM.
#include "ops/cumsum/cumsum.h"

namespace mote {
namespace {

/// output = finish_sum(start plus what has been added so far).
template <typename Sum, typename T, typename Add, typename Finish>
void running_sums(const CumsumParams& p, const T* input, T* output, Sum start, Add add,
                  Finish finish_sum) {
  for (int32_t o = 0; o < p.outer; ++o) {
    for (int32_t i = 0; i < p.inner; ++i) {
      Sum sum = start;
      for (int32_t d = 0; d < p.depth; ++d) {
        int32_t at = (o * p.depth + (p.reverse ? p.depth - 1 - d : d)) * p.inner + i;
        Sum next = add(sum, input[at]);
        output[at] = finish_sum(p.exclusive ? sum : next);
        sum = next;
      }
    }
  }
}

float plus(float a, float b) {
  return a + b;
}
template <typename T>
T plus(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

template <typename T>
bool check_sums(const CumsumParams& p, const Operand* operands) {
  return operands[0].holds<T>(p.outer, p.depth, p.inner) &&
         operands[1].holds<T>(p.outer, p.depth, p.inner);
}

}  // namespace

#define MOTE_DEFINE(name, T)                                                 \
  void cumsum_##name(const CumsumParams& p, const T* input, T* output) {     \
    auto add = [](T sum, T x) { return plus(sum, x); };                      \
    running_sums<T>(p, input, output, 0, add, [](T sum) { return sum; });    \
  }                                                                          \
  bool check_cumsum_##name(const CumsumParams& p, const Operand* operands) { \
    return check_sums<T>(p, operands);                                       \
  }
MOTE_SUMMED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

void cumsum_int8(const CumsumInt8Params& p, const int8_t* input, int8_t* output) {
  constexpr int32_t kLeftShift = 20;
  auto scaled = [&](int32_t x) {
    return multiply_by_quantized_multiplier(wrapping_shift_left(x + p.offset, kLeftShift),
                                            p.input_multiplier);
  };
  auto add = [&](int32_t sum, int8_t x) { return wrapping_add(sum, scaled(x)); };
  running_sums(p.sums, input, output, scaled(0), add, [&](int32_t sum) {
    return finish(multiply_by_quantized_multiplier(sum, p.output_multiplier), p.output);
  });
}

bool check_cumsum_int8(const CumsumInt8Params& p, const Operand* operands) {
  return check_sums<int8_t>(p.sums, operands) && all_within(-127, 128, p.offset) &&
         is_valid(p.input_multiplier) && is_valid(p.output_multiplier) && is_valid(p.output);
}

}  // namespace mote
