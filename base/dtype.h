// SPDX-License-Identifier: Apache-2.0
// Element types of tensors. The table is read by the enum, the size, the name and the image format.
#ifndef MOTE_BASE_DTYPE_H_
#define MOTE_BASE_DTYPE_H_

#include <stdint.h>

namespace mote {

// X(enumerator, code in the .mote image, bits per element, name). Codes: append, never renumber.
#define MOTE_DTYPE_LIST(X)      \
  X(kFloat32, 0, 32, "float32") \
  X(kFloat16, 1, 16, "float16") \
  X(kInt4, 2, 4, "int4")        \
  X(kInt8, 3, 8, "int8")        \
  X(kUInt8, 4, 8, "uint8")      \
  X(kInt16, 5, 16, "int16")     \
  X(kInt32, 6, 32, "int32")     \
  X(kInt64, 7, 64, "int64")     \
  X(kBool, 8, 8, "bool")        \
  X(kUInt16, 9, 16, "uint16")   \
  X(kUInt32, 10, 32, "uint32")  \
  X(kUInt64, 11, 64, "uint64")  \
  X(kFloat64, 12, 64, "float64")

enum class DType : uint8_t {
#define MOTE_DTYPE_ENUM(name, code, bits, text) name = code,
  MOTE_DTYPE_LIST(MOTE_DTYPE_ENUM)
#undef MOTE_DTYPE_ENUM
};

/// Bits of one element: 4 for int4 (packed two to a byte, low nibble first), else a multiple of 8.
constexpr uint32_t bits_of(DType dtype) {
  switch (dtype) {
#define MOTE_DTYPE_BITS(name, code, bits, text) \
  case DType::name:                             \
    return bits;
    MOTE_DTYPE_LIST(MOTE_DTYPE_BITS)
#undef MOTE_DTYPE_BITS
  }
  return 0;
}

/// Bytes of `elements` elements, the last byte of an odd int4 count padded.
constexpr uint64_t bytes_of(DType dtype, uint64_t elements) {
  return (elements * bits_of(dtype) + 7) / 8;
}

/// The type's name in text forms, JSON and messages.
constexpr const char* name_of(DType dtype) {
  switch (dtype) {
#define MOTE_DTYPE_NAME(name, code, bits, text) \
  case DType::name:                             \
    return text;
    MOTE_DTYPE_LIST(MOTE_DTYPE_NAME)
#undef MOTE_DTYPE_NAME
  }
  return "?";
}

/// The DType that a C++ element type is stored as.
template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::kFloat32;
};
template <>
struct DTypeOf<int8_t> {
  static constexpr DType value = DType::kInt8;
};
template <>
struct DTypeOf<uint8_t> {
  static constexpr DType value = DType::kUInt8;
};
template <>
struct DTypeOf<int16_t> {
  static constexpr DType value = DType::kInt16;
};
template <>
struct DTypeOf<int32_t> {
  static constexpr DType value = DType::kInt32;
};
template <>
struct DTypeOf<int64_t> {
  static constexpr DType value = DType::kInt64;
};
template <>
struct DTypeOf<uint32_t> {
  static constexpr DType value = DType::kUInt32;
};
template <>
struct DTypeOf<uint64_t> {
  static constexpr DType value = DType::kUInt64;
};
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::kBool;
};

}  // namespace mote

#endif  // MOTE_BASE_DTYPE_H_
