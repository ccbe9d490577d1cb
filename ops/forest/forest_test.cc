// SPDX-License-Identifier: Apache-2.0
#include "ops/forest/forest.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

// Two trees over two features: the first asks x <= 0, then y <= 5; the second is one leaf.
const int16_t kFeature[] = {0, 1}, kChildren[] = {1, -1, -2, -3}, kRoots[] = {0, -1};
const uint8_t kLeaves[] = {255, 0, 0, 255, 51, 204};

TEST(Forest, AveragesTheLeavesThatItsTreesReach) {
  const float threshold[] = {0, 5};
  const ForestParams params{3, 2, 2, 2, 2, 3, 1.0f / 510};
  const float input[] = {1, 0, -1, 5, 0, 5.5f};
  float output[6];
  forest_float32(params, input, kFeature, threshold, kChildren, kRoots, kLeaves, output);
  const float wanted[] = {1, 0, 0.5f, 0.5f, 0.6f, 0.4f};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(output[i], wanted[i], 1e-6) << i;
}

TEST(Forest, Int8SharesAreRoundedDown) {
  const int8_t threshold[] = {0, 5};
  const ForestParams params{2, 2, 2, 2, 2, 3, 0};
  const int8_t input[] = {1, 0, 0, 6};
  int32_t sums[2];
  int8_t output[4];
  forest_int8(params, input, kFeature, threshold, kChildren, kRoots, kLeaves, sums, output);
  EXPECT_EQ(output[0], 127);  // all of 256 steps, held to the type
  EXPECT_EQ(output[1], -128);
  EXPECT_EQ(output[2], 256 * 306 / 510 - 128);
  EXPECT_EQ(output[3], 256 * 204 / 510 - 128);
}

TEST(Forest, DoorRefusesTablesThatAreNoTrees) {
  const int8_t threshold[] = {0, 5};
  const ForestParams params{1, 2, 2, 2, 2, 3, 0};
  auto passes = [&](const int16_t* feature, const int16_t* children, const int16_t* roots) {
    const Operand operands[] = {{nullptr, 2}, {feature, 4}, {threshold, 2}, {children, 8},
                                {roots, 4},   {kLeaves, 6}, {nullptr, 8},   {nullptr, 2}};
    return check_forest_int8(params, operands);
  };
  EXPECT_TRUE(passes(kFeature, kChildren, kRoots));
  const int16_t third_feature[] = {0, 2}, circle[] = {1, -1, 0, -3}, itself[] = {0, -1, -2, -3},
                no_leaf[] = {1, -4, -2, -3}, no_node[] = {2, -1, -2, -3}, no_root[] = {0, 2};
  EXPECT_FALSE(passes(third_feature, kChildren, kRoots));
  for (const int16_t* children : {circle, itself, no_leaf, no_node}) {
    EXPECT_FALSE(passes(kFeature, children, kRoots));
  }
  EXPECT_FALSE(passes(kFeature, kChildren, no_root));
  EXPECT_FALSE(passes(nullptr, kChildren, kRoots)) << "tables in the arena could change";
}

}  // namespace
}  // namespace mote
