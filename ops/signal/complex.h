// SPDX-License-Identifier: Apache-2.0
// Complex numbers under the transforms, in 16- and 32-bit fixed point and float.
#ifndef MOTE_OPS_SIGNAL_COMPLEX_H_
#define MOTE_OPS_SIGNAL_COMPLEX_H_

#include "base/fixed_point.h"

namespace mote {
namespace fft {

/// The arithmetic of one type of number: what a stage's division, products, sums and halves are.
/// Scaled: numbers in [-1, 1) of that many bits.
template <typename T, typename Wide, typename Bits>
struct Scaled {
  static constexpr int kFraction = 8 * sizeof(T) - 1;
  static constexpr Wide kMost = (Wide{1} << kFraction) - 1;

  static Wide multiply(Wide a, Wide b) { return a * b; }
  static Wide sum(Wide a, Wide b) {
    return static_cast<Wide>(static_cast<Bits>(a) + static_cast<Bits>(b));
  }
  static Wide difference(Wide a, Wide b) {
    return static_cast<Wide>(static_cast<Bits>(a) - static_cast<Bits>(b));
  }
  static T round(Wide product) {
    return static_cast<T>(sum(product, Wide{1} << (kFraction - 1)) >> kFraction);
  }
  /// Sums that wrap in T.
  static T add(T a, T b) { return static_cast<T>(sum(a, b)); }
  static T subtract(T a, T b) { return static_cast<T>(difference(a, b)); }
  template <int32_t kBy>
  static T divide(T a) {
    return round(multiply(a, kMost / kBy));
  }
  static T half(T a) { return static_cast<T>(a >> 1); }
};

template <typename T>
struct Arithmetic;

template <>
struct Arithmetic<int16_t> : Scaled<int16_t, int32_t, uint32_t> {
  /// (a ± b) / 2 without losing the bit that wraps.
  static int16_t half_sum(int16_t a, int16_t b) { return static_cast<int16_t>((a + b) >> 1); }
  static int16_t half_difference(int16_t a, int16_t b) {
    return static_cast<int16_t>((a - b) >> 1);
  }
};

template <>
struct Arithmetic<int32_t> : Scaled<int32_t, int64_t, uint64_t> {
  static int32_t half_sum(int32_t a, int32_t b) { return add(a, b) >> 1; }
  static int32_t half_difference(int32_t a, int32_t b) { return subtract(a, b) >> 1; }
};

template <>
struct Arithmetic<float> {
  static float multiply(float a, float b) { return a * b; }
  static float sum(float a, float b) { return a + b; }
  static float difference(float a, float b) { return a - b; }
  static float round(float product) { return product; }
  static float add(float a, float b) { return a + b; }
  static float subtract(float a, float b) { return a - b; }
  template <int32_t kBy>
  static float divide(float a) {
    return a;
  }
  static float half(float a) { return a * 0.5f; }
  static float half_sum(float a, float b) { return (a + b) * 0.5f; }
  static float half_difference(float a, float b) { return (a - b) * 0.5f; }
};

template <typename T>
class Complex {
 public:
  Complex(T real, T imaginary) : real_(real), imaginary_(imaginary) {}

  T real() const { return real_; }
  T imaginary() const { return imaginary_; }

 private:
  T real_, imaginary_;
};

template <typename T>
Complex<T> operator+(Complex<T> a, Complex<T> b) {
  using A = Arithmetic<T>;
  return {A::add(a.real(), b.real()), A::add(a.imaginary(), b.imaginary())};
}

template <typename T>
Complex<T> operator-(Complex<T> a, Complex<T> b) {
  using A = Arithmetic<T>;
  return {A::subtract(a.real(), b.real()), A::subtract(a.imaginary(), b.imaginary())};
}

template <typename T>
Complex<T> operator*(Complex<T> a, Complex<T> b) {
  using A = Arithmetic<T>;
  return {
      A::round(A::difference(A::multiply(a.real(), b.real()),
                             A::multiply(a.imaginary(), b.imaginary()))),
      A::round(A::sum(A::multiply(a.real(), b.imaginary()), A::multiply(a.imaginary(), b.real())))};
}

/// a · s for a real s.
template <typename T>
Complex<T> scale(Complex<T> a, T s) {
  using A = Arithmetic<T>;
  return {A::round(A::multiply(a.real(), s)), A::round(A::multiply(a.imaginary(), s))};
}

template <typename T>
Complex<T> half(Complex<T> a) {
  return {Arithmetic<T>::half(a.real()), Arithmetic<T>::half(a.imaginary())};
}

/// a / kBy in fixed point; floats have no need of it and stay.
template <int32_t kBy, typename T>
Complex<T> divide(Complex<T> a) {
  using A = Arithmetic<T>;
  return {A::template divide<kBy>(a.real()), A::template divide<kBy>(a.imaginary())};
}

/// a · -i.
template <typename T>
Complex<T> turn(Complex<T> a) {
  return {a.imaginary(), Arithmetic<T>::subtract(T{0}, a.real())};
}

/// a ± b · -i.
template <typename T>
Complex<T> add_turned(Complex<T> a, Complex<T> b) {
  return a + turn(b);
}
template <typename T>
Complex<T> subtract_turned(Complex<T> a, Complex<T> b) {
  return a - turn(b);
}

/// (a + b) / 2, and the conjugate of (a - b) / 2, without losing the bit that wraps.
template <typename T>
Complex<T> half_sum(Complex<T> a, Complex<T> b) {
  using A = Arithmetic<T>;
  return {A::half_sum(a.real(), b.real()), A::half_sum(a.imaginary(), b.imaginary())};
}
template <typename T>
Complex<T> half_mirrored(Complex<T> a, Complex<T> b) {
  using A = Arithmetic<T>;
  return {A::half_difference(a.real(), b.real()), A::half_difference(b.imaginary(), a.imaginary())};
}

template <typename T>
Complex<T> conjugate(Complex<T> a) {
  return {a.real(), Arithmetic<T>::subtract(T{0}, a.imaginary())};
}

/// Element k of an array of pairs.
template <typename T>
Complex<T> get(const T* pairs, int32_t k) {
  return {pairs[2 * k], pairs[2 * k + 1]};
}

template <typename T>
void put(T* pairs, int32_t k, Complex<T> value) {
  pairs[2 * k] = value.real();
  pairs[2 * k + 1] = value.imaginary();
}

}  // namespace fft
}  // namespace mote

#endif  // MOTE_OPS_SIGNAL_COMPLEX_H_
