// SPDX-License-Identifier: Apache-2.0
// The definition of ADD_N.
#include "ops/add_n/add_n.h"

namespace mote {
namespace {

constexpr int32_t kSumShift = 19;  // how far TFLite raises a sum before it requantises

float add(float sum, float x) {
  return sum + x;
}
int32_t add(int32_t sum, int32_t x) {
  return wrapping_add(sum, x);
}

/// `sum` plus element i of each addend that is there.
template <typename Sum, typename T>
Sum add_all(const T* const* addends, int32_t i, Sum sum) {
  for (int n = 0; n < kMostAddends; ++n) {
    if (addends[n]) sum = add(sum, addends[n][i]);
  }
  return sum;
}

template <typename T>
bool check_addends(int32_t elements, const Operand* operands) {
  for (int n = 0; n < kMostAddends; ++n) {
    if ((n == 0 || operands[n].present()) && !operands[n].holds<T>(elements)) return false;
  }
  return true;
}

}  // namespace

#define MOTE_DEFINE(name, T)                                                                      \
  void add_n_##name(const AddNParams& p, const T* a, const T* b, const T* c, const T* d,          \
                    const T* e, const T* f, const T* g, const T* h, T* output) {                  \
    const T* const addends[] = {a, b, c, d, e, f, g, h};                                          \
    for (int32_t i = 0; i < p.elements; ++i) output[i] = add_all(addends, i, T{});                \
  }                                                                                               \
  bool check_add_n_##name(const AddNParams& p, const Operand* operands) {                         \
    return check_addends<T>(p.elements, operands) && operands[kMostAddends].holds<T>(p.elements); \
  }
MOTE_ADD_N_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

void add_n_int8(const AddNInt8Params& p, const int8_t* a, const int8_t* b, const int8_t* c,
                const int8_t* d, const int8_t* e, const int8_t* f, const int8_t* g, const int8_t* h,
                int32_t* sums, int8_t* output) {
  const int8_t* const addends[] = {a, b, c, d, e, f, g, h};
  for (int32_t i = 0; i < p.elements; ++i) {
    int32_t sum = add_all(addends, i, p.continues != 0 ? sums[i] : p.start);
    if (output) {
      int32_t raised = wrapping_shift_left(sum, kSumShift);
      output[i] = finish(multiply_by_quantized_multiplier(raised, p.multiplier), p.output);
    } else {
      sums[i] = sum;
    }
  }
}

bool check_add_n_int8(const AddNInt8Params& p, const Operand* operands) {
  const Operand &sums = operands[kMostAddends], &output = operands[kMostAddends + 1];
  bool needs_sums = p.continues != 0 || !output.present();
  return check_addends<int8_t>(p.elements, operands) &&
         (!(needs_sums || sums.present()) || sums.holds<int32_t>(p.elements)) &&
         (!output.present() || output.holds<int8_t>(p.elements)) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

}  // namespace mote
