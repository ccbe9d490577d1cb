// SPDX-License-Identifier: Apache-2.0
// The sum of any number of tensors of one shape. A kernel adds up to eight; more inputs take more
// calls, which hand their sum on.
#ifndef MOTE_OPS_ADD_N_ADD_N_H_
#define MOTE_OPS_ADD_N_ADD_N_H_

#include "ops/quantized/quantized.h"

namespace mote {

constexpr int kMostAddends = 8;

struct AddNParams {
  int32_t elements;
};

// F(name, type): kernel add_n_name. output = a + b + … + h, where all but `a` may be absent.
// Integers wrap. May run in place of any input.
#define MOTE_ADD_N_TYPES(F) F(int32, int32_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                                 \
  void add_n_##name(const AddNParams& params, const T* a, const T* b, const T* c, const T* d, \
                    const T* e, const T* f, const T* g, const T* h, T* output);               \
  bool check_add_n_##name(const AddNParams& params, const Operand* operands);
MOTE_ADD_N_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

struct AddNInt8Params {
  int32_t elements;
  int32_t continues;  // 1: begins with what an earlier call has left in `sums`; 0: with `start`
  int32_t start;
  QuantizedMultiplier multiplier;  // 2 · input_scale / output_scale, for sums 19 bits up
  Int8Output output;
};

/// Quantised inputs of one scale. A call without `output` leaves its sums in `sums`.
void add_n_int8(const AddNInt8Params& params, const int8_t* a, const int8_t* b, const int8_t* c,
                const int8_t* d, const int8_t* e, const int8_t* f, const int8_t* g, const int8_t* h,
                int32_t* sums, int8_t* output);
bool check_add_n_int8(const AddNInt8Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_ADD_N_ADD_N_H_
