// SPDX-License-Identifier: Apache-2.0
// UNIDIRECTIONAL_SEQUENCE_GRU, TFLite's experimental custom operator. Its state comes in as a value
// and goes out as one. (GRUs that a converter has unrolled or made a loop need no record.)
#include "ops/gru/gru.h"

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kGru = MOTE_KERNEL(gru_float32, GruParams, "gru", "reference.cc",
                                    MOTE_FIELDS(GruParams, steps, batches, inputs, units));

enum Operands { kInput, kState, kGates, kGateBias, kCandidates, kCandidateBias };

Result<void> check_shape(const NodeView& node, int i, const Shape& shape) {
  if (node.input(i).shape == shape) return {};
  return fail("{} must be {}", node.input_text(i), shape_text(shape));
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, kInput, 3));
  MOTE_CHECK_OK(check_rank(node, kState, 2));
  Shape output = node.input(kInput).shape;
  const Shape& state = node.input(kState).shape;
  int32_t units = state[1];
  if (units > INT32_MAX / 2 - output[2]) return fail("{} is too large", node.input_text(kState));
  MOTE_CHECK_OK(check_shape(node, kState, Shape(output[1], units)));
  MOTE_CHECK_OK(check_shape(node, kGates, Shape(2 * units, output[2] + units)));
  MOTE_CHECK_OK(check_shape(node, kGateBias, Shape(2 * units)));
  MOTE_CHECK_OK(check_shape(node, kCandidates, Shape(units, output[2] + units)));
  MOTE_CHECK_OK(check_shape(node, kCandidateBias, Shape(units)));
  output[2] = units;
  return std::vector<Shape>{output, state};
}

Result<void> lower(Lowering& node) {
  const Shape& input = node.input(kInput).shape;
  GruParams params{input[0], input[1], input[2], node.input(kState).shape[1]};
  std::vector<Value> operands;
  for (int i = kInput; i <= kCandidateBias; ++i) operands.push_back(node.in(i));
  operands.push_back(node.scratch(2 * sizeof(float) * static_cast<uint32_t>(params.units)));
  operands.insert(operands.end(), {node.out(0), node.out(1)});
  node.emit(kGru, params, std::move(operands)).in_place = {{8, 1}};
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape &input = node.input(kInput).shape, &candidates = node.input(kCandidates).shape;
  return int64_t{input[0]} * input[1] * 3 * candidates.elements();
}

Graph make_case(std::mt19937& random, Shape shape, int32_t units) {
  GraphBuilder b("gru");
  constexpr DType kFloat = DType::kFloat32;
  int32_t width = shape[2] + units;
  TensorId input = b.input(kFloat, shape), state = b.input(kFloat, Shape(shape[1], units));
  std::vector<TensorId> inputs = {input, state};
  for (Shape weights :
       {Shape(2 * units, width), Shape(2 * units), Shape(units, width), Shape(units)}) {
    inputs.push_back(b.random_constant(random, kFloat, weights));
  }
  return b.build(b.node(unidirectional_sequence_gru_record(), inputs, {}, {kFloat, kFloat}));
}

std::vector<Graph> cases(std::mt19937& random) {
  Shape drawn(random_int(random, 1, 4), random_int(random, 1, 3), random_int(random, 1, 9));
  return {make_case(random, Shape(3, 1, 4), 5), make_case(random, Shape(1, 2, 3), 2),
          make_case(random, drawn, random_int(random, 1, 9))};
}

}  // namespace

const OperatorRecord& unidirectional_sequence_gru_record() {
  static const OperatorRecord record = {
      .name = "UNIDIRECTIONAL_SEQUENCE_GRU",
      .inputs = {{"input"},
                 {"state"},
                 {"gate_weights"},
                 {"gate_bias"},
                 {"candidate_weights"},
                 {"candidate_bias"}},
      .outputs = {{"output"}, {"output_state"}},
      .types = {{{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kGru},
      .infer = infer,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
