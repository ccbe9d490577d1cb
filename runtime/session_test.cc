// SPDX-License-Identifier: Apache-2.0
// A session's life on good images: opening in place, stepping, several sessions over one image.
// What open() refuses is in image_check_test.cc.
#include "runtime/session.h"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "ops/run_text_test.h"
#include "runtime/image_fuzz_test.h"

namespace mote {
namespace {

static_assert(std::is_trivially_copyable_v<Session>, "a session may be copied like any struct");

/// y = tanh(a) · b, and a + b, in three steps.
constexpr char kModel[] = R"(graph "g" {
  input %0 "a" float32[2,3]
  input %1 "b" float32[3]
  %2 "t" float32[2,3] = TANH(%0)
  %3 "y" float32[2,3] = MUL(%2, %1)
  %4 "z" float32[2,3] = SUB(%3, %1)
  output %3
  output %4
})";

Graph graph_of(const std::string& text) {
  Result<Graph> graph = parse(text, operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *graph;
}

Bytes image_text(const std::string& text) {
  Result<Bytes> image = image_of(graph_of(text));
  EXPECT_TRUE(image.ok()) << image.error().message;
  return *image;
}

/// An image in memory with an arena and an open session.
class OpenImage {
 public:
  explicit OpenImage(const std::string& text = kModel)
      : image(image_text(text)), arena(header_of(image_text(text)).arena_bytes) {
    EXPECT_EQ(open(image.view(), arena.span(), host_kernels(), &session), Status::kOk);
  }

  ExactBytes image, arena;
  Session session;
};

void fill(Session& session, float start) {
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    for (float& x : session.input(i).as<float>()) x = start += 0.25f;
  }
}

std::vector<Bytes> outputs_of(const Session& session) {
  std::vector<Bytes> outputs;
  for (uint32_t i = 0; i < session.output_count(); ++i) {
    TensorView view = session.output(i);
    auto* data = static_cast<const uint8_t*>(view.data);
    outputs.emplace_back(data, data + view.bytes);
  }
  return outputs;
}

std::vector<Bytes> interpreted(float start) {
  std::vector<float> a, b;
  for (int i = 0; i < 6; ++i) a.push_back(start += 0.25f);
  for (int i = 0; i < 3; ++i) b.push_back(start += 0.25f);
  return *interpret(graph_of(kModel), {bytes_from(a), bytes_from(b)});
}

TEST(Session, RunsTheImageWhereItLies) {
  OpenImage open_image;
  Bytes before(open_image.image.view().begin(), open_image.image.view().end());
  fill(open_image.session, 1);
  EXPECT_EQ(open_image.session.run(), Status::kOk);
  EXPECT_EQ(outputs_of(open_image.session), interpreted(1));
  Bytes after(open_image.image.view().begin(), open_image.image.view().end());
  EXPECT_EQ(after, before) << "flash isn't written";
}

TEST(Session, DescribesInputsAndOutputs) {
  OpenImage quantised(R"(graph "g" {
    input %0 "x" int8[1,2,3] q(0.5:-3)
    %1 "y" float32[1,2,3] = DEQUANTIZE(%0)
    output %1
  })");
  Session& session = quantised.session;
  ASSERT_EQ(session.input_count(), 1u);
  ASSERT_EQ(session.output_count(), 1u);
  TensorView input = session.input(0);
  EXPECT_EQ(input.dtype, DType::kInt8);
  EXPECT_EQ(*input.shape, Shape(1, 2, 3));
  EXPECT_EQ(input.bytes, 6u);
  EXPECT_EQ(input.scale, 0.5f);
  EXPECT_EQ(input.zero_point, -3);
  EXPECT_EQ(input.as<int8_t>().size(), 6u);
  EXPECT_TRUE(input.as<float>().empty()) << "another type than the tensor's";
  TensorView output = session.output(0);
  EXPECT_EQ(output.dtype, DType::kFloat32);
  EXPECT_EQ(output.scale, 0.0f);
  EXPECT_EQ(output.as<float>().size(), 6u);
}

TEST(Session, StepsGiveWhatARunGives) {
  OpenImage open_image;
  Session& session = open_image.session;
  for (int repeat = 0; repeat < 2; ++repeat) {  // the step after the last one starts over
    fill(session, 2);
    for (uint32_t step = 0; step < 3; ++step) {
      EXPECT_EQ(session.next_step(), repeat > 0 && step == 0 ? 3 : step);
      EXPECT_EQ(session.step(), Status::kOk);
      EXPECT_EQ(session.finished(), step == 2);
    }
    EXPECT_EQ(outputs_of(session), interpreted(2));
  }
}

TEST(Session, RunStartsFromTheFirstStepWhereverItStands) {
  OpenImage open_image;
  EXPECT_EQ(open_image.session.step(), Status::kOk);
  fill(open_image.session, 3);
  EXPECT_EQ(open_image.session.run(), Status::kOk);
  EXPECT_TRUE(open_image.session.finished());
  EXPECT_EQ(outputs_of(open_image.session), interpreted(3));
}

TEST(Session, TwoSessionsOverOneImage) {
  OpenImage first;
  ExactBytes arena(first.arena.span().size());
  Session second;
  ASSERT_EQ(open(first.image.view(), arena.span(), host_kernels(), &second), Status::kOk);
  fill(first.session, 1);
  fill(second, 7);
  while (!second.finished() || !first.session.finished()) {  // in turns
    EXPECT_EQ(first.session.step(), Status::kOk);
    EXPECT_EQ(second.step(), Status::kOk);
  }
  EXPECT_EQ(outputs_of(first.session), interpreted(1));
  EXPECT_EQ(outputs_of(second), interpreted(7));
}

TEST(Session, CopiesGoOnWhereTheOriginalStood) {
  OpenImage open_image;
  fill(open_image.session, 1);
  EXPECT_EQ(open_image.session.step(), Status::kOk);
  Session copy = open_image.session;
  EXPECT_EQ(copy.step(), Status::kOk);
  EXPECT_EQ(copy.step(), Status::kOk);
  EXPECT_TRUE(copy.finished());
  EXPECT_EQ(outputs_of(copy), interpreted(1));
}

TEST(Session, AnArenaLargerThanNeededStaysUntouchedAtTheEnd) {
  OpenImage open_image;
  size_t needed = open_image.arena.span().size();
  ExactBytes larger(needed + 64);
  std::fill(larger.span().begin() + needed, larger.span().end(), uint8_t{0xa5});
  Session session;
  ASSERT_EQ(open(open_image.image.view(), larger.span(), host_kernels(), &session), Status::kOk);
  fill(session, 1);
  EXPECT_EQ(session.run(), Status::kOk);
  for (size_t i = needed; i < needed + 64; ++i) EXPECT_EQ(larger.data()[i], 0xa5);
}

TEST(Session, BytesAfterTheImageDontMatter) {
  Bytes image = image_text(kModel);
  uint32_t arena_bytes = header_of(image).arena_bytes;
  image.resize(image.size() + 100, 0xff);  // a flash slot is larger than its image
  ExactBytes slot(image), arena(arena_bytes);
  Session session;
  EXPECT_EQ(open(slot.view(), arena.span(), host_kernels(), &session), Status::kOk);
}

TEST(Session, ReopensWithoutReadingAllWeights) {
  Bytes image = image_text(kModel);
  ImageHeader header = header_of(image);
  header.crc32 ^= 1;
  set_header(&image, header);
  ExactBytes memory(image), arena(header.arena_bytes);
  Session session;
  ASSERT_EQ(reopen(memory.view(), arena.span(), host_kernels(), &session), Status::kOk);
  fill(session, 1);
  EXPECT_EQ(session.run(), Status::kOk);
  EXPECT_EQ(outputs_of(session), interpreted(1));
}

TEST(Session, AClosedOneDoesNothing) {
  Session session;
  EXPECT_EQ(session.run(), Status::kNotOpen);
  EXPECT_EQ(session.step(), Status::kNotOpen);
  EXPECT_EQ(session.input_count(), 0u);
  EXPECT_EQ(session.output_count(), 0u);
  EXPECT_TRUE(session.finished());
}

TEST(Session, AFailedOpenClosesIt) {
  OpenImage open_image;
  Session& session = open_image.session;
  EXPECT_NE(open(open_image.image.view(), {}, host_kernels(), &session), Status::kOk);
  EXPECT_EQ(session.run(), Status::kNotOpen);
  EXPECT_EQ(session.input_count(), 0u);
  EXPECT_TRUE(session.finished());
}

TEST(Session, AModelWithoutSteps) {
  OpenImage open_image("graph \"g\" {\n  input %0 \"x\" float32[2]\n  output %0\n}");
  Session& session = open_image.session;
  EXPECT_TRUE(session.finished());
  fill(session, 1);
  EXPECT_EQ(session.step(), Status::kOk);
  EXPECT_EQ(session.run(), Status::kOk);
  EXPECT_EQ(outputs_of(session)[0], bytes_from<float>({1.25f, 1.5f}));
}

TEST(Status, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
#define MOTE_TEXT_OF(name, code, text)                               \
  EXPECT_STREQ(describe(Status::name), text);                        \
  EXPECT_TRUE(texts.insert(describe(Status::name)).second) << #name; \
  EXPECT_NE(std::string(describe(Status::name)), "unknown status");
  MOTE_STATUS_LIST(MOTE_TEXT_OF)
#undef MOTE_TEXT_OF
  EXPECT_STREQ(describe(static_cast<Status>(255)), "unknown status");
}

}  // namespace
}  // namespace mote
