// SPDX-License-Identifier: Apache-2.0
// Control flow on the device: what the door says of jumps that go wrong, and that a loop stops.
#include <gtest/gtest.h>

#include "ops/run_text_test.h"
#include "runtime/image_fuzz_test.h"
#include "runtime/session.h"

namespace mote {
namespace {

/// Counts to the input, after a reset that fills a variable with 3 bytes of 7.
Bytes looping_image() {
  Result<Graph> graph = parse(R"(graph "g" {
      input %0 "n" int32[1]
      variable %4 "seven" int8[3] q(1:7)
      const %1 "zero" int32[1] = 0x00000000
      %5 "value" int8[3] q(1:7) = READ_VARIABLE(%4)
      %2 "count" int32[1], %3 "limit" int32[1] = WHILE(%1, %0) {max_iterations=50}
        graph "less" {
          input %0 "i" int32[1]
          input %1 "n" int32[1]
          %2 "more" bool[1] = LESS(%0, %1)
          output %2
        }
        graph "next" {
          input %0 "i" int32[1]
          input %1 "n" int32[1]
          const %2 "one" int32[1] = 0x01000000
          %3 "j" int32[1] = ADD(%0, %2)
          output %3
          output %1
        }
      output %2
      output %5
    })",
                              operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Bytes> image = image_of(*graph);
  EXPECT_TRUE(image.ok()) << image.error().message;
  return *image;
}

template <typename T>
T at(const Bytes& image, uint32_t offset) {
  T value;
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

struct Place {
  uint32_t offset, number;
  ImageStep head;
  uint32_t words() const { return offset + static_cast<uint32_t>(sizeof(ImageStep)); }
};

std::vector<Place> steps_of(const Bytes& image) {
  std::vector<Place> steps;
  ImageHeader header = header_of(image);
  for (uint32_t offset = header.steps_offset; steps.size() < header.step_count;) {
    auto head = at<ImageStep>(image, offset);
    steps.push_back({offset, static_cast<uint32_t>(steps.size()), head});
    offset += static_cast<uint32_t>(sizeof head) + 4u * head.operand_count + head.params_bytes;
  }
  return steps;
}

/// The branch (operand_count 1) or the jump (0).
Place jump_of(const Bytes& image, int operand_count) {
  for (const Place& step : steps_of(image)) {
    if (step.head.kernel == kJumpStep && step.head.operand_count == operand_count) return step;
  }
  ADD_FAILURE() << "no such step";
  return {};
}

struct Opened {
  explicit Opened(Bytes bytes)
      : image((seal(&bytes), bytes)), arena(std::min(header_of(bytes).arena_bytes, 1u << 20)) {
    status = open(image.view(), arena.span(), host_kernels(), &session);
  }
  ExactBytes image, arena;
  Session session;
  Status status;
};

Status status_with(uint32_t offset, uint32_t value, uint32_t* index = nullptr) {
  Bytes image = looping_image();
  std::memcpy(image.data() + offset, &value, sizeof value);
  Opened opened(image);
  if (index) *index = opened.session.error_index();
  if (opened.status == Status::kOk) (void)opened.session.run();  // mustn't leave its memory
  return opened.status;
}

int32_t count_to(Session& session, int32_t n) {
  session.input(0).as<int32_t>()[0] = n;
  EXPECT_EQ(session.run(), Status::kOk);
  return session.output(0).as<int32_t>()[0];
}

TEST(Jumps, LoopAndReset) {
  Opened opened(looping_image());
  ASSERT_EQ(opened.status, Status::kOk);
  EXPECT_EQ(count_to(opened.session, 5), 5);
  EXPECT_EQ(count_to(opened.session, 0), 0);
  EXPECT_EQ(count_to(opened.session, 50), 50);
  ASSERT_EQ(opened.session.state().size(), 16u);
  EXPECT_EQ(opened.session.state()[2], 7);
  opened.session.state()[2] = 9;
  opened.session.input(0).as<int32_t>()[0] = 12;
  EXPECT_EQ(opened.session.reset(), Status::kOk);
  EXPECT_EQ(opened.session.state()[2], 7);
  EXPECT_EQ(opened.session.input(0).as<int32_t>()[0], 12) << "inputs stay";
}

TEST(Jumps, StepByStep) {
  Opened opened(looping_image());
  Session& session = opened.session;
  EXPECT_EQ(session.next_step(), 1u) << "the first step is the reset's";
  for (int again = 0; again < 2; ++again) {
    session.input(0).as<int32_t>()[0] = 2;
    int steps = 0;
    do {
      ASSERT_EQ(session.step(), Status::kOk);
      ++steps;
    } while (!session.finished());
    EXPECT_EQ(session.output(0).as<int32_t>()[0], 2);
    EXPECT_EQ(session.next_step(), header_of(looping_image()).step_count);
    EXPECT_GT(steps, 8);
  }
}

TEST(Jumps, TooManyTurnsStopTheRun) {
  Opened opened(looping_image());
  opened.session.input(0).as<int32_t>()[0] = 51;
  EXPECT_EQ(opened.session.run(), Status::kTooManyTurns);
  EXPECT_EQ(opened.session.reset(), Status::kOk);
  EXPECT_EQ(count_to(opened.session, 3), 3);
}

TEST(JumpDoor, TargetsThatAreNoStep) {
  Bytes image = looping_image();
  ImageHeader header = header_of(image);
  for (int operands : {0, 1}) {
    Place jump = jump_of(image, operands);
    uint32_t offset_word = jump.words() + 4u * static_cast<uint32_t>(operands), index;
    uint32_t offset = at<uint32_t>(image, offset_word);
    for (uint32_t wrong : {offset + 4, offset - 4, offset + 1, header.steps_bytes + 4, 0u,
                           0x7ffffffcu, 0xfffffffcu, 0xffffffffu}) {
      EXPECT_EQ(status_with(offset_word, wrong, &index), Status::kBadStep) << wrong;
      EXPECT_EQ(index, jump.number);
    }
    uint32_t step = at<uint32_t>(image, offset_word + 4);
    for (uint32_t wrong : {step + 1, step - 1, 0u, 0xffffffffu}) {
      EXPECT_EQ(status_with(offset_word + 4, wrong), Status::kBadStep) << wrong;
    }
  }
}

TEST(JumpDoor, ConditionsOutsideTheArena) {
  Bytes image = looping_image();
  uint32_t condition = jump_of(image, 1).words();
  for (uint32_t wrong : {header_of(image).arena_bytes, kConstantOperand, kNoOperand, 0x7fffffffu}) {
    EXPECT_EQ(status_with(condition, wrong), Status::kBadOperand) << wrong;
  }
}

TEST(JumpDoor, HeadsOfAnotherShape) {
  Bytes image = looping_image();
  Place jump = jump_of(image, 0);
  for (uint32_t head : {0x000802ffu, 0x000801ffu, 0x000400ffu, 0x000000ffu, 0x000c00ffu}) {
    EXPECT_NE(status_with(jump.offset, head), Status::kOk) << head;
  }
}

TEST(JumpDoor, PartsThatDontEndWithAStep) {
  uint32_t offset = offsetof(ImageHeader, init_bytes);
  uint32_t good = header_of(looping_image()).init_bytes;
  EXPECT_GT(good, 0u);
  for (uint32_t wrong : {good + 4, good - 4, good + 1}) {
    EXPECT_EQ(status_with(offset, wrong), Status::kBadStep) << wrong;
  }
  // A reset that is the whole list: its jumps stay inside, and nothing is left to run.
  EXPECT_EQ(status_with(offset, header_of(looping_image()).steps_bytes), Status::kOk);
}

TEST(JumpDoor, AnEndlessLoopStops) {
  Bytes image = looping_image();
  Place branch = jump_of(image, 1);
  // Branch to itself, whatever the condition is.
  ImageJump self{branch.offset - header_of(image).steps_offset, branch.number};
  std::memcpy(image.data() + branch.words() + 4, &self, sizeof self);
  uint32_t zero = 15;  // a byte that stays as it is: 0
  std::memcpy(image.data() + branch.words(), &zero, sizeof zero);
  Opened opened(image);
  ASSERT_EQ(opened.status, Status::kOk);
  EXPECT_EQ(opened.session.run(), Status::kTooManyTurns);
}

}  // namespace
}  // namespace mote
