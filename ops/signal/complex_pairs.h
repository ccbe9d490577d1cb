// SPDX-License-Identifier: Apache-2.0
// Complex numbers of 16 bits on cores with instructions for pairs: both parts in one register. The
// same bits as complex.h's.
#ifndef MOTE_OPS_SIGNAL_COMPLEX_PAIRS_H_
#define MOTE_OPS_SIGNAL_COMPLEX_PAIRS_H_

#include "base/dsp.h"
#include "ops/signal/complex.h"

#ifdef __ARM_FEATURE_DSP

namespace mote {
namespace fft {

template <>
class Complex<int16_t> {
 public:
  explicit Complex(uint32_t word) : word_(word) {}
  Complex(int16_t real, int16_t imaginary) : word_(pair_of(real, imaginary)) {}

  int16_t real() const { return static_cast<int16_t>(low_half(word_)); }
  int16_t imaginary() const { return static_cast<int16_t>(high_half(word_)); }
  uint32_t word() const { return word_; }

 private:
  uint32_t word_;
};

using ComplexPair = Complex<int16_t>;

#define MOTE_PAIRS(name, text)                                                 \
  inline ComplexPair name(ComplexPair a, ComplexPair b) {                      \
    uint32_t result;                                                           \
    __asm__(text " %0, %1, %2" : "=r"(result) : "r"(a.word()), "r"(b.word())); \
    return ComplexPair(result);                                                \
  }
MOTE_PAIRS(operator+, "sadd16")
MOTE_PAIRS(operator-, "ssub16")
MOTE_PAIRS(add_turned, "ssax")
MOTE_PAIRS(subtract_turned, "sasx")
MOTE_PAIRS(half_sum, "shadd16")
MOTE_PAIRS(half_difference, "shsub16")
MOTE_PAIRS(real_and_imaginary, "pkhbt")
#undef MOTE_PAIRS

/// sum + real · real - imaginary · imaginary, and sum + real · imaginary + imaginary · real.
inline int32_t mac_real(ComplexPair a, ComplexPair b, int32_t sum) {
  int32_t result;
  __asm__("smlsd %0, %1, %2, %3" : "=r"(result) : "r"(a.word()), "r"(b.word()), "r"(sum));
  return result;
}
inline int32_t mac_imaginary(ComplexPair a, ComplexPair b, int32_t sum) {
  int32_t result;
  __asm__("smladx %0, %1, %2, %3" : "=r"(result) : "r"(a.word()), "r"(b.word()), "r"(sum));
  return result;
}

constexpr int32_t kPairHalf = 1 << 14;

/// Both products / 2^15; kPairHalf is in them already.
inline ComplexPair shift_products(int32_t real, int32_t imaginary) {
  uint32_t result;
  __asm__("pkhtb %0, %1, %2, asr #15"
          : "=r"(result)
          : "r"(static_cast<uint32_t>(imaginary) << 1), "r"(real));
  return ComplexPair(result);
}

inline ComplexPair operator*(ComplexPair a, ComplexPair b) {
  return shift_products(mac_real(a, b, kPairHalf), mac_imaginary(a, b, kPairHalf));
}

inline ComplexPair scale(ComplexPair a, int16_t s) {
  const uint32_t by = static_cast<uint16_t>(s);
  return shift_products(mac_low_low(a.word(), by, kPairHalf),
                        mac_high_low(a.word(), by, kPairHalf));
}

template <int32_t kBy>
ComplexPair divide(ComplexPair a) {
  return scale(a, static_cast<int16_t>(Arithmetic<int16_t>::kMost / kBy));
}

inline ComplexPair half(ComplexPair a) {
  return half_sum(a, ComplexPair(0u));
}
inline ComplexPair turn(ComplexPair a) {
  return add_turned(ComplexPair(0u), a);
}
inline ComplexPair conjugate(ComplexPair a) {
  return real_and_imaginary(a, ComplexPair(0u) - a);
}
inline ComplexPair half_mirrored(ComplexPair a, ComplexPair b) {
  return real_and_imaginary(half_difference(a, b), half_difference(b, a));
}

inline ComplexPair get(const int16_t* pairs, int32_t k) {
  return ComplexPair(load_word(pairs + 2 * k));
}
inline void put(int16_t* pairs, int32_t k, ComplexPair value) {
  store_word(pairs + 2 * k, value.word());
}

}  // namespace fft
}  // namespace mote

#endif

#endif  // MOTE_OPS_SIGNAL_COMPLEX_PAIRS_H_
