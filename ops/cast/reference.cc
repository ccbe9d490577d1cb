// SPDX-License-Identifier: Apache-2.0
// The definition of CAST.
#include "ops/cast/cast.h"

namespace mote {
namespace {

template <typename To>
struct CastOf {
  template <typename From>
  static To convert(From x) {
    return static_cast<To>(x);
  }
  static To convert(float x) {
    constexpr bool kSigned = static_cast<To>(-1) < static_cast<To>(0);
    constexpr int kBits = 8 * static_cast<int>(sizeof(To)) - (kSigned ? 1 : 0);
    constexpr uint64_t kMost = (uint64_t{1} << (kBits - 1)) - 1 + (uint64_t{1} << (kBits - 1));
    constexpr float kEnd = static_cast<float>(uint64_t{1} << (kBits - 1)) * 2;  // one too many
    if (x != x) return 0;
    if (x >= kEnd) return static_cast<To>(kMost);
    if (x < (kSigned ? -kEnd : 0.0f)) return static_cast<To>(kSigned ? ~kMost : 0);
    return static_cast<To>(static_cast<int64_t>(x));
  }
};
template <>
struct CastOf<float> {
  template <typename From>
  static float convert(From x) {
    return static_cast<float>(x);
  }
};
template <>
struct CastOf<bool> {
  template <typename From>
  static bool convert(From x) {
    return x != 0;
  }
};

template <typename From, typename To>
void cast_all(int32_t elements, const From* input, To* output) {
  for (int32_t i = 0; i < elements; ++i) output[i] = CastOf<To>::convert(input[i]);
}

}  // namespace

#define MOTE_DEFINE_CAST(from, From, to, To)                                         \
  void cast_##from##_##to(const CastParams& p, const From* input, To* output) {      \
    cast_all(p.elements, input, output);                                             \
  }                                                                                  \
  bool check_cast_##from##_##to(const CastParams& p, const Operand* operands) {      \
    return operands[0].holds<From>(p.elements) && operands[1].holds<To>(p.elements); \
  }
#define MOTE_DEFINE(from, From) MOTE_CAST_TARGETS(MOTE_DEFINE_CAST, from, From)
MOTE_CAST_SOURCES(MOTE_DEFINE)
#undef MOTE_DEFINE
#undef MOTE_DEFINE_CAST

}  // namespace mote
