// SPDX-License-Identifier: Apache-2.0
// The definition of MoteForest.
#include "ops/forest/forest.h"

namespace mote {
namespace {

constexpr int32_t kWholeShare = 255;

/// The leaf that a tree sends an input to.
template <typename T>
int32_t leaf_of(const T* input, const int16_t* feature, const T* threshold, const int16_t* children,
                int32_t node) {
  while (node >= 0) node = children[2 * node + (input[feature[node]] <= threshold[node] ? 0 : 1)];
  return -1 - node;
}

bool is_node_or_leaf(const ForestParams& p, int32_t child) {
  return child < p.nodes && child >= -p.leaves;
}

/// Every walk ends in a leaf: children come after their node. Tables are constants.
bool check_trees(const ForestParams& p, const Operand& features, const Operand& children,
                 const Operand& roots) {
  const int16_t* feature = static_cast<const int16_t*>(features.constant);
  const int16_t* child = static_cast<const int16_t*>(children.constant);
  const int16_t* root = static_cast<const int16_t*>(roots.constant);
  if (!feature || !child || !root) return false;
  for (int32_t i = 0; i < p.nodes; ++i) {
    if (!all_within(0, p.features - 1, feature[i])) return false;
    for (int32_t side = 0; side < 2; ++side) {
      int32_t next = child[2 * i + side];
      if (!is_node_or_leaf(p, next) || (next >= 0 && next <= i)) return false;
    }
  }
  for (int32_t t = 0; t < p.trees; ++t) {
    if (!is_node_or_leaf(p, root[t])) return false;
  }
  return true;
}

template <typename T>
bool check_forest(const ForestParams& p, const Operand* operands) {
  return all_within(1, 32767, p.nodes, p.leaves, p.features, p.trees) &&
         operands[0].holds<T>(p.rows, p.features) && operands[1].holds<int16_t>(p.nodes) &&
         operands[2].holds<T>(p.nodes) && operands[3].holds<int16_t>(p.nodes, 2) &&
         operands[4].holds<int16_t>(p.trees) && operands[5].holds<uint8_t>(p.leaves, p.classes) &&
         check_trees(p, operands[1], operands[3], operands[4]);
}

}  // namespace

void forest_float32(const ForestParams& p, const float* input, const int16_t* feature,
                    const float* threshold, const int16_t* children, const int16_t* roots,
                    const uint8_t* leaves, float* output) {
  for (int32_t row = 0; row < p.rows; ++row) {
    for (int32_t c = 0; c < p.classes; ++c) output[c] = 0;
    for (int32_t t = 0; t < p.trees; ++t) {
      int32_t leaf = leaf_of(input, feature, threshold, children, roots[t]);
      // Sums of at most 32767 · 255 are exact in float.
      for (int32_t c = 0; c < p.classes; ++c) {
        output[c] += static_cast<float>(leaves[leaf * p.classes + c]);
      }
    }
    for (int32_t c = 0; c < p.classes; ++c) output[c] *= p.share;
    input += p.features;
    output += p.classes;
  }
}

bool check_forest_float32(const ForestParams& p, const Operand* operands) {
  return check_forest<float>(p, operands) && operands[6].holds<float>(p.rows, p.classes);
}

void forest_int8(const ForestParams& p, const int8_t* input, const int16_t* feature,
                 const int8_t* threshold, const int16_t* children, const int16_t* roots,
                 const uint8_t* leaves, int32_t* sums, int8_t* output) {
  for (int32_t row = 0; row < p.rows; ++row) {
    for (int32_t c = 0; c < p.classes; ++c) sums[c] = 0;
    for (int32_t t = 0; t < p.trees; ++t) {
      int32_t leaf = leaf_of(input, feature, threshold, children, roots[t]);
      for (int32_t c = 0; c < p.classes; ++c) sums[c] += leaves[leaf * p.classes + c];
    }
    for (int32_t c = 0; c < p.classes; ++c) {
      // At most 32767 · 255 · 256 = 2,139,029,760, which int32 holds.
      int32_t steps = sums[c] * 256 / (kWholeShare * p.trees);
      output[c] = static_cast<int8_t>((steps > 255 ? 255 : steps) - 128);
    }
    input += p.features;
    output += p.classes;
  }
}

bool check_forest_int8(const ForestParams& p, const Operand* operands) {
  return check_forest<int8_t>(p, operands) && operands[6].holds<int32_t>(p.classes) &&
         operands[7].holds<int8_t>(p.rows, p.classes);
}

}  // namespace mote
