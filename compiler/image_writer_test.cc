// SPDX-License-Identifier: Apache-2.0
// Images byte by byte: the header's fields, where sections lie, how operands are written.
#include "compiler/image_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "compiler/pipeline.h"
#include "ops/run_text_test.h"
#include "runtime/crc32.h"
#include "runtime/image.h"

namespace mote {
namespace {

Plan plan_of(const std::string& lines) {
  Result<Graph> graph = parse("graph \"g\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Plan> plan = compile(*graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return *plan;
}

/// Two kernels, one of them called twice; constants; an absent bias.
Plan test_plan() {
  return plan_of(R"(
    input %0 "x" int8[1,2] q(0.5:3)
    const %1 "w" int8[2,2] q(1:0) = 0x0102ff00
    %2 "h" int8[1,2] q(0.5:-5) = FULLY_CONNECTED(%0, %1, _)
    %3 "t" int8[1,2] q(0.0078125:0) = TANH(%2)
    %4 "y" int8[1,2] q(0.25:1) = FULLY_CONNECTED(%3, %1, _)
    output %4)");
}

template <typename T>
T at(const Bytes& image, size_t offset) {
  T value{};
  EXPECT_LE(offset + sizeof value, image.size());
  if (offset + sizeof value <= image.size()) {
    std::memcpy(&value, image.data() + offset, sizeof value);
  }
  return value;
}

TEST(ImageWriter, FillsInTheHeader) {
  Plan plan = test_plan();
  Bytes image = write_image(plan);
  EXPECT_EQ(std::string(image.begin(), image.begin() + 4), "MOTE");
  auto header = at<ImageHeader>(image, 0);
  EXPECT_EQ(header.version, kImageVersion);
  EXPECT_EQ(header.header_bytes, sizeof(ImageHeader));
  EXPECT_EQ(header.image_bytes, image.size());
  EXPECT_EQ(header.crc32, crc32(image.data() + kChecksumStart, image.size() - kChecksumStart));
  EXPECT_EQ(header.arena_bytes, plan.arena_bytes);
  EXPECT_EQ(header.kernel_count, 2);
  EXPECT_EQ(header.step_count, 3);
  EXPECT_EQ(header.input_count, 1);
  EXPECT_EQ(header.output_count, 1);
  EXPECT_EQ(header.constants_bytes, plan.constants_bytes());
  EXPECT_EQ(header.init_bytes, 0u) << "nothing to reset";
  EXPECT_EQ(header.max_jumps, 0u);
  EXPECT_EQ(header.state_bytes, 0u);
}

TEST(ImageWriter, AlignsTheSections) {
  auto header = at<ImageHeader>(write_image(test_plan()), 0);
  EXPECT_EQ(header.kernels_offset % 4, 0u);
  EXPECT_EQ(header.tensors_offset % 4, 0u);
  EXPECT_EQ(header.steps_offset % 4, 0u);
  EXPECT_EQ(header.constants_offset % kImageAlignment, 0u);
  EXPECT_GE(header.kernels_offset, sizeof(ImageHeader));
  EXPECT_GE(header.tensors_offset, header.kernels_offset + 4u * header.kernel_count);
  EXPECT_GE(header.steps_offset, header.tensors_offset + 2 * sizeof(ImageTensor));
  EXPECT_GE(header.constants_offset, header.steps_offset + header.steps_bytes);
}

TEST(ImageWriter, DescribesInputsThenOutputs) {
  Plan plan = test_plan();
  Bytes image = write_image(plan);
  uint32_t offset = at<ImageHeader>(image, 0).tensors_offset;
  auto input = at<ImageTensor>(image, offset);
  auto output = at<ImageTensor>(image, offset + sizeof(ImageTensor));
  EXPECT_EQ(input.arena_offset, plan.inputs[0].offset);
  EXPECT_EQ(input.bytes, 2u);
  EXPECT_EQ(static_cast<DType>(input.dtype), DType::kInt8);
  EXPECT_EQ(input.scale, 0.5f);
  EXPECT_EQ(input.zero_point, 3);
  EXPECT_EQ(output.arena_offset, plan.outputs[0].offset);
  EXPECT_EQ(output.scale, 0.25f);
  EXPECT_EQ(output.zero_point, 1);
}

TEST(ImageWriter, WritesStepsOneAfterTheOther) {
  Plan plan = test_plan();
  Bytes image = write_image(plan);
  auto header = at<ImageHeader>(image, 0);
  size_t offset = header.steps_offset;
  for (const PlanStep& step : plan.steps) {
    auto head = at<ImageStep>(image, offset);
    EXPECT_EQ(at<uint32_t>(image, header.kernels_offset + 4u * head.kernel), step.kernel->id());
    EXPECT_EQ(head.operand_count, step.operands.size());
    EXPECT_EQ(head.params_bytes, step.params.size());
    offset += sizeof head;
    for (const PlanOperand& operand : step.operands) {
      uint32_t expected = operand.space == PlanOperand::kArena ? operand.offset
                          : operand.space == PlanOperand::kConstant
                              ? operand.offset | kConstantOperand
                              : kNoOperand;
      EXPECT_EQ(at<uint32_t>(image, offset), expected);
      offset += 4;
    }
    EXPECT_EQ(std::memcmp(image.data() + offset, step.params.data(), step.params.size()), 0);
    offset += step.params.size();
  }
  EXPECT_EQ(offset, header.steps_offset + header.steps_bytes);
}

TEST(ImageWriter, PutsConstantsAtTheirOffsets) {
  Plan plan = test_plan();
  Bytes image = write_image(plan);
  uint32_t start = at<ImageHeader>(image, 0).constants_offset;
  ASSERT_EQ(plan.constants.size(), 2u);
  for (const PlanConstant& constant : plan.constants) {
    EXPECT_EQ(constant.offset % kImageAlignment, 0u);
    EXPECT_EQ(std::memcmp(image.data() + start + constant.offset, constant.data.data(),
                          constant.data.size()),
              0);
  }
}

TEST(ImageWriter, TheSamePlanGivesTheSameBytes) {
  Plan plan = test_plan();
  EXPECT_EQ(write_image(plan), write_image(plan));
  EXPECT_EQ(write_image(plan), write_image(test_plan()));
}

TEST(ImageWriter, NamesDontReachTheImage) {
  Plan plan = test_plan();
  Bytes image = write_image(plan);
  for (Tensor& tensor : plan.graph.tensors) tensor.name = "another name";
  plan.graph.name = "another";
  EXPECT_EQ(write_image(plan), image);
}

TEST(ImageWriter, AModelWithoutStepsIsAHeaderAndItsTensors) {
  Plan plan = plan_of("input %0 \"x\" int8[4]\noutput %0");
  Bytes image = write_image(plan);
  auto header = at<ImageHeader>(image, 0);
  EXPECT_EQ(header.step_count, 0);
  EXPECT_EQ(header.kernel_count, 0);
  EXPECT_EQ(header.constants_bytes, 0u);
  EXPECT_EQ(header.constants_offset, image.size());
}

}  // namespace
}  // namespace mote
