// SPDX-License-Identifier: Apache-2.0
// What the generic suite can't know of state and control flow: that a streaming model gives what
// the model over the whole window gives, that variables outlive runs and not resets, that loops
// end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

#include "compiler/pipeline.h"
#include "engines/bisect.h"
#include "engines/engine.h"
#include "engines/host_engine.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ops/data_movement/data_movement.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

constexpr int32_t kWindow = 8, kFeatures = 5, kChannels = 3;

/// What both forms of the model share.
struct Layer {
  Quantization input_q = quantization(0.1f, -4), filter_q = quantization(0.05f, 0),
               output_q = quantization(0.2f, 9);
  Bytes filter, bias;
};

Layer layer() {
  std::mt19937 random(5);
  Layer layer;
  layer.filter = random_bytes(random, DType::kInt8, uint64_t{kChannels} * kWindow * kFeatures);
  layer.bias = bytes_from(std::vector<int32_t>{100, -50, 7});
  return layer;
}

TensorId convolve(GraphBuilder& b, const Layer& l, TensorId window) {
  TensorId filter =
      b.constant(DType::kInt8, Shape(kChannels, kWindow, kFeatures, 1), l.filter, l.filter_q);
  Quantization bias_q = quantization(l.input_q.scale() * l.filter_q.scale(), 0);
  TensorId bias = b.constant(DType::kInt32, Shape(kChannels), l.bias, bias_q);
  return b.node(
      conv_2d_record(), {window, filter, bias},
      {{"padding", std::string("VALID")}, {"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}},
      DType::kInt8, l.output_q, "features");
}

/// One frame a run, into a ring buffer of the last kWindow frames: forget the oldest, append the
/// new one, and convolve.
Graph streaming() {
  Layer l = layer();
  GraphBuilder b("streaming");
  TensorId ring = b.variable(DType::kInt8, Shape(1, kWindow, kFeatures, 1), "ring", l.input_q);
  TensorId frame = b.input(DType::kInt8, Shape(1, 1, kFeatures, 1), l.input_q, "frame");
  TensorId before = b.node(read_variable_record(), {ring}, {}, DType::kInt8, l.input_q);
  auto index = [&](std::vector<int32_t> at) { return b.constant(Shape(4), at); };
  TensorId kept =
      b.node(strided_slice_record(),
             {before, index({0, 1, 0, 0}), index({1, kWindow, kFeatures, 1}), index({1, 1, 1, 1})},
             {}, DType::kInt8, l.input_q);
  TensorId window = b.node(concatenation_record(), {kept, frame}, {{"axis", int64_t{1}}},
                           DType::kInt8, l.input_q, "window");
  b.node(assign_variable_record(), {ring, window}, {}, DType::kInt8, {}, 0);
  return b.build({convolve(b, l, window)});
}

Graph whole_window() {
  Layer l = layer();
  GraphBuilder b("whole_window");
  return b.build(
      {convolve(b, l, b.input(DType::kInt8, Shape(1, kWindow, kFeatures, 1), l.input_q))});
}

std::vector<Values> frames(int count) {
  std::mt19937 random(9);
  std::vector<Values> samples;
  for (int i = 0; i < count; ++i)
    samples.push_back({random_bytes(random, DType::kInt8, kFeatures)});
  return samples;
}

/// All engines of this host, by name.
std::vector<EnginePtr> host_engines(const Graph& graph, const Plan& plan) {
  std::vector<EnginePtr> engines;
  auto add = [&](Result<EnginePtr> engine) {
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    engines.push_back(*std::move(engine));
  };
  add(make_interpreter_engine(graph));
  add(make_plan_engine(plan));
  add(make_image_engine(image_model(plan)));
  add(make_cpp_engine(plan));
  return engines;
}

Plan plan_of(const Graph& graph) {
  Result<Plan> plan = compile(graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return plan.ok() ? *plan : Plan();
}

TEST(Streaming, GivesWhatTheWholeWindowGives) {
  Graph graph = streaming(), reference = whole_window();
  Plan plan = plan_of(graph);
  std::vector<Values> samples = frames(20);
  for (EnginePtr& engine : host_engines(graph, plan)) {
    Result<std::vector<Values>> outputs = engine->run(samples);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    Bytes window(kWindow * kFeatures, static_cast<uint8_t>(layer().input_q.zero_point()));
    for (size_t s = 0; s < samples.size(); ++s) {
      window.erase(window.begin(), window.begin() + kFeatures);
      window.insert(window.end(), samples[s][0].begin(), samples[s][0].end());
      EXPECT_EQ((*outputs)[s], *interpret(reference, {window})) << engine->name() << ", run " << s;
    }
    EXPECT_EQ(*engine->run(samples), *outputs) << engine->name() << " after a reset";
  }
}

TEST(Streaming, NeedsNoCopyOfTheRingBuffer) {
  Plan plan = plan_of(streaming());
  EXPECT_EQ(plan.state_bytes, 48u) << "40 bytes of frames, at a multiple of 16";
  EXPECT_EQ(plan.init_steps, 1);
  for (const PlanStep& step : plan.steps) EXPECT_NE(step.kernel->name, "copy_bytes");
}

TEST(Streaming, IsTracedWithItsHistory) {
  Graph graph = streaming();
  Plan plan = plan_of(graph);
  std::vector<Values> samples = frames(4), expected;
  Result<Interpreter> truth = Interpreter::make(graph);
  for (const Values& sample : samples) expected.push_back(*truth->run(sample));
  Plan wrong = plan;
  auto slice = std::find_if(wrong.steps.begin(), wrong.steps.end(), [](const PlanStep& step) {
    return step.kernel && step.kernel->name.starts_with("strided_copy");
  });
  ASSERT_NE(slice, wrong.steps.end());
  slice->params[offsetof(StridedCopyParams, input_offset)] ^= 1;  // of the ring buffer
  for (const Plan* one : {&plan, &wrong}) {
    Result<EnginePtr> engine = make_plan_engine(*one);
    Result<Comparison> found = compare_engine(**engine, plan, samples, expected);
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(found->divergence.has_value(), one == &wrong);
  }
}

TEST(State, LiesWhereThePlanSaysAndOutlivesRuns) {
  Plan plan = plan_of(streaming());
  Result<HostEngine> engine = HostEngine::make(image_model(plan).image);
  ASSERT_TRUE(engine.ok()) << engine.error().message;
  Span<uint8_t> state = engine->session().state();
  EXPECT_EQ(state.data(), engine->arena());
  ASSERT_EQ(state.size(), plan.state_bytes);
  uint8_t zero = static_cast<uint8_t>(layer().input_q.zero_point());
  EXPECT_EQ(state.data()[39], zero) << "reset by open()";
  ASSERT_TRUE(engine->run(frames(1)[0]).ok());
  EXPECT_EQ(state.data()[39], frames(1)[0][0][4]) << "the newest frame";
  ASSERT_TRUE(engine->reset().ok());
  EXPECT_EQ(state.data()[39], zero);
}

const char kInitial[] = R"(graph "initial" {
  input %0 "x" int32[2]
  variable %1 "total" int32[2] = 0x0a00000014000000
  %2 "before" int32[2] = READ_VARIABLE(%1)
  %3 "after" int32[2] = ADD(%2, %0)
  ASSIGN_VARIABLE(%1, %3)
  output %2
})";

TEST(State, BeginsWithItsInitialValueAfterEachReset) {
  Result<Graph> graph = parse(kInitial, operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  Plan plan = plan_of(*graph);
  Bytes one = bytes_from<int32_t>({1, 2});
  for (EnginePtr& engine : host_engines(*graph, plan)) {
    for (int again = 0; again < 2; ++again) {
      Result<std::vector<Values>> outputs = engine->run({{one}, {one}, {one}});
      ASSERT_TRUE(outputs.ok()) << outputs.error().message;
      EXPECT_EQ((*outputs)[0][0], bytes_from<int32_t>({10, 20})) << engine->name();
      EXPECT_EQ((*outputs)[2][0], bytes_from<int32_t>({12, 24})) << engine->name();
    }
  }
}

/// Counts from 0 while the count is less than the input.
std::string counting(const std::string& attributes) {
  return R"(graph "counting" {
  input %0 "n" int32[1]
  const %1 "zero" int32[1] = 0x00000000
  %2 "count" int32[1], %3 "limit" int32[1] = WHILE(%1, %0))" +
         attributes + R"(
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
})";
}

TEST(While, TakesAsManyTurnsAsTheDataSay) {
  Result<Graph> graph = parse(counting(""), operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  Plan plan = plan_of(*graph);
  for (EnginePtr& engine : host_engines(*graph, plan)) {
    for (int32_t n : {0, 1, 1000, -3}) {
      Result<std::vector<Values>> outputs = engine->run({{bytes_from<int32_t>({n})}});
      ASSERT_TRUE(outputs.ok()) << outputs.error().message;
      EXPECT_EQ((*outputs)[0][0], bytes_from<int32_t>({std::max(n, 0)})) << engine->name();
    }
  }
}

TEST(While, StopsWhenItTakesMoreTurnsThanItMay) {
  Result<Graph> graph = parse(counting(" {max_iterations=7}"), operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  Plan plan = plan_of(*graph);
  EXPECT_EQ(plan.max_jumps, 7u);
  for (EnginePtr& engine : host_engines(*graph, plan)) {
    EXPECT_TRUE(engine->run({{bytes_from<int32_t>({7})}}).ok()) << engine->name();
    Result<std::vector<Values>> outputs = engine->run({{bytes_from<int32_t>({8})}});
    ASSERT_FALSE(outputs.ok()) << engine->name();
    EXPECT_NE(outputs.error().message.find("turns"), std::string::npos) << outputs.error().message;
    EXPECT_TRUE(engine->run({{bytes_from<int32_t>({2})}}).ok()) << "and goes on";
  }
}

TEST(While, TellsWhichStepsItRan) {
  Result<Graph> graph = parse(counting(""), operator_book());
  Plan plan = plan_of(*graph);
  Bytes image = image_model(plan).image;
  Result<std::vector<uint32_t>> none = step_order(image, {bytes_from<int32_t>({0})});
  Result<std::vector<uint32_t>> two = step_order(image, {bytes_from<int32_t>({2})});
  ASSERT_TRUE(none.ok() && two.ok());
  // Copies of the inputs, LESS, the branch; then ADD and the jump in each turn.
  size_t turn = (two->size() - none->size()) / 2;
  EXPECT_EQ(none->size() + 2 * turn, two->size());
  EXPECT_EQ(turn, 4u) << "LESS, branch, ADD, jump: the count needs no copy";
}

}  // namespace
}  // namespace mote
