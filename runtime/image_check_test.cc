// SPDX-License-Identifier: Apache-2.0
// The door: what open() says of each way in which an image, an arena or a registry can be wrong,
// and that nothing which it lets through runs outside its memory (under AddressSanitizer, as image
// and arena are exactly as long as they claim).
#include "runtime/image_check.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <ostream>

#include "ops/run_text_test.h"
#include "runtime/image_fuzz_test.h"

namespace mote {
namespace {

/// Two steps: TANH through a table (operands x, table, y), then FULLY_CONNECTED (x, w, no bias, y).
Bytes small_image() {
  Result<Graph> graph = parse(R"(graph "g" {
      input %0 "x" int8[1,2] q(0.5:3)
      const %1 "w" int8[2,2] q(1:0) = 0x0102ff00
      %2 "t" int8[1,2] q(0.0078125:0) = TANH(%0)
      %3 "y" int8[1,2] q(0.25:1) = FULLY_CONNECTED(%2, %1, _)
      output %3
    })",
                              operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Bytes> image = image_of(*graph);
  EXPECT_TRUE(image.ok()) << image.error().message;
  return *image;
}

struct Outcome {
  Status status;
  uint32_t index = 0;
  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << describe(outcome.status) << " (" << outcome.index << ")";
}

/// Opens the bytes in exactly as much memory as they claim; runs them if the door lets them.
Outcome open_and_run(const Bytes& bytes, Span<const Kernel> kernels = host_kernels()) {
  uint32_t arena_bytes = bytes.size() < sizeof(ImageHeader) ? 0 : header_of(bytes).arena_bytes;
  constexpr uint32_t kMostArena = 1 << 20;  // one that claims more is given less
  ExactBytes image(bytes), arena(std::min(arena_bytes, kMostArena));
  Session session;
  Status status = open(image.view(), arena.span(), kernels, &session);
  if (status == Status::kOk) {
    EXPECT_EQ(session.run(), Status::kOk);
    EXPECT_TRUE(session.finished());
  } else {
    EXPECT_EQ(session.run(), Status::kNotOpen);
  }
  return {status, session.error_index()};
}

/// The outcome once `change` has edited the header and the checksum was made right again.
template <typename Change>
Outcome with_header(Change change) {
  Bytes image = small_image();
  ImageHeader header = header_of(image);
  change(header);
  set_header(&image, header);
  seal(&image);
  return open_and_run(image);
}

/// The outcome once the 32 bits at `offset` are `value`.
Outcome with_word(uint32_t offset, uint32_t value) {
  Bytes image = small_image();
  std::memcpy(image.data() + offset, &value, sizeof value);
  seal(&image);
  return open_and_run(image);
}

/// Where operand i of step s stands in the small image; i past the operands is a field of params.
uint32_t operand_at(uint32_t s, uint32_t i) {
  Bytes image = small_image();
  uint32_t offset = header_of(image).steps_offset;
  for (;; --s) {
    ImageStep step;
    std::memcpy(&step, image.data() + offset, sizeof step);
    if (s == 0) return offset + static_cast<uint32_t>(sizeof step) + 4 * i;
    offset += static_cast<uint32_t>(sizeof step) + 4u * step.operand_count + step.params_bytes;
  }
}

/// The small image's header.
const ImageHeader& good() {
  static const ImageHeader header = header_of(small_image());
  return header;
}

TEST(Door, OpensTheSmallImage) {
  EXPECT_EQ(open_and_run(small_image()), Outcome{Status::kOk});
  EXPECT_EQ(good().step_count, 2) << "what the tests below rely on";
  EXPECT_EQ(good().kernel_count, 2);
}

// ---- the caller's mistakes

TEST(Door, ArenaTooSmall) {
  ExactBytes image(small_image()), arena(good().arena_bytes - 1);
  Session session;
  EXPECT_EQ(open(image.view(), arena.span(), host_kernels(), &session), Status::kArenaTooSmall);
}

TEST(Door, ArenaMisaligned) {
  ExactBytes image(small_image()), arena(good().arena_bytes + kArenaAlignment);
  Session session;
  for (uint32_t shift = 1; shift < kArenaAlignment; ++shift) {
    EXPECT_EQ(
        open(image.view(), {arena.data() + shift, good().arena_bytes}, host_kernels(), &session),
        Status::kArenaMisaligned);
  }
}

TEST(Door, ImageMisaligned) {
  Bytes shifted(1);
  Bytes image = small_image();
  shifted.insert(shifted.end(), image.begin(), image.end());
  ExactBytes memory(shifted), arena(good().arena_bytes);
  Session session;
  EXPECT_EQ(open({memory.data() + 1, image.size()}, arena.span(), host_kernels(), &session),
            Status::kImageMisaligned);
}

TEST(Door, KernelMissingFromTheRegistry) {
  std::vector<Kernel> kernels(host_kernels().begin(), host_kernels().end());
  Bytes image = small_image();
  for (uint32_t missing = 0; missing < 2; ++missing) {
    uint32_t id;
    std::memcpy(&id, image.data() + good().kernels_offset + 4 * missing, sizeof id);
    std::vector<Kernel> others;
    for (const Kernel& kernel : kernels) {
      if (kernel.id != id) others.push_back(kernel);
    }
    EXPECT_EQ(open_and_run(image, {others.data(), others.size()}),
              (Outcome{Status::kUnknownKernel, missing}));
  }
  EXPECT_EQ(open_and_run(image, {}), (Outcome{Status::kUnknownKernel, 0}));
}

// ---- the image as a whole

TEST(Door, TruncatedAtEveryLength) {
  Bytes image = small_image();
  for (size_t length = 0; length < image.size(); ++length) {
    Bytes head(image.begin(), image.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_EQ(open_and_run(head), Outcome{Status::kTruncated}) << length;
  }
}

TEST(Door, TruncatedAtEveryLengthWithTheHeaderMadeToAgree) {
  Bytes image = small_image();
  for (size_t length = sizeof(ImageHeader); length < image.size(); ++length) {
    Bytes head(image.begin(), image.begin() + static_cast<ptrdiff_t>(length));
    seal(&head);
    EXPECT_EQ(open_and_run(head), Outcome{Status::kBadHeader}) << length;
  }
}

TEST(Door, WrongMagicVersionAndChecksum) {
  EXPECT_EQ(with_header([](ImageHeader& h) { h.magic ^= 1; }), Outcome{Status::kBadMagic});
  EXPECT_EQ(with_header([](ImageHeader& h) { h.version = 1; }), Outcome{Status::kBadVersion});
  Bytes image = small_image();
  image.back() ^= 1;
  EXPECT_EQ(open_and_run(image), Outcome{Status::kBadChecksum});
}

TEST(Door, EveryFlippedBitIsNoticed) {
  Bytes image = small_image();
  for (size_t bit = 0; bit < image.size() * 8; ++bit) {
    Bytes damaged = image;
    damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(open_and_run(damaged).status, Status::kOk) << "bit " << bit;
  }
}

TEST(Door, HeadersThatContradictThemselves) {
  const Outcome bad{Status::kBadHeader};
  EXPECT_EQ(with_header([](ImageHeader& h) { h.header_bytes = 60; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.kernel_count = kMaxKernels + 1; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.input_count = 65535; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.output_count = 65535; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.steps_bytes = UINT32_MAX; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.constants_bytes += 1; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.arena_bytes = kConstantOperand; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.init_bytes = h.steps_bytes + 4; }), bad);
  EXPECT_EQ(with_header([](ImageHeader& h) { h.state_bytes = h.arena_bytes + 1; }), bad);
}

TEST(Door, SectionsOutsideTheImageOrMisaligned) {
  uint32_t ImageHeader::*const sections[] = {
      &ImageHeader::kernels_offset, &ImageHeader::tensors_offset, &ImageHeader::steps_offset,
      &ImageHeader::constants_offset};
  for (uint32_t ImageHeader::*section : sections) {
    uint32_t end = good().image_bytes;
    for (uint32_t offset : {0u, 60u, good().*section + 1, good().*section + 2, end, end + 4,
                            0xfffffffcu, 0xfffffff0u}) {
      EXPECT_EQ(with_header([&](ImageHeader& h) { h.*section = offset; }),
                Outcome{Status::kBadHeader})
          << offset;
    }
  }
  EXPECT_EQ(with_header([](ImageHeader& h) { h.constants_offset -= 4; }),
            Outcome{Status::kBadHeader})
      << "constants are aligned to 16";
}

// ---- tensors

TEST(Door, TensorsOutsideTheArenaOrAgainstTheirShape) {
  const uint32_t fields[] = {offsetof(ImageTensor, arena_offset), offsetof(ImageTensor, bytes),
                             offsetof(ImageTensor, dtype)};
  for (uint32_t i = 0; i < 2; ++i) {
    uint32_t tensor = good().tensors_offset + i * static_cast<uint32_t>(sizeof(ImageTensor));
    for (uint32_t field : fields) {
      for (uint32_t value : {good().arena_bytes + 1, 0x7fffffffu, UINT32_MAX}) {
        EXPECT_EQ(with_word(tensor + field, value), (Outcome{Status::kBadTensor, i})) << field;
      }
    }
  }
}

TEST(Door, TensorsOfAnImpossibleShape) {
  uint32_t first = good().tensors_offset + static_cast<uint32_t>(offsetof(ImageTensor, shape)) +
                   static_cast<uint32_t>(offsetof(Shape, dims));
  uint32_t rank = good().tensors_offset + static_cast<uint32_t>(offsetof(ImageTensor, shape)) +
                  static_cast<uint32_t>(offsetof(Shape, rank));
  const Outcome bad{Status::kBadTensor, 0};
  for (uint32_t dim : {0u, 2u, 0x7fffffffu, UINT32_MAX})
    EXPECT_EQ(with_word(first, dim), bad) << dim;
  for (uint32_t r : {0u, 7u, 0x7fffffffu, UINT32_MAX}) EXPECT_EQ(with_word(rank, r), bad) << r;
}

// ---- steps

TEST(Door, OperandsOutsideTheArenaOrTheConstants) {
  for (uint32_t operand :
       {good().arena_bytes, 0x7fffffffu, good().constants_bytes | kConstantOperand, 0xfffffffeu}) {
    EXPECT_EQ(with_word(operand_at(0, 0), operand), (Outcome{Status::kBadOperand, 0})) << operand;
    EXPECT_EQ(with_word(operand_at(1, 1), operand), (Outcome{Status::kBadOperand, 1})) << operand;
  }
}

TEST(Door, OperandsMisaligned) {
  // The bias is int32_t.
  EXPECT_EQ(with_word(operand_at(1, 2), kConstantOperand | 2), (Outcome{Status::kBadOperand, 1}));
}

TEST(Door, WrittenConstants) {
  EXPECT_EQ(with_word(operand_at(0, 2), kConstantOperand), (Outcome{Status::kBadOperand, 0}));
  EXPECT_EQ(with_word(operand_at(1, 3), kConstantOperand), (Outcome{Status::kBadOperand, 1}));
}

TEST(Door, MissingOperandsThatTheKernelNeeds) {
  for (uint32_t i : {0u, 1u, 2u}) {
    EXPECT_EQ(with_word(operand_at(0, i), kNoOperand), (Outcome{Status::kBadParams, 0})) << i;
  }
}

TEST(Door, OperandsTooShortForTheParams) {
  EXPECT_EQ(with_word(operand_at(0, 0), good().arena_bytes - 1), (Outcome{Status::kBadParams, 0}));
  EXPECT_EQ(with_word(operand_at(0, 2), good().arena_bytes - 1), (Outcome{Status::kBadParams, 0}));
}

TEST(Door, ParamsThatReachTooFar) {
  // lookup_8's only field is the number of elements.
  for (uint32_t elements : {0u, good().arena_bytes + 1, 0x7fffffffu, UINT32_MAX}) {
    EXPECT_EQ(with_word(operand_at(0, 3), elements), (Outcome{Status::kBadParams, 0})) << elements;
  }
}

TEST(Door, StepHeadsThatDontFitTheirKernel) {
  uint32_t head = operand_at(1, 0) - 4;
  Bytes image = small_image();
  auto with_byte = [&](uint32_t at, uint8_t value) {
    Bytes changed = image;
    changed[at] = value;
    seal(&changed);
    return open_and_run(changed);
  };
  const Outcome bad{Status::kBadStep, 1};
  EXPECT_EQ(with_byte(head, 2), bad) << "no such kernel";
  EXPECT_EQ(with_byte(head, 255), bad);
  EXPECT_EQ(with_byte(head, 0), bad) << "another kernel's operands";
  EXPECT_EQ(with_byte(head + 1, 255), bad);
  EXPECT_EQ(with_byte(head + 2, 0), bad);
  EXPECT_EQ(with_byte(head + 3, 1), bad);
}

TEST(Door, StepsThatEndTooEarlyOrAreMiscounted) {
  EXPECT_EQ(with_header([](ImageHeader& h) { h.steps_bytes -= 4; }),
            (Outcome{Status::kBadStep, 1}));
  EXPECT_EQ(with_header([](ImageHeader& h) { h.steps_bytes -= 1; }),
            (Outcome{Status::kBadStep, 1}));
  EXPECT_EQ(with_header([](ImageHeader& h) { h.steps_bytes = 0; }), (Outcome{Status::kBadStep, 0}));
  EXPECT_EQ(with_header([](ImageHeader& h) { h.step_count = 1; }), (Outcome{Status::kBadStep, 2}));
  EXPECT_EQ(with_header([](ImageHeader& h) { h.step_count = 3; }), (Outcome{Status::kBadStep, 2}));
}

// ---- all at once

/// Every byte of the image set to these values, one at a time, under a good checksum.
void corrupt_everywhere(const Bytes& image) {
  int opened = 0, refused = 0;
  for (size_t at = 0; at < image.size(); ++at) {
    for (int value : {0, 1, 2, 15, 16, 127, 128, 255, image[at] ^ 1, image[at] + 1}) {
      if (static_cast<uint8_t>(value) == image[at]) continue;
      Bytes damaged = image;
      damaged[at] = static_cast<uint8_t>(value);
      seal(&damaged);
      ++(open_and_run(damaged).status == Status::kOk ? opened : refused);
    }
  }
  EXPECT_GT(opened, 0) << "a changed weight is a good image";
  EXPECT_GT(refused, 0);
}

TEST(Door, AnyDamagedByteIsRefusedOrRunsInsideItsMemory) {
  corrupt_everywhere(small_image());
}

TEST(Door, SampleCasesWithADamagedByte) {
  std::mt19937 random(1);
  for (const OperatorRecord* record : operator_book()) {
    std::vector<Graph> cases = record->cases(random);
    Result<Bytes> image = image_of(cases[0]);
    ASSERT_TRUE(image.ok()) << image.error().message;
    for (int trial = 0; trial < 300; ++trial) {
      Bytes damaged = *image;
      size_t at = static_cast<size_t>(random_int(random, 4, static_cast<int>(damaged.size()) - 1));
      damaged[at] = static_cast<uint8_t>(random());
      seal(&damaged);
      (void)open_and_run(damaged);
    }
  }
}

}  // namespace
}  // namespace mote
