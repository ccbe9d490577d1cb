// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(Quantize, RoundsHalfAwayFromZeroAndSaturates) {
  std::string graph = R"(
    input %0 "x" float32[7]
    %1 "y" int8[7] q(0.5:10) = QUANTIZE(%0)
    output %1)";
  Bytes x = bytes_from<float>({0.25f, -0.25f, 0.75f, 1e30f, -INFINITY, 0, NAN});
  EXPECT_EQ(run_text<int8_t>(graph, {x}), (std::vector<int8_t>{11, 9, 12, 127, -128, 10, -128}));
}

TEST(Quantize, FlipsTheSignOfBytes) {
  std::string graph = R"(
    input %0 "x" uint8[3] q(0.5:128)
    %1 "y" int8[3] q(0.5:0) = QUANTIZE(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<uint8_t>({0, 128, 255})}),
            (std::vector<int8_t>{-128, 0, 127}));
}

TEST(Quantize, DequantizesBothSigns) {
  std::string graph = R"(
    input %0 "x" uint8[2] q(0.5:128)
    %1 "y" float32[2] = DEQUANTIZE(%0)
    output %1)";
  EXPECT_EQ(run_text<float>(graph, {bytes_from<uint8_t>({0, 255})}),
            (std::vector<float>{-64, 63.5f}));
}

}  // namespace
}  // namespace mote
