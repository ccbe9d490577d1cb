// SPDX-License-Identifier: Apache-2.0
// A streamed model, given row after row, must give what the whole model gives on the newest window.
#include "compiler/streaming.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote {
namespace {

Graph parsed(const std::string& lines) {
  Result<Graph> graph = parse("graph \"test\" {\n" + lines + "}\n", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return graph.ok() ? *graph : Graph();
}

std::string names_of(const Graph& graph) {
  std::string names;
  for (const Node& node : graph.nodes)
    names += std::string(names.empty() ? "" : " ") + std::string(node.record->name);
  return names;
}

/// Runs `graph` on every window and what stream_over_time() makes of it on what is new, and expects
/// equal outputs from the first full window on.
void expect_same(const Graph& graph, int32_t rows) {
  Result<Graph> streamed = stream_over_time(graph, rows);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  Result<Interpreter> stream = Interpreter::make(*streamed);
  ASSERT_TRUE(stream.ok()) << stream.error().message;
  std::mt19937 random(9);
  const Tensor& input = graph.tensor(graph.inputs[0]);
  size_t window_rows = static_cast<size_t>(input.shape[1]), row_bytes = input.bytes() / window_rows;
  size_t new_bytes = row_bytes * static_cast<size_t>(rows), given = 0;
  Bytes window(input.bytes());
  for (int run = 0; given < 3 * window_rows; ++run) {
    Bytes fresh = random_bytes(random, input.dtype, new_bytes * 8 / bits_of(input.dtype));
    window.erase(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(new_bytes));
    window.insert(window.end(), fresh.begin(), fresh.end());
    given += static_cast<size_t>(rows);
    Result<std::vector<Bytes>> actual = stream->run({fresh}), expected = interpret(graph, {window});
    ASSERT_TRUE(actual.ok() && expected.ok());
    if (given >= window_rows) {
      ASSERT_EQ(*actual, *expected) << "run " << run << "\n"
                                    << print(*streamed, Constants::kElided);
    }
  }
}

/// A stack of layers over [1, time, width, channels], as a test writes it down.
struct Stack {
  DType dtype = DType::kInt8;
  std::mt19937 random{4};
  GraphBuilder b{"stack"};
  TensorId at = kAbsent;

  Quantization q() { return random_quantization(random, dtype); }
  void input(Shape shape) { at = b.input(dtype, shape, q()); }
  void conv(int inputs, int outputs, int size, int stride, int dilation = 1,
            const char* padding = "VALID") {
    Quantization weights_q = dtype == DType::kInt8 ? quantization(0.01f, 0) : Quantization();
    TensorId filter = b.random_weights(random, dtype, Shape(outputs, size, 1, inputs), weights_q);
    at = b.node(conv_2d_record(), {at, filter, kAbsent},
                {{"padding", std::string(padding)},
                 {"stride_h", int64_t{stride}},
                 {"stride_w", int64_t{1}},
                 {"dilation_h_factor", int64_t{dilation}}},
                dtype, q());
  }
  void pool(int size, int stride) {
    at = b.node(max_pool_2d_record(), {at},
                {{"padding", std::string("VALID")},
                 {"stride_h", int64_t{stride}},
                 {"stride_w", int64_t{1}},
                 {"filter_height", int64_t{size}},
                 {"filter_width", int64_t{1}}},
                dtype, q());
  }
  void relu() { at = b.node(relu_record(), {at}, {}, dtype, q()); }
  void reshape(std::vector<int32_t> shape) {
    TensorId dims = b.constant(Shape(static_cast<int32_t>(shape.size())), shape);
    at = b.node(reshape_record(), {at, dims}, {}, dtype, q());
  }
  void mean() {
    TensorId axes = b.constant(Shape(1), std::vector<int32_t>{1});
    at = b.node(mean_record(), {at, axes}, {}, dtype, q());
  }
  Graph build() { return b.build({at}); }
};

TEST(Streaming, EachLayerRemembersTheRowsThatItLooksAt) {
  Graph graph = parsed(R"(
    input %0 "x" float32[1,5,1,1]
    const %1 "w" float32[1,3,1,1] = 0x0000803f000000400000803f
    %2 "y" float32[1,3,1,1] = CONV_2D(%0, %1, _) {padding="VALID", stride_h=1, stride_w=1}
    %3 "z" float32[1,1,1,1] = CONV_2D(%2, %1, _) {padding="VALID", stride_h=1, stride_w=1}
    output %3
)");
  Result<Graph> streamed = stream_over_time(graph, 1);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(names_of(*streamed), "CIRCULAR_BUFFER CONV_2D CIRCULAR_BUFFER CONV_2D");
  EXPECT_EQ(streamed->tensor(streamed->inputs[0]).shape, Shape(1, 1, 1, 1));
  expect_same(graph, 1);
}

TEST(Streaming, TakesStridesDilationAndWhatStridesLeaveUnused) {
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    for (int32_t time : {20, 21, 22, 23}) {
      Stack stack{dtype};
      stack.input(Shape(1, time, 2, 3));
      stack.conv(3, 4, 3, 2);
      stack.relu();
      stack.conv(4, 4, 2, 1, 2);
      stack.conv(4, 2, 3, 2);
      expect_same(stack.build(), 4);
    }
  }
}

TEST(Streaming, WithOneRowBeforeAStrideComputesTheRestAnew) {
  Stack stack;
  stack.input(Shape(1, 9, 1, 2));
  stack.conv(2, 3, 2, 1);
  stack.conv(3, 2, 2, 2);
  Graph graph = stack.build();
  Result<Graph> streamed = stream_over_time(graph, 1);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(names_of(*streamed), "CIRCULAR_BUFFER CONV_2D CIRCULAR_BUFFER CONV_2D");
  EXPECT_EQ(streamed->tensor(streamed->outputs[0]).shape, graph.tensor(graph.outputs[0]).shape);
  expect_same(graph, 1);
}

TEST(Streaming, BuffersTheInputOfALayerThatPadsTime) {
  Stack stack;
  stack.input(Shape(1, 8, 1, 2));
  stack.conv(2, 3, 3, 1, 1, "SAME");
  stack.conv(3, 2, 3, 1);
  Graph graph = stack.build();
  Result<Graph> streamed = stream_over_time(graph, 1);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(names_of(*streamed), "CIRCULAR_BUFFER CONV_2D CONV_2D");
  expect_same(graph, 1);
  expect_same(graph, 3);
}

TEST(Streaming, BuffersWhatIsSummedUpOverAllOfTime) {
  Stack stack;
  stack.input(Shape(1, 7, 1, 2));
  stack.conv(2, 3, 3, 1);
  stack.mean();
  expect_same(stack.build(), 1);
}

TEST(Streaming, GoesThroughReshapesThatLeaveTimeAlone) {
  Stack stack{DType::kFloat32};
  stack.input(Shape(1, 6, 4));
  stack.reshape({1, 6, 2, 2});
  stack.conv(2, 3, 2, 1);
  stack.pool(2, 1);
  stack.reshape({1, 24});
  Graph graph = stack.build();
  Result<Graph> streamed = stream_over_time(graph, 1);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(names_of(*streamed),
            "RESHAPE CIRCULAR_BUFFER CONV_2D CIRCULAR_BUFFER MAX_POOL_2D CIRCULAR_BUFFER RESHAPE");
  expect_same(graph, 1);
  expect_same(graph, 2);
}

TEST(Streaming, AddsWhatBelongsToTheSameRows) {
  Graph graph = parsed(R"(
    input %0 "x" float32[1,4,1,1]
    const %1 "w" float32[1,2,1,1] = 0x0000803f00000040
    const %2 "b" float32[1,1,1,1] = 0x00000040
    %3 "y" float32[1,3,1,1] = CONV_2D(%0, %1, _) {padding="VALID", stride_h=1, stride_w=1}
    %4 "r" float32[1,3,1,1] = TANH(%3)
    %5 "s" float32[1,3,1,1] = ADD(%3, %4)
    %6 "t" float32[1,3,1,1] = MUL(%5, %2)
    %7 "z" float32[1,2,1,1] = CONV_2D(%6, %1, _) {padding="VALID", stride_h=1, stride_w=1}
    output %7
)");
  Result<Graph> streamed = stream_over_time(graph, 1);
  ASSERT_TRUE(streamed.ok()) << streamed.error().message;
  EXPECT_EQ(names_of(*streamed),
            "CIRCULAR_BUFFER CONV_2D TANH ADD MUL CIRCULAR_BUFFER CONV_2D CIRCULAR_BUFFER");
  expect_same(graph, 1);
}

TEST(Streaming, IsRefusedWithTheReason) {
  auto refused = [](const std::string& lines, int32_t rows) {
    return stream_over_time(parsed(lines), rows).error().message;
  };
  EXPECT_EQ(refused("input %0 \"x\" float32[1,4]\ninput %1 \"y\" float32[1,4]\n"
                    "%2 \"z\" float32[1,4] = ADD(%0, %1)\noutput %2\n",
                    1),
            "has 2 inputs; streaming is for models with one");
  EXPECT_EQ(
      refused("input %0 \"x\" float32[2,4]\n%1 \"z\" float32[2,4] = TANH(%0)\noutput %1\n", 1),
      "input 'x' is float32[2,4]; streaming needs [1, time, ...]");
  EXPECT_EQ(
      refused("input %0 \"x\" float32[1,4]\n%1 \"z\" float32[1,4] = TANH(%0)\noutput %1\n", 5),
      "input 'x' has 4 rows of time, 5 can't be new");
  EXPECT_EQ(refused("input %0 \"x\" int16[1,4]\nvariable %1 \"q\" int16[1,3]\n"
                    "%2 \"z\" int16[1,4] = SignalDelay(%0, %1) {delay_length=3}\noutput %2\n",
                    1),
            "has state already (SignalDelay)");
}

}  // namespace
}  // namespace mote
