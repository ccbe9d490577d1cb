// SPDX-License-Identifier: Apache-2.0
// CALL_ONCE: runs its body in each reset, so before the first inference: how converted models give
// variables their first values.
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/control/control.op.h"

namespace mote {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Graph& body = node.body(0);
  if (!body.inputs.empty() || !body.outputs.empty()) {
    return fail("its body '{}' has {} inputs and {} outputs, should have none", body.name,
                body.inputs.size(), body.outputs.size());
  }
  return std::vector<Shape>{};
}

Result<void> check(const NodeView&) {
  return {};
}

Result<void> lower(Lowering& node) {
  node.call_once(0);
  return {};
}

/// A running total that starts at a sum of two constants.
Graph make_case(std::mt19937& random, DType dtype, Shape shape, Quantization q) {
  std::string name = fmt::format("call_once_{}", name_of(dtype));
  GraphBuilder init("init");
  TensorId first = init.variable(dtype, shape, name, q);
  TensorId sum = init.node(add_record(),
                           {init.random_constant(random, dtype, shape, q),
                            init.random_constant(random, dtype, shape, q)},
                           {}, dtype, q);
  init.node(assign_variable_record(), {first, sum}, {}, dtype, q, 0);
  GraphBuilder b("call_once");
  b.node(call_once_record(), {}, {}, {init.build({})});
  TensorId total = b.variable(dtype, shape, name, q);
  TensorId before = b.node(read_variable_record(), {total}, {}, dtype, q);
  TensorId after = b.node(add_record(), {before, b.input(dtype, shape, q)}, {}, dtype, q);
  b.node(assign_variable_record(), {total, after}, {}, dtype, q, 0);
  return b.build({after});
}

std::vector<Graph> cases(std::mt19937& random) {
  Quantization q = random_quantization(random);
  return {make_case(random, DType::kInt8, Shape(1, 5), q),
          make_case(random, DType::kFloat32, Shape(2), {})};
}

}  // namespace

const OperatorRecord& call_once_record() {
  static const OperatorRecord record = {
      .name = "CALL_ONCE",
      .max_version = 1,
      .tflite_options = "CallOnceOptions",
      .inputs = {},
      .outputs = {},
      .bodies = {"init_subgraph_index"},
      .kernels = {},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
