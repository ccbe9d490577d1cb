// SPDX-License-Identifier: Apache-2.0
// The definition of elementwise arithmetic of floats and plain integers.
#include "base/math.h"
#include "base/power.h"
#include "ops/elementwise_binary/elementwise_binary.h"
#include "ops/strided/broadcast.h"

namespace mote {
namespace {

// ---- integers

template <size_t kBytes>
struct WrappingOf {
  using type = uint32_t;
};
template <>
struct WrappingOf<8> {
  using type = uint64_t;
};

/// The quotient towards 0, and 0 for y = 0; the lowest value by -1 wraps.
template <typename T>
T divide(T x, T y) {
  using U = typename WrappingOf<sizeof(T)>::type;
  if (y == 0) return 0;
  if (y == -1) return static_cast<T>(0 - static_cast<U>(x));
  return static_cast<T>(x / y);
}

/// The remainder with the divisor's sign, and 0 for y = 0.
template <typename T>
T floor_mod(T x, T y) {
  if (y == 0 || y == -1) return 0;
  T rest = static_cast<T>(x % y);
  return static_cast<T>(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
}

template <typename T>
T floor_div(T x, T y) {
  T towards_zero = divide(x, y);
  bool below = y != 0 && y != -1 && x % y != 0 && (x < 0) != (y < 0);
  return static_cast<T>(towards_zero - (below ? 1 : 0));
}

/// 0 for y < 0, unless x is 1 or -1.
template <typename T>
T power(T x, T y) {
  using U = typename WrappingOf<sizeof(T)>::type;
  if (y < 0 && x != 1 && x != -1) return 0;
  U result = 1, base = static_cast<U>(x);
  for (U left = static_cast<U>(y < 0 ? y & 1 : y); left != 0; left >>= 1) {
    if ((left & 1) != 0) result *= base;
    base *= base;
  }
  return static_cast<T>(result);
}

template <typename T>
T right_shift(T x, T y, bool is_unsigned) {
  using U = typename WrappingOf<sizeof(T)>::type;
  constexpr int32_t kBits = 8 * sizeof(T);
  constexpr U kMask = static_cast<U>(~U{0}) >> (8 * sizeof(U) - kBits);
  bool beyond = y >= kBits || (is_unsigned && y < 0);
  int32_t by = beyond ? kBits - 1 : y < 0 ? 0 : static_cast<int32_t>(y);
  return is_unsigned ? static_cast<T>((static_cast<U>(x) & kMask) >> by) : static_cast<T>(x >> by);
}

template <typename T>
T combine(int32_t function, T x, T y) {
  using U = typename WrappingOf<sizeof(T)>::type;
  U a = static_cast<U>(x), b = static_cast<U>(y);
  switch (function) {
    case kBinaryAdd:
      return static_cast<T>(a + b);
    case kBinarySub:
      return static_cast<T>(a - b);
    case kBinaryMul:
      return static_cast<T>(a * b);
    case kBinaryMaximum:
      return x > y ? x : y;
    case kBinaryMinimum:
      return x < y ? x : y;
    case kBinaryDiv:
      return divide(x, y);
    case kBinarySquaredDifference:
      return static_cast<T>((a - b) * (a - b));
    case kBinaryFloorDiv:
      return floor_div(x, y);
    case kBinaryFloorMod:
      return floor_mod(x, y);
    case kBinaryPow:
      return power(x, y);
    case kBinaryXor:
      return static_cast<T>(a ^ b);
    default:
      return right_shift(x, y, function == kBinaryRightShiftUnsigned);
  }
}

template <typename T>
void combine_all(const BinaryParams& p, const T* a, const T* b, T* output) {
  broadcast(p.loops, a, b, output, [&](T x, T y) { return combine(p.function, x, y); });
}

template <typename T>
bool check_combine(const StridedLoops<2>& loops, int32_t function, const Operand* operands) {
  return check_broadcast<T, T, T>(loops, operands) && function != kBinaryPrelu &&
         all_within(kBinaryAdd, kBinaryRightShiftUnsigned, function);
}

// ---- floats

float combine(int32_t function, float x, float y) {
  switch (function) {
    case kBinaryAdd:
      return x + y;
    case kBinarySub:
      return x - y;
    case kBinaryMul:
      return x * y;
    case kBinaryMaximum:
      return x > y ? x : y;
    case kBinaryMinimum:
      return x < y ? x : y;
    case kBinaryDiv:
      return x / y;
    case kBinarySquaredDifference:
      return (x - y) * (x - y);
    default:
      return x >= 0 ? x : x * y;
  }
}

/// floor(x / y), the quotient in double as TFLite takes it.
float floor_div(float x, float y) {
  double quotient = static_cast<double>(x) / static_cast<double>(y);
  constexpr double kWhole = 4503599627370496.0;  // from here on there are no fractions
  if (!(quotient > -kWhole && quotient < kWhole)) return static_cast<float>(quotient);
  double whole = static_cast<double>(static_cast<int64_t>(quotient));
  return static_cast<float>(whole > quotient ? whole - 1 : whole);
}

/// x mod y towards 0, exact: y times powers of two is taken from x. REQUIRES: finite, y > 0.
float rest_of(float x, float y) {
  float rest = absolute(x);
  while (rest >= y) {
    int32_t above = detail::split(rest).exponent - detail::split(y).exponent;
    // y raised to the rest's exponent, in factors that floats have.
    float part = y;
    for (int32_t left = above; left > 0; left -= 120) {
      part *= detail::power_of_two(left < 120 ? left : 120);
    }
    rest -= part > rest ? part * 0.5f : part;
  }
  return with_sign(rest, x);
}

float floor_mod(float x, float y) {
  float size = absolute(y);
  if (!(absolute(x) < __builtin_inff()) || !(size > 0)) return kNaN;
  float rest = size < __builtin_inff() ? rest_of(x, size) : x;
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

}  // namespace

void binary_float32(const BinaryFloat32Params& p, const float* a, const float* b, float* output) {
  broadcast(p.loops, a, b, output, [&](float x, float y) {
    return clamp(combine(p.function, x, y), p.output_min, p.output_max);
  });
}

bool check_binary_float32(const BinaryFloat32Params& p, const Operand* operands) {
  return check_broadcast<float, float, float>(p.loops, operands) &&
         all_within(kBinaryAdd, kBinaryPrelu, p.function);
}

void wide_binary_float32(const BinaryParams& p, const float* a, const float* b, float* output) {
  broadcast(p.loops, a, b, output, [&](float x, float y) {
    return p.function == kBinaryPow        ? pow(x, y)
           : p.function == kBinaryFloorDiv ? floor_div(x, y)
                                           : floor_mod(x, y);
  });
}

bool check_wide_binary_float32(const BinaryParams& p, const Operand* operands) {
  return check_broadcast<float, float, float>(p.loops, operands) &&
         all_within(kBinaryFloorDiv, kBinaryPow, p.function);
}

void binary_int8(const BinaryParams& p, const int8_t* a, const int8_t* b, int8_t* output) {
  combine_all(p, a, b, output);
}

bool check_binary_int8(const BinaryParams& p, const Operand* operands) {
  return check_combine<int8_t>(p.loops, p.function, operands);
}

void binary_int16(const BinaryParams& p, const int16_t* a, const int16_t* b, int16_t* output) {
  combine_all(p, a, b, output);
}

bool check_binary_int16(const BinaryParams& p, const Operand* operands) {
  return check_combine<int16_t>(p.loops, p.function, operands);
}

void binary_int64(const BinaryParams& p, const int64_t* a, const int64_t* b, int64_t* output) {
  combine_all(p, a, b, output);
}

bool check_binary_int64(const BinaryParams& p, const Operand* operands) {
  return check_combine<int64_t>(p.loops, p.function, operands);
}

void binary_int32(const BinaryInt32Params& p, const int32_t* a, const int32_t* b, int32_t* output) {
  broadcast(p.loops, a, b, output, [&](int32_t x, int32_t y) {
    return clamp(combine(p.function, x, y), p.output_min, p.output_max);
  });
}

bool check_binary_int32(const BinaryInt32Params& p, const Operand* operands) {
  return check_combine<int32_t>(p.loops, p.function, operands);
}

}  // namespace mote
