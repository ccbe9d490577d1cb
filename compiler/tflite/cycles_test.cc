// SPDX-License-Identifier: Apache-2.0
// Streaming models with TFLM's CIRCULAR_BUFFER, whose period lets runs end early.
#include "compiler/tflite/cycles.h"

#include <gtest/gtest.h>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/test_model.h"
#include "ir/interpreter.h"
#include "ops/book.h"

namespace mote {
namespace {

/// Frames of one element; the newest 4 in window "a"; -a in "n"; the newest 2 of that in "b"; -b.
/// Neither buffer says its period. The second output is "a" itself, the third "n".
constexpr char kModel[] = R"({
  version: 3,
  operator_codes: [
    { deprecated_builtin_code: 32, builtin_code: CUSTOM, custom_code: "CIRCULAR_BUFFER" },
    { deprecated_builtin_code: 3, builtin_code: CONV_2D, version: 3 }
  ],
  subgraphs: [{
    tensors: [
      { name: "x", shape: [1, 1, 1, 1], type: INT8, quantization: { scale: [1], zero_point: [0] } },
      { name: "a", shape: [1, 4, 1, 1], type: INT8, is_variable: true,
        quantization: { scale: [1], zero_point: [0] } },
      { name: "w", shape: [1, 4, 1, 1], type: INT8, buffer: 1,
        quantization: { scale: [1], zero_point: [0] } },
      { name: "n", shape: [1, 1, 1, 1], type: INT8, quantization: { scale: [1], zero_point: [5] } },
      { name: "b", shape: [1, 2, 1, 1], type: INT8, is_variable: true,
        quantization: { scale: [1], zero_point: [5] } },
      { name: "v", shape: [1, 2, 1, 1], type: INT8, buffer: 2,
        quantization: { scale: [1], zero_point: [0] } },
      { name: "y", shape: [1, 1, 1, 1], type: INT8, quantization: { scale: [1], zero_point: [7] } }
    ],
    inputs: [0],
    outputs: [6, 1, 3],
    operators: [
      { opcode_index: 0, inputs: [0], outputs: [1] },
      { opcode_index: 1, inputs: [1, 2, -1], outputs: [3], builtin_options_type: Conv2DOptions,
        builtin_options: { padding: VALID, stride_w: 1, stride_h: 1 } },
      { opcode_index: 0, inputs: [3], outputs: [4] },
      { opcode_index: 1, inputs: [4, 5, -1], outputs: [6], builtin_options_type: Conv2DOptions,
        builtin_options: { padding: VALID, stride_w: 1, stride_h: 1 } }
    ]
  }],
  buffers: [{}, { data: [1, 1, 1, 1] }, { data: [1, 1] }]
})";

Result<Graph> read(const std::string& json) {
  return read_tflite(tflite_file(json), "m.tflite", operator_book());
}

std::string changed(const std::string& from, const std::string& to, std::string text = kModel) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// The element of output `o` in each of the runs on 1, 2, 3, …
std::vector<int> outputs_of(const Graph& graph, size_t o, int runs) {
  std::vector<int> values;
  Result<Interpreter> interpreter = Interpreter::make(graph);
  EXPECT_TRUE(interpreter.ok()) << interpreter.error().message;
  for (int i = 1; interpreter.ok() && i <= runs; ++i) {
    Result<std::vector<Bytes>> outputs = interpreter->run({{static_cast<uint8_t>(i)}});
    EXPECT_TRUE(outputs.ok()) << outputs.error().message;
    if (outputs.ok()) values.push_back(static_cast<int8_t>((*outputs)[o].back()));
  }
  return values;
}

// Sums of four of 1, 2, 3, …: 1 3 6 10 14 18 22 26; those of every second run are pushed into "b";
// every second of these sums of two is an output. 5 and 7 are zero points.
TEST(Cycles, LaterOperatorsRunInEverySecondRunOnly) {
  Result<Graph> graph = read(kModel);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(outputs_of(*graph, 2, 8), (std::vector{5, 8, 8, 15, 15, 23, 23, 31}));
  EXPECT_EQ(outputs_of(*graph, 0, 8), (std::vector{7, 7, 7, 20, 20, 20, 20, 51}));
  EXPECT_EQ(outputs_of(*graph, 1, 3), (std::vector{1, 2, 3}))
      << "the first buffer is always filled";
}

TEST(Cycles, UnsaidPeriodIs1WithFiveSlots) {
  std::string text = changed("\"a\", shape: [1, 4,", "\"a\", shape: [1, 5,");
  text = changed("\"w\", shape: [1, 4,", "\"w\", shape: [1, 5,", text);
  text = changed("data: [1, 1, 1, 1]", "data: [1, 1, 1, 1, 1]", text);
  Result<Graph> graph = read(text);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(outputs_of(*graph, 2, 6), (std::vector{6, 8, 11, 15, 20, 25}));
  EXPECT_EQ(outputs_of(*graph, 0, 6), (std::vector{7, 11, 11, 23, 23, 42}));
}

TEST(Cycles, ThatAFileSaysAreTaken) {
  // A FlexBuffers map {cycles_max: 3}.
  std::string options =
      "custom_options: [99, 121, 99, 108, 101, 115, 95, 109, 97, 120, 0, 1, 12, 1, 1, 1, 3, 4, 2, "
      "36, 1], ";
  Result<Graph> graph =
      read(changed("inputs: [0], outputs: [1]", options + "inputs: [0], outputs: [1]"));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(outputs_of(*graph, 2, 6), (std::vector{5, 5, 11, 11, 11, 23}));
}

TEST(Cycles, WithTwoBuffersOfOneNameAreCountedApart) {
  Result<Graph> graph = read(changed("name: \"b\"", "name: \"a\""));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(outputs_of(*graph, 0, 8), (std::vector{7, 7, 7, 20, 20, 20, 20, 51}));
}

}  // namespace
}  // namespace mote
