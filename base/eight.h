// SPDX-License-Identifier: Apache-2.0
// Eight 32-bit numbers at once, for kernels that hosts with AVX2 run. Functions between
// MOTE_EIGHT_BEGIN and MOTE_EIGHT_END are compiled for AVX2 on x86-64, whatever the rest of the
// file is compiled for; a kernel's check asks has_eight(). Elsewhere the compiler makes what it can
// of the same vectors.
#ifndef MOTE_BASE_EIGHT_H_
#define MOTE_BASE_EIGHT_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__clang__)
#define MOTE_EIGHT_BEGIN \
  _Pragma("clang attribute push(__attribute__((target(\"avx2\"))), apply_to = function)")
#define MOTE_EIGHT_END _Pragma("clang attribute pop")
#elif defined(__x86_64__)
#define MOTE_EIGHT_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2\")")
#define MOTE_EIGHT_END _Pragma("GCC pop_options")
#else
#define MOTE_EIGHT_BEGIN
#define MOTE_EIGHT_END
#endif

namespace mote {

typedef int32_t Int32x8 __attribute__((vector_size(32)));
typedef uint32_t UInt32x8 __attribute__((vector_size(32)));
typedef int64_t Int64x4 __attribute__((vector_size(32)));
typedef uint64_t UInt64x4 __attribute__((vector_size(32)));
typedef int16_t Int16x16 __attribute__((vector_size(32)));
typedef int64_t Int64x2 __attribute__((vector_size(16)));
typedef int32_t Int32x4 __attribute__((vector_size(16)));
typedef int16_t Int16x8 __attribute__((vector_size(16)));
typedef int8_t Int8x16 __attribute__((vector_size(16)));
typedef int8_t Int8x8 __attribute__((vector_size(8)));
typedef char Charx16 __attribute__((vector_size(16)));  // as GCC's instructions take bytes

/// Whether this machine runs what lies between MOTE_EIGHT_BEGIN and MOTE_EIGHT_END.
inline bool has_eight() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return true;
#endif
}

MOTE_EIGHT_BEGIN

/// A value at any address.
template <typename T>
struct __attribute__((packed, may_alias)) Anywhere {
  T value;
};
template <typename T>
inline T load_vector(const void* from) {
  return static_cast<const Anywhere<T>*>(from)->value;
}

/// For sums that wrap.
inline UInt32x8 wrapping_eight(Int32x8 x) {
  return reinterpret_cast<UInt32x8>(x);
}

inline Int32x8 all_eight(int32_t value) {
  return Int32x8{} + value;
}

/// The products of the low halves and of the high halves of each number, added up. (VPMADDWD)
inline Int32x8 mac_halves(Int32x8 a, Int32x8 b) {
#if defined(__x86_64__)
  return reinterpret_cast<Int32x8>(
      __builtin_ia32_pmaddwd256(reinterpret_cast<Int16x16>(a), reinterpret_cast<Int16x16>(b)));
#else
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

/// round(a·b / 2^32), ties up, of each number.
inline Int32x8 high_mul(Int32x8 a, Int32x8 b) {
  constexpr int64_t kHalf = int64_t{1} << 31;
#if defined(__x86_64__)
  // Products of the even numbers and of the odd ones, then the upper half of each.
  UInt64x4 odd_a = reinterpret_cast<UInt64x4>(a) >> 32, odd_b = reinterpret_cast<UInt64x4>(b) >> 32;
  Int64x4 even = reinterpret_cast<Int64x4>(__builtin_ia32_pmuldq256(a, b)) + kHalf;
  Int64x4 odd = reinterpret_cast<Int64x4>(__builtin_ia32_pmuldq256(
                    reinterpret_cast<Int32x8>(odd_a), reinterpret_cast<Int32x8>(odd_b))) +
                kHalf;
  return __builtin_shufflevector(reinterpret_cast<Int32x8>(even), reinterpret_cast<Int32x8>(odd), 1,
                                 9, 3, 11, 5, 13, 7, 15);
#else
  for (int i = 0; i < 8; ++i) {
    a[i] = static_cast<int32_t>((int64_t{a[i]} * b[i] + kHalf) >> 32);
  }
  return a;
#endif
}

/// x >> counts, for counts in [0, 31]; larger ones leave the sign. (VPSRAVD)
inline Int32x8 shift_right_eight(Int32x8 x, Int32x8 counts) {
#if defined(__x86_64__)
  return reinterpret_cast<Int32x8>(__builtin_ia32_psrav8si(x, counts));
#else
  return x >> (counts & 31);
#endif
}

inline Int32x8 clamp_eight(Int32x8 x, int32_t low, int32_t high) {
  Int32x8 least = all_eight(low), most = all_eight(high);
  x = x < least ? least : x;
  return x > most ? most : x;
}

/// Eight bytes, and zeros.
inline Int8x16 load_eight(const int8_t* from) {
  Int64x2 bytes = {load_vector<int64_t>(from), 0};
  return reinterpret_cast<Int8x16>(bytes);
}

/// Sixteen int16 of as many bytes. (VPMOVSXBW; GCC makes four instructions of the conversion.)
inline Int32x8 widen_bytes(Int8x16 bytes) {
#if defined(__x86_64__) && !defined(__clang__)
  return reinterpret_cast<Int32x8>(__builtin_ia32_pmovsxbw256(reinterpret_cast<Charx16>(bytes)));
#else
  return reinterpret_cast<Int32x8>(__builtin_convertvector(bytes, Int16x16));
#endif
}

/// Two int16 in each of eight numbers, from 16 bytes.
inline Int32x8 widen_sixteen(const int8_t* from) {
  return widen_bytes(load_vector<Int8x16>(from));
}

/// Eight int16 from as many bytes.
inline Int16x8 widen_half(const int8_t* from) {
#if defined(__x86_64__) && !defined(__clang__)
  return reinterpret_cast<Int16x8>(
      __builtin_ia32_pmovsxbw128(reinterpret_cast<Charx16>(load_eight(from))));
#else
  return __builtin_convertvector(load_vector<Int8x8>(from), Int16x8);
#endif
}

/// Eight numbers from as many bytes.
inline Int32x8 widen_eight(const int8_t* from) {
#if defined(__x86_64__) && !defined(__clang__)
  return reinterpret_cast<Int32x8>(
      __builtin_ia32_pmovsxbd256(reinterpret_cast<Charx16>(load_eight(from))));
#else
  return __builtin_convertvector(load_vector<Int8x8>(from), Int32x8);
#endif
}

/// Two int16 in each of eight numbers: a byte of the first eight, and one of the second.
inline Int32x8 widen_two_eights(const int8_t* low, const int8_t* high) {
  return widen_bytes(__builtin_shufflevector(load_eight(low), load_eight(high), 0, 16, 1, 17, 2, 18,
                                             3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
}

/// Eight numbers that int8 holds, the first `count` of them to memory.
inline void store_bytes(Int32x8 x, int32_t count, int8_t* to) {
  if (count < 8) {
    for (int32_t i = 0; i < count; ++i) to[i] = static_cast<int8_t>(x[i]);
    return;
  }
#if defined(__x86_64__)
  Int32x4 low = __builtin_shufflevector(x, x, 0, 1, 2, 3);
  Int32x4 high = __builtin_shufflevector(x, x, 4, 5, 6, 7);
  Int16x8 halves = reinterpret_cast<Int16x8>(__builtin_ia32_packssdw128(low, high));
  Int64x2 bytes = reinterpret_cast<Int64x2>(__builtin_ia32_packsswb128(halves, halves));
  reinterpret_cast<Anywhere<int64_t>*>(to)->value = bytes[0];
#else
  reinterpret_cast<Anywhere<Int8x8>*>(to)->value = __builtin_convertvector(x, Int8x8);
#endif
}

/// Two times eight numbers that int8 holds, side by side.
inline void store_sixteen(Int32x8 first, Int32x8 second, int8_t* to) {
#if defined(__x86_64__)
  // The instruction takes the lower halves of both, then the upper ones.
  Int32x8 halves = reinterpret_cast<Int32x8>(__builtin_ia32_packssdw256(first, second));
  Int32x4 low = __builtin_shufflevector(halves, halves, 0, 1, 2, 3);
  Int32x4 high = __builtin_shufflevector(halves, halves, 4, 5, 6, 7);
  Int32x4 bytes = reinterpret_cast<Int32x4>(
      __builtin_ia32_packsswb128(reinterpret_cast<Int16x8>(low), reinterpret_cast<Int16x8>(high)));
  reinterpret_cast<Anywhere<Int32x4>*>(to)->value =
      __builtin_shufflevector(bytes, bytes, 0, 2, 1, 3);
#else
  store_bytes(first, 8, to), store_bytes(second, 8, to + 8);
#endif
}

MOTE_EIGHT_END

}  // namespace mote

#endif  // MOTE_BASE_EIGHT_H_
