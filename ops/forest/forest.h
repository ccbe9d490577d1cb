// SPDX-License-Identifier: Apache-2.0
// A forest of decision trees as tables: each tree is walked from its root to a leaf, and the
// leaves' shares of each class are averaged. Tables are a quarter of the code that nested branches
// would be, and can be updated with the image.
#ifndef MOTE_OPS_FOREST_FOREST_H_
#define MOTE_OPS_FOREST_FOREST_H_

#include "base/kernel.h"

namespace mote {

/// Input [rows, features], output [rows, classes].
struct ForestParams {
  int32_t rows, features, classes;
  int32_t trees, nodes, leaves;
  float share;  // float outputs: one step of a leaf's share, 1 / (255 · trees)
};

/// Node i asks whether input[feature[i]] <= threshold[i] and goes on to children[2 i] if so, else
/// to children[2 i + 1]: a later node, or leaf -1 - child. A root is a node or, too, a leaf. Leaves
/// hold shares of 0 to 255, [leaves, classes].
void forest_float32(const ForestParams& params, const float* input, const int16_t* feature,
                    const float* threshold, const int16_t* children, const int16_t* roots,
                    const uint8_t* leaves, float* output);
bool check_forest_float32(const ForestParams& params, const Operand* operands);

/// The same with int8 features; shares have the scale 1/256 and the zero point -128, rounded down.
/// sums: a word for each class.
void forest_int8(const ForestParams& params, const int8_t* input, const int16_t* feature,
                 const int8_t* threshold, const int16_t* children, const int16_t* roots,
                 const uint8_t* leaves, int32_t* sums, int8_t* output);
bool check_forest_int8(const ForestParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_FOREST_FOREST_H_
