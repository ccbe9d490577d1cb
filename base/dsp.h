// SPDX-License-Identifier: Apache-2.0
// The instructions that Cortex-M4, M7, M33 and M55 have for pairs of 16-bit numbers in one
// register, as functions: the instruction itself where __ARM_FEATURE_DSP says so, plain C
// elsewhere. Kernels over them give the same bits on every machine. Sums wrap, as the instructions'
// do.
#ifndef MOTE_BASE_DSP_H_
#define MOTE_BASE_DSP_H_

#include <stddef.h>
#include <stdint.h>

#include "base/fixed_point.h"

// Inner loops that are written in assembly take 14 registers, which unoptimised code hasn't.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__) && defined(__OPTIMIZE__)
#define MOTE_DSP_ASSEMBLY 1
#else
#define MOTE_DSP_ASSEMBLY 0
#endif

namespace mote {

constexpr int32_t low_half(uint32_t x) {
  return static_cast<int16_t>(x & 0xffff);
}
constexpr int32_t high_half(uint32_t x) {
  return static_cast<int16_t>(x >> 16);
}
constexpr uint32_t pair_of(int32_t low, int32_t high) {
  return (static_cast<uint32_t>(low) & 0xffff) | static_cast<uint32_t>(high) << 16;
}

/// Words and half-words at any address.
struct __attribute__((packed, may_alias)) AnyWord {
  uint32_t value;
};
struct __attribute__((packed, may_alias)) AnyHalf {
  uint16_t value;
};
inline uint32_t load_word(const void* from) {
  return static_cast<const AnyWord*>(from)->value;
}
inline uint32_t load_half(const void* from) {
  return static_cast<const AnyHalf*>(from)->value;
}
inline void store_word(void* to, uint32_t word) {
  static_cast<AnyWord*>(to)->value = word;
}

#ifdef __ARM_FEATURE_DSP

#define MOTE_DSP_1(name, text)             \
  inline uint32_t name(uint32_t x) {       \
    uint32_t result;                       \
    __asm__(text : "=r"(result) : "r"(x)); \
    return result;                         \
  }
#define MOTE_DSP_MAC(name, text)                                               \
  inline int32_t name(uint32_t a, uint32_t b, int32_t sum) {                   \
    int32_t result;                                                            \
    __asm__(text " %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum)); \
    return result;                                                             \
  }
MOTE_DSP_1(widen_even, "sxtb16 %0, %1")
MOTE_DSP_1(widen_odd, "sxtb16 %0, %1, ror #8")
MOTE_DSP_MAC(mac_pairs, "smlad")
MOTE_DSP_MAC(mac_low_low, "smlabb")
MOTE_DSP_MAC(mac_high_high, "smlatt")
MOTE_DSP_MAC(mac_low_high, "smlabt")
MOTE_DSP_MAC(mac_high_low, "smlatb")
#undef MOTE_DSP_1
#undef MOTE_DSP_MAC

inline uint32_t low_halves(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
inline uint32_t high_halves(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("pkhtb %0, %2, %1, asr #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

inline uint32_t max_bytes(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b));
  return result;
}
inline uint32_t min_bytes(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(result) : "r"(a), "r"(b));
  return result;
}

inline int32_t high_mul_add(int32_t a, int32_t b, int32_t addend) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(addend));
  return result;
}
inline int32_t high_mul(int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
/// x >> shift; harmless for every shift.
inline int32_t shift_right(int32_t x, int32_t shift) {
  __asm__("asr %0, %0, %1" : "+r"(x) : "r"(shift));
  return x;
}
inline int32_t saturate_int8(int32_t x) {
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(x));
  return result;
}
template <int kShift>
uint32_t saturate_uint8(int32_t x) {
  uint32_t result;
  __asm__("usat %0, #8, %1, asr %2" : "=r"(result) : "r"(x), "i"(kShift));
  return result;
}

#else

/// Bytes 0 and 2, and bytes 1 and 3, as signed 16-bit pairs. (SXTB16)
inline uint32_t widen_even(uint32_t x) {
  return pair_of(static_cast<int8_t>(x), static_cast<int8_t>(x >> 16));
}
inline uint32_t widen_odd(uint32_t x) {
  return pair_of(static_cast<int8_t>(x >> 8), static_cast<int8_t>(x >> 24));
}

/// The low halves of a and b, and the high ones, a's below. (PKHBT, PKHTB)
inline uint32_t low_halves(uint32_t a, uint32_t b) {
  return (a & 0xffff) | b << 16;
}
inline uint32_t high_halves(uint32_t a, uint32_t b) {
  return a >> 16 | (b & 0xffff0000);
}

/// The larger, and the smaller, of each two signed bytes. (SSUB8, SEL)
template <typename Choose>
uint32_t choose_bytes(uint32_t a, uint32_t b, const Choose& takes_first) {
  uint32_t result = 0;
  for (int32_t shift = 0; shift < 32; shift += 8) {
    int8_t x = static_cast<int8_t>(a >> shift), y = static_cast<int8_t>(b >> shift);
    result |= static_cast<uint32_t>(static_cast<uint8_t>(takes_first(x, y) ? x : y)) << shift;
  }
  return result;
}
inline uint32_t max_bytes(uint32_t a, uint32_t b) {
  return choose_bytes(a, b, [](int8_t x, int8_t y) { return x >= y; });
}
inline uint32_t min_bytes(uint32_t a, uint32_t b) {
  return choose_bytes(a, b, [](int8_t x, int8_t y) { return x < y; });
}

/// sum + low·low + high·high. (SMLAD)
inline int32_t mac_pairs(uint32_t a, uint32_t b, int32_t sum) {
  return wrapping_add(wrapping_add(sum, low_half(a) * low_half(b)), high_half(a) * high_half(b));
}
/// sum + low · low, and sum + high · high. (SMLABB, SMLATT)
inline int32_t mac_low_low(uint32_t a, uint32_t b, int32_t sum) {
  return wrapping_add(sum, low_half(a) * low_half(b));
}
inline int32_t mac_high_high(uint32_t a, uint32_t b, int32_t sum) {
  return wrapping_add(sum, high_half(a) * high_half(b));
}
/// sum + low of a · high of b, and the other way round. (SMLABT, SMLATB)
inline int32_t mac_low_high(uint32_t a, uint32_t b, int32_t sum) {
  return wrapping_add(sum, low_half(a) * high_half(b));
}
inline int32_t mac_high_low(uint32_t a, uint32_t b, int32_t sum) {
  return wrapping_add(sum, high_half(a) * low_half(b));
}

/// addend + round(a·b / 2^32), ties up. (SMMLAR)
inline int32_t high_mul_add(int32_t a, int32_t b, int32_t addend) {
  int64_t product = static_cast<int64_t>(a) * b + (int64_t{1} << 31);
  return wrapping_add(addend, static_cast<int32_t>(product >> 32));
}
/// round(a·b / 2^32), ties up. (SMMULR)
inline int32_t high_mul(int32_t a, int32_t b) {
  return high_mul_add(a, b, 0);
}
inline int32_t shift_right(int32_t x, int32_t shift) {
  return x >> (shift & 31);
}
inline int32_t saturate_int8(int32_t x) {
  return clamp(x, -128, 127);
}
/// x >> kShift within 0 … 255. (USAT)
template <int kShift>
uint32_t saturate_uint8(int32_t x) {
  return static_cast<uint32_t>(clamp(x >> kShift, 0, 255));
}

#endif

}  // namespace mote

#endif  // MOTE_BASE_DSP_H_
