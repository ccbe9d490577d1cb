// SPDX-License-Identifier: Apache-2.0
// Operators that move elements without looking at them come down to two kernels: a plain copy, and
// a strided one for each element size, which the compiler aims at slices, permutations and borders.
#ifndef MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_H_
#define MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_H_

#include "ops/strided/strided.h"

namespace mote {

struct CopyBytesParams {
  int32_t bytes;
};

/// Copies; input and output may be the same memory.
void copy_bytes(const CopyBytesParams& params, const void* input, void* output);
bool check_copy_bytes(const CopyBytesParams& params, const Operand* operands);

struct StridedCopyParams {
  StridedLoops<2> loops;  // strides of input, output
  int32_t input_offset, output_offset;
};

/// For each turn of the loops: output[output_offset + …] = input[input_offset + …], in elements.
/// The loops have no more turns than the output has elements.
void strided_copy_8(const StridedCopyParams& params, const uint8_t* input, uint8_t* output);
bool check_strided_copy_8(const StridedCopyParams& params, const Operand* operands);
void strided_copy_16(const StridedCopyParams& params, const uint16_t* input, uint16_t* output);
bool check_strided_copy_16(const StridedCopyParams& params, const Operand* operands);
void strided_copy_32(const StridedCopyParams& params, const uint32_t* input, uint32_t* output);
bool check_strided_copy_32(const StridedCopyParams& params, const Operand* operands);
void strided_copy_64(const StridedCopyParams& params, const uint64_t* input, uint64_t* output);
bool check_strided_copy_64(const StridedCopyParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_H_
