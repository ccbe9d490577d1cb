// SPDX-License-Identifier: Apache-2.0
// lower_node() holds records to their kernels: made-up records that emit a wrong step are reported
// before anything runs.
#include "ir/lowering.h"

#include <gtest/gtest.h>

#include "ops/run_text_test.h"

namespace mote {

// Outside of the unnamed namespace, as MOTE_KERNEL names them.
struct DoubleParams {
  int32_t elements;
};
void double_int8(const DoubleParams& params, const int8_t* input, int8_t* output) {
  for (int32_t i = 0; i < params.elements; ++i) output[i] = static_cast<int8_t>(2 * input[i]);
}
bool check_double_int8(const DoubleParams& params, const Operand* operands) {
  return operands[0].holds<int8_t>(params.elements) && operands[1].holds<int8_t>(params.elements);
}

namespace {

const KernelInfo kDouble = MOTE_KERNEL(double_int8, DoubleParams, "test", "reference.cc",
                                       MOTE_FIELDS(DoubleParams, elements));

using Lower = Result<void> (*)(Lowering&);

/// Lowers a node DOUBLE(x, absent, w) of 4 int8 elements with this function.
Result<LoweredNode> lowered_by(Lower lower) {
  OperatorRecord record = {.name = "DOUBLE",
                           .inputs = {{"input"}, {"optional", OperandSpec::kOptional}, {"weights"}},
                           .outputs = {{"output"}},
                           .types = {},
                           .kernels = {&kDouble},
                           .infer = nullptr,
                           .lower = lower,
                           .cases = nullptr};
  Graph graph;
  auto weights = std::make_shared<const Bytes>(Bytes{1, 2, 3, 4});
  graph.tensors = {{"x", DType::kInt8, Shape(4), {}, nullptr},
                   {"w", DType::kInt8, Shape(4), {}, weights},
                   {"y", DType::kInt8, Shape(4), {}, nullptr}};
  graph.nodes = {{&record, {0, kAbsent, 1}, {2}, {}}};
  static const Target target;
  return lower_node(graph, graph.nodes[0], target);
}

std::string refusal_of(Lower lower) {
  Result<LoweredNode> lowered = lowered_by(lower);
  return lowered.ok() ? "no error" : lowered.error().message;
}

TEST(Lowering, NumbersWhatTheNodeOwns) {
  Result<LoweredNode> lowered = lowered_by([](Lowering& node) -> Result<void> {
    EXPECT_EQ(node.in(0), (Value{Value::kTensor, 0}));
    EXPECT_EQ(node.in(1), Lowering::nothing()) << "absent";
    EXPECT_EQ(node.in(2), (Value{Value::kTensor, 1}));
    EXPECT_EQ(node.out(), (Value{Value::kTensor, 2}));
    Value first = node.scratch(4), second = node.scratch(6);
    EXPECT_EQ(first, (Value{Value::kScratch, 0}));
    EXPECT_EQ(second.at(2), (Value{Value::kScratch, 1, 2}));
    Value packed = node.constant(std::vector<int16_t>{1, 2});
    EXPECT_EQ(packed, (Value{Value::kConstant, 0}));
    node.emit(kDouble, DoubleParams{4}, {node.in(0), first});
    node.emit(kDouble, DoubleParams{4}, {packed, second.at(2)});
    node.emit(kDouble, DoubleParams{4}, {first, node.out()}).in_place = {{1, 0}};
    return {};
  });
  ASSERT_TRUE(lowered.ok()) << lowered.error().message;
  EXPECT_EQ(lowered->steps.size(), 3u);
  EXPECT_EQ(lowered->constants, (std::vector<Bytes>{{1, 0, 2, 0}}));
  EXPECT_EQ(lowered->scratch_bytes, (std::vector<uint32_t>{4, 6}));
  EXPECT_EQ(lowered->steps[0].params, (Bytes{4, 0, 0, 0}));
}

TEST(LoweringErrors, TheRecordsOwn) {
  EXPECT_EQ(refusal_of([](Lowering&) -> Result<void> { return fail("not today"); }), "not today");
}

TEST(LoweringErrors, StepsThatReachOutsideTheirOperands) {
  const char* expected = "the shapes or parameters lie outside what kernel double_int8 can run";
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{5}, {node.in(0), node.out()});
              return {};
            }),
            expected);
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{4}, {node.in(0).at(1), node.out()});
              return {};
            }),
            expected);
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{4}, {node.in(0), node.scratch(3)});
              return {};
            }),
            expected);
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{1}, {node.in(0).at(5), node.out()});
              return {};
            }),
            expected)
      << "an offset past the end";
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{4}, {node.in(1), node.out()});
              return {};
            }),
            expected)
      << "an absent input";
}

TEST(LoweringErrors, StepsThatWriteConstants) {
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{4}, {node.in(0), node.in(2)});
              return {};
            }),
            "kernel double_int8 would write to its operand 1, which is a constant");
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              Value own = node.constant(std::vector<int8_t>(4));
              node.emit(kDouble, DoubleParams{4}, {node.in(0), own});
              return {};
            }),
            "kernel double_int8 would write to its operand 1, which is a constant");
}

TEST(LoweringErrors, StepsWithOtherOperandsOrParamsThanTheKernels) {
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, DoubleParams{4}, {node.in(0)});
              return {};
            }),
            "kernel double_int8 was given 1 operands and 4 bytes of params; it takes 2 and 4");
  EXPECT_EQ(refusal_of([](Lowering& node) -> Result<void> {
              node.emit(kDouble, int64_t{4}, {node.in(0), node.out()});
              return {};
            }),
            "kernel double_int8 was given 2 operands and 8 bytes of params; it takes 2 and 4");
}

}  // namespace
}  // namespace mote
