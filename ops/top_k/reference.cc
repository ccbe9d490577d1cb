// SPDX-License-Identifier: Apache-2.0
// The definition of TOPK_V2: each element is put into its place among the best so far.
#include "ops/top_k/top_k.h"

namespace mote {
namespace {

/// Puts `value` behind all that aren't smaller, moving the smaller ones back; the last of `count`
/// falls out.
template <typename T>
void insert(T value, int32_t index, T* values, int32_t* indices, int32_t filled, int32_t count) {
  int32_t place = filled;
  while (place > 0 && value > values[place - 1]) {
    if (place < count) {
      values[place] = values[place - 1];
      indices[place] = indices[place - 1];
    }
    --place;
  }
  if (place == count) return;
  values[place] = value;
  indices[place] = index;
}

template <typename T>
void top_k(const TopKParams& p, const T* input, T* values, int32_t* indices) {
  for (int32_t row = 0; row < p.rows; ++row) {
    for (int32_t i = 0; i < p.length; ++i) {
      insert(input[i], i, values, indices, i < p.count ? i : p.count, p.count);
    }
    input += p.length;
    values += p.count;
    indices += p.count;
  }
}

template <typename T>
bool check_top_k(const TopKParams& p, const Operand* operands) {
  return p.count <= p.length && operands[0].holds<T>(p.rows, p.length) &&
         operands[1].holds<T>(p.rows, p.count) && operands[2].holds<int32_t>(p.rows, p.count);
}

}  // namespace

#define MOTE_DEFINE(name, T)                                                            \
  void top_k_##name(const TopKParams& p, const T* input, T* values, int32_t* indices) { \
    top_k(p, input, values, indices);                                                   \
  }                                                                                     \
  bool check_top_k_##name(const TopKParams& p, const Operand* operands) {               \
    return check_top_k<T>(p, operands);                                                 \
  }
MOTE_TOP_K_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
