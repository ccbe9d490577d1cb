// SPDX-License-Identifier: Apache-2.0
// SOFTMAX of int8 with its exponentials in a table, for rows of many elements.
#include "ops/softmax/fixed_row.h"

namespace mote {
namespace {

struct Table {
  const int32_t* exponentials;
  int32_t entries;

  int32_t operator()(int32_t difference) const {
    return -difference < entries ? exponentials[-difference] : 0;
  }
};

template <typename Output>
void softmax(const SoftmaxTableParams& p, const int8_t* input, const int32_t* exponentials,
             Output* output) {
  const Table table = {exponentials, p.entries};
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.depth) {
    softmax_fixed_row(table, p.depth, input, output);
  }
}

/// Whether sums are at least 1, for the maximum counts, and don't overflow.
bool check_table(const Operand& operand, int32_t entries) {
  if (!operand.constant || entries < 1 || !operand.holds<int32_t>(entries)) return false;
  auto* table = static_cast<const int32_t*>(operand.constant);
  for (int32_t i = 0; i < entries; ++i) {
    if (table[i] < 0) return false;
  }
  return table[0] == kInt32Max;
}

template <typename Output>
bool check_softmax(const SoftmaxTableParams& p, const Operand* operands) {
  return operands[0].holds<int8_t>(p.rows, p.depth) && check_table(operands[1], p.entries) &&
         operands[2].holds<Output>(p.rows, p.depth) && p.depth <= kMostSoftmaxDepth;
}

}  // namespace

void softmax_int8_table(const SoftmaxTableParams& p, const int8_t* input,
                        const int32_t* exponentials, int8_t* output) {
  softmax(p, input, exponentials, output);
}

bool check_softmax_int8_table(const SoftmaxTableParams& p, const Operand* operands) {
  return check_softmax<int8_t>(p, operands);
}

void softmax_int8_int16_table(const SoftmaxTableParams& p, const int8_t* input,
                              const int32_t* exponentials, int16_t* output) {
  softmax(p, input, exponentials, output);
}

bool check_softmax_int8_int16_table(const SoftmaxTableParams& p, const Operand* operands) {
  return check_softmax<int16_t>(p, operands);
}

}  // namespace mote
