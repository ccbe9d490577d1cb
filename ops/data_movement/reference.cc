// SPDX-License-Identifier: Apache-2.0
// The definition of the copies: one template for all element sizes.
#include "ops/data_movement/data_movement.h"

namespace mote {
namespace {

template <typename T>
void strided_copy(const StridedCopyParams& p, const T* input, T* output) {
  int32_t length = p.loops.row_length();
  int32_t input_stride = p.loops.row_stride(0), output_stride = p.loops.row_stride(1);
  Walk<2> at(p.loops);
  do {
    const T* from = input + (p.input_offset + at.offset(0));
    T* to = output + (p.output_offset + at.offset(1));
    for (int32_t i = 0; i < length; ++i) to[i * output_stride] = from[i * input_stride];
  } while (at.next_row());
}

template <typename T>
bool check_strided_copy(const StridedCopyParams& p, const Operand* operands) {
  return check_strided<T>(p.loops, 0, p.input_offset, operands[0]) &&
         check_strided<T>(p.loops, 1, p.output_offset, operands[1]) &&
         holds_all<T>(p.loops, operands[1]);
}

}  // namespace

void copy_bytes(const CopyBytesParams& p, const void* input, void* output) {
  const uint8_t* from = static_cast<const uint8_t*>(input);
  uint8_t* to = static_cast<uint8_t*>(output);
  for (int32_t i = 0; i < p.bytes; ++i) to[i] = from[i];
}

bool check_copy_bytes(const CopyBytesParams& p, const Operand* operands) {
  return operands[0].holds<uint8_t>(p.bytes) && operands[1].holds<uint8_t>(p.bytes);
}

void strided_copy_8(const StridedCopyParams& p, const uint8_t* input, uint8_t* output) {
  strided_copy(p, input, output);
}

bool check_strided_copy_8(const StridedCopyParams& p, const Operand* operands) {
  return check_strided_copy<uint8_t>(p, operands);
}

void strided_copy_16(const StridedCopyParams& p, const uint16_t* input, uint16_t* output) {
  strided_copy(p, input, output);
}

bool check_strided_copy_16(const StridedCopyParams& p, const Operand* operands) {
  return check_strided_copy<uint16_t>(p, operands);
}

void strided_copy_32(const StridedCopyParams& p, const uint32_t* input, uint32_t* output) {
  strided_copy(p, input, output);
}

bool check_strided_copy_32(const StridedCopyParams& p, const Operand* operands) {
  return check_strided_copy<uint32_t>(p, operands);
}

void strided_copy_64(const StridedCopyParams& p, const uint64_t* input, uint64_t* output) {
  strided_copy(p, input, output);
}

bool check_strided_copy_64(const StridedCopyParams& p, const Operand* operands) {
  return check_strided_copy<uint64_t>(p, operands);
}

}  // namespace mote
