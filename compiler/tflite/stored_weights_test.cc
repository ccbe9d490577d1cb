// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/stored_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/test_model.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote {
namespace {

Tensor constant(DType dtype, Shape shape, Bytes bytes) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.shape = shape;
  tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  return tensor;
}

TEST(StoredWeights, Int4BecomesInt8LowNibbleFirst) {
  Tensor tensor = constant(DType::kInt4, Shape(3), {0x7f, 0x08});
  uint64_t left_bytes = 1000;
  ASSERT_TRUE(tflite::StoredWeights(&left_bytes).widen(&tensor).ok());
  EXPECT_EQ(tensor.dtype, DType::kInt8);
  EXPECT_EQ(*tensor.data, (Bytes{0xff, 0x07, 0xf8}));
}

TEST(StoredWeights, Float16BecomesFloat32Exactly) {
  // 1, -2, the smallest subnormal, the largest, infinity, not a number, -0.
  const uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x7e00, 0x8000};
  Bytes bytes(sizeof halves);
  std::memcpy(bytes.data(), halves, sizeof halves);
  Tensor tensor = constant(DType::kFloat16, Shape(7), bytes);
  uint64_t left_bytes = 1000;
  ASSERT_TRUE(tflite::StoredWeights(&left_bytes).widen(&tensor).ok());
  ASSERT_EQ(tensor.dtype, DType::kFloat32);
  const float* values = tensor.as<float>();
  EXPECT_EQ(values[0], 1.0f);
  EXPECT_EQ(values[1], -2.0f);
  EXPECT_EQ(values[2], std::ldexp(1.0f, -24));
  EXPECT_EQ(values[3], 65504.0f);
  EXPECT_TRUE(std::isinf(values[4]));
  EXPECT_TRUE(std::isnan(values[5]));
  EXPECT_TRUE(values[6] == 0 && std::signbit(values[6]));
}

std::string read_text_of(const std::string& json) {
  Result<Graph> graph = read_tflite(tflite_file(json), "m.tflite", operator_book());
  return graph.ok() ? print(*graph) : graph.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// The test model with float activations.
std::string float_model() {
  std::string text = replaced(
      kTestModel, "type: INT8, quantization: { scale: [0.5], zero_point: [7] }", "type: FLOAT32");
  return replaced(text, "type: INT8, quantization: { scale: [1.5], zero_point: [-3] }",
                  "type: FLOAT32");
}

TEST(StoredWeights, OfHybridModelsBecomeFloat) {
  // 1 · 0.5 and 2 · 0.25, per channel.
  EXPECT_NE(read_text_of(float_model()).find("\"w\" float32[2,1,1,1] = 0x0000003f0000003f"),
            std::string::npos)
      << read_text_of(float_model());
}

TEST(StoredWeights, OfInt4ModelsBecomeInt8) {
  std::string text =
      replaced(kTestModel, "shape: [2, 1, 1, 1], type: INT8", "shape: [2, 1, 1, 1], type: INT4");
  text = replaced(text, "data: [1, 2]", "data: [225]");  // 1 and -2
  EXPECT_NE(read_text_of(text).find("\"w\" int8[2,1,1,1] q(axis 0; 0.5:0, 0.25:0) = 0x01fe"),
            std::string::npos)
      << read_text_of(text);
}

}  // namespace
}  // namespace mote
