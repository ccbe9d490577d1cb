// SPDX-License-Identifier: Apache-2.0
// The records of SELECT and SELECT_V2. SELECT_V2 broadcasts its three operands to one another; in
// SELECT a condition with fewer dimensions chooses along the outermost ones.
#include "ops/select/select.h"

#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/kernel_choice.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

#define MOTE_SELECT(bits)                                            \
  MOTE_KERNEL(select_##bits, SelectParams, "select", "reference.cc", \
              MOTE_FIELDS(SelectParams, MOTE_LOOPS_3_FIELDS(loops)))

const KernelInfo k8 = MOTE_SELECT(8);
const KernelInfo k16 = MOTE_SELECT(16);
const KernelInfo k32 = MOTE_SELECT(32);
const KernelInfo k64 = MOTE_SELECT(64);

const Kernels kKernels = {&k8, &k16, &k32, &k64};

/// The condition's shape as broadcasting wants it: SELECT's vector stands for the outermost
/// dimension.
Shape condition_shape(const NodeView& node) {
  Shape condition = node.input(0).shape;
  if (node.node().record->name == "SELECT" && condition.rank == 1) {
    while (condition.rank < node.input(1).shape.rank) condition.push_back(1);
  }
  return condition;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Shape values, broadcast_shape(node.input(1).shape, node.input(2).shape));
  MOTE_TRY(Shape shape, broadcast_shape(condition_shape(node), values));
  if (node.node().record->name == "SELECT" &&
      (node.input(1).shape != node.input(2).shape || shape != node.input(1).shape)) {
    return fail("{} and {} must have the same shape, {} that or one for each outermost index",
                node.input_text(1), node.input_text(2), node.input_text(0));
  }
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_same_quantization(node, 1));
  return check_same_quantization(node, 2);
}

Result<void> lower(Lowering& node) {
  const Shape& shape = node.output().shape;
  SelectParams params{make_loops<3>(shape, {broadcast_strides(condition_shape(node), shape),
                                            broadcast_strides(node.input(1).shape, shape),
                                            broadcast_strides(node.input(2).shape, shape)})};
  Step& step = node.emit(kernel_for_size(kKernels, node.output().dtype), params,
                         {node.in(0), node.in(1), node.in(2), node.out()});
  for (int i = 1; i < 3; ++i) {
    if (node.input(i).shape == shape) step.in_place.push_back({3, i});
  }
  return {};
}

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype, Shape condition,
                Shape a, Shape b) {
  GraphBuilder builder("select");
  Quantization q = random_quantization(random, dtype);
  std::vector<TensorId> inputs = {builder.input(DType::kBool, condition),
                                  builder.input(dtype, a, q), builder.input(dtype, b, q)};
  return builder.build({builder.node(record, inputs, {}, dtype, q)});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    Shape same(2, 3, 5);
    graphs.push_back(make_case(random, select_record(), dtype, same, same, same));
    graphs.push_back(make_case(random, select_record(), dtype, Shape(2), same, same));
    graphs.push_back(make_case(random, select_record(), dtype, Shape(), same, same));
  }
  return graphs;
}

std::vector<Graph> cases_v2(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    const OperatorRecord& record = select_v2_record();
    Shape same(2, 3, 5);
    graphs.push_back(make_case(random, record, dtype, same, same, same));
    graphs.push_back(make_case(random, record, dtype, Shape(5), Shape(2, 3, 1), Shape()));
    graphs.push_back(make_case(random, record, dtype, Shape(2, 1, 1), Shape(4, 3), Shape(3)));
  }
  return graphs;
}

OperatorRecord make_record(std::string_view name, int max_version, std::string_view options) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = options,
      .inputs = {{"condition"}, {"a"}, {"b"}},
      .outputs = {{"output"}},
      .types = {},
      .kernels = kKernels,
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = nullptr,
  };
  for (DType dtype : movable_types()) {
    record.types.push_back({{DType::kBool, dtype, dtype}, {dtype}});
  }
  return record;
}

}  // namespace

const OperatorRecord& select_record() {
  static const OperatorRecord record = [] {
    OperatorRecord select = make_record("SELECT", 4, "SelectOptions");
    select.cases = cases;
    return select;
  }();
  return record;
}

const OperatorRecord& select_v2_record() {
  static const OperatorRecord record = [] {
    OperatorRecord select = make_record("SELECT_V2", 2, "SelectV2Options");
    select.cases = cases_v2;
    return select;
  }();
  return record;
}

}  // namespace mote
