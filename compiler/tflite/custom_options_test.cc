// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/custom_options.h"

#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include "ir/builder.h"

namespace mote {
namespace {

/// A custom operator with an attribute of each type.
const OperatorRecord& dream_record() {
  static const OperatorRecord record = {
      .name = "Dream",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "depth", .fallback = int64_t{3}},
                     {.name = "vivid", .fallback = true},
                     {.name = "speed", .fallback = 0.5},
                     {.name = "kind", .fallback = std::string("NIGHT"), .choices = {"NIGHT"}},
                     {.name = "hours", .fallback = std::vector<int64_t>{}}},
      .types = {},
      .kernels = {},
      .infer = nullptr,
      .lower = nullptr,
      .cases = nullptr,
  };
  return record;
}

Result<Attributes> read(const Bytes& options) {
  flatbuffers::FlatBufferBuilder builder;
  auto vector = builder.CreateVector(options);
  tflite_schema::OperatorBuilder op(builder);
  op.add_custom_options(vector);
  builder.Finish(op.Finish());
  return tflite::read_custom_options(
      dream_record(), *flatbuffers::GetRoot<tflite_schema::Operator>(builder.GetBufferPointer()));
}

template <typename Fill>
Bytes map_of(Fill fill) {
  flexbuffers::Builder builder;
  builder.Map([&] { fill(builder); });
  builder.Finish();
  return builder.GetBuffer();
}

std::string refusal(const Bytes& options) {
  Result<Attributes> attributes = read(options);
  return attributes.ok() ? "" : attributes.error().message;
}

TEST(CustomOptions, AreReadAsTheyWereWritten) {
  Node node{&dream_record(), {}, {}, {}};
  node.attributes = {{"depth", int64_t{-7}},
                     {"vivid", false},
                     {"speed", 0.2},
                     {"kind", std::string("NIGHT")},
                     {"hours", std::vector<int64_t>{1, -200, 70000}}};
  Result<Attributes> back = read(tflite::write_custom_options(node));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, node.attributes);
}

TEST(CustomOptions, MissingOnesKeepTheirFallbacks) {
  Result<Attributes> attributes = read(map_of([](auto& map) { map.Int("depth", 9); }));
  ASSERT_TRUE(attributes.ok()) << attributes.error().message;
  EXPECT_EQ(attributes->at("depth"), Attribute(int64_t{9}));
  EXPECT_EQ(attributes->at("speed"), Attribute(0.5));
}

TEST(CustomOptions, TheConvertersNotesAreSkipped) {
  Result<Attributes> attributes = read(map_of([](auto& map) {
    map.Bool("_output_quantized", true);
    map.Int("depth", 9);
  }));
  ASSERT_TRUE(attributes.ok()) << attributes.error().message;
  EXPECT_EQ(attributes->at("depth"), Attribute(int64_t{9}));
}

TEST(CustomOptions, TheFilesOfTensorflowAreReadAsTheyAre) {
  // {"shift": 12}, as the converter writes it.
  const uint8_t bytes[] = "shift\x00\x01\x07\x01\x01\x01\x0c\x04\x02$\x01";
  Bytes options(bytes, bytes + sizeof bytes - 1);
  EXPECT_EQ(refusal(options), "has custom option 'shift', which mote's Dream lacks");
  std::copy_n("depth", 5, options.begin());
  Result<Attributes> attributes = read(options);
  ASSERT_TRUE(attributes.ok()) << attributes.error().message;
  EXPECT_EQ(attributes->at("depth"), Attribute(int64_t{12}));
}

TEST(CustomOptions, OfAnotherTypeAreRefused) {
  auto with = [](auto fill) { return refusal(map_of(fill)); };
  EXPECT_EQ(with([](auto& map) { map.Float("depth", 1); }),
            "custom option depth should be an integer");
  EXPECT_EQ(with([](auto& map) { map.String("vivid", "no"); }),
            "custom option vivid should be a flag");
  EXPECT_EQ(with([](auto& map) { map.String("speed", "no"); }),
            "custom option speed should be a number");
  EXPECT_EQ(with([](auto& map) { map.Int("kind", 1); }), "custom option kind should be a string");
  EXPECT_EQ(with([](auto& map) { map.Int("hours", 1); }),
            "custom option hours should be a vector of integers");
  EXPECT_EQ(with([](auto& map) { map.Int("\x01", 1); }),
            "has custom option '?', which mote's Dream lacks");
}

TEST(CustomOptions, ThatAreNoMapAreRefused) {
  EXPECT_NE(refusal(Bytes(7, 0xff)).find("no FlexBuffers map"), std::string::npos);
  EXPECT_NE(refusal(Bytes(5000)).find("at most 4096"), std::string::npos);
  flexbuffers::Builder builder;
  builder.Int(3);
  builder.Finish();
  EXPECT_EQ(refusal(builder.GetBuffer()), "has custom options that are no FlexBuffers map");
}

// Whatever the bytes, the answer is attributes or an error (run it under sanitizers).
TEST(CustomOptions, DamagedOnesDoNoHarm) {
  Node node{&dream_record(), {}, {}, {}};
  node.attributes["hours"] = std::vector<int64_t>{1, 2, 3, 1000};
  const Bytes good = tflite::write_custom_options(node);
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Bytes damaged = good;
    for (int flips = random_int(random, 1, 4); flips > 0; --flips) {
      damaged[random() % damaged.size()] = static_cast<uint8_t>(random() >> 24);
    }
    if (random_int(random, 0, 3) == 0) damaged.resize(1 + random() % damaged.size());
    (void)read(damaged).ok();
  }
}

}  // namespace
}  // namespace mote
