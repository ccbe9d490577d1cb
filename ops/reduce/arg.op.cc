// SPDX-License-Identifier: Apache-2.0
// The records of ARG_MAX and ARG_MIN.
#include <algorithm>

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/reduce/reduce.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

#define MOTE_ARG_KERNEL(name)                                  \
  MOTE_KERNEL(arg_##name, ArgParams, "reduce", "reference.cc", \
              MOTE_FIELDS(ArgParams, MOTE_LOOPS_1_FIELDS(kept), length, stride, smallest))

struct ArgKernels {
  DType dtype;
  KernelInfo int32, int64;  // by the type of the indices
};

const ArgKernels kKernels[] = {
    {DType::kInt8, MOTE_ARG_KERNEL(int8), MOTE_ARG_KERNEL(int8_int64)},
    {DType::kUInt8, MOTE_ARG_KERNEL(uint8), MOTE_ARG_KERNEL(uint8_int64)},
    {DType::kInt16, MOTE_ARG_KERNEL(int16), MOTE_ARG_KERNEL(int16_int64)},
    {DType::kInt32, MOTE_ARG_KERNEL(int32), MOTE_ARG_KERNEL(int32_int64)},
    {DType::kFloat32, MOTE_ARG_KERNEL(float32), MOTE_ARG_KERNEL(float32_int64)},
};

const KernelInfo& kernel_for(DType dtype, DType index) {
  DType stored = dtype == DType::kBool ? DType::kUInt8 : dtype;
  const ArgKernels& row = *std::ranges::find(kKernels, stored, &ArgKernels::dtype);
  return index == DType::kInt64 ? row.int64 : row.int32;
}

/// The output's type is the option's.
Result<void> check(const NodeView& node) {
  bool wide = node.output().dtype == DType::kInt64;
  if ((node.choice("output_type") == "INT64") == wide) return {};
  return fail("attribute output_type is {}, which {} isn't", node.choice("output_type"),
              node.output_text());
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(int axis, constant_axis(node, 1, node.input(0).shape.rank));
  const Shape& input = node.input(0).shape;
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    if (d != axis) shape.push_back(input[d]);
  }
  return std::vector<Shape>{shape};
}

template <bool kSmallest>
Result<void> lower(Lowering& node) {
  MOTE_TRY(int axis, constant_axis(node, 1, node.input(0).shape.rank));
  const Shape& input = node.input(0).shape;
  Strides own = row_major_strides(input), strides{};
  for (size_t d = 0, kept = 0; d < static_cast<size_t>(input.rank); ++d) {
    if (d != static_cast<size_t>(axis)) strides[kept++] = own[d];
  }
  ArgParams params{make_loops<1>(node.output().shape, {strides}), input[axis],
                   own[static_cast<size_t>(axis)], kSmallest};
  node.emit(kernel_for(node.input(0).dtype, node.output().dtype), params, {node.in(0), node.out()});
  return {};
}

template <const OperatorRecord& (*kRecord)()>
std::vector<Graph> cases(std::mt19937& random) {
  struct Variant {
    Shape shape;
    int32_t axis;
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : kRecord().types) {
    bool wide = row.outputs[0] == DType::kInt64;
    for (const Variant& v : {Variant{Shape(2, 3, 40), -1}, Variant{Shape(5, 2, 3), 0},
                             Variant{Shape(2, 7, 3), 1}, Variant{Shape(9), 0}}) {
      GraphBuilder b("arg");
      TensorId input = b.input(row.inputs[0], v.shape, random_quantization(random, row.inputs[0]));
      TensorId axis = b.constant(Shape(), std::vector<int32_t>{v.axis});
      graphs.push_back(b.build(
          {b.node(kRecord(), {input, axis},
                  {{"output_type", std::string(wide ? "INT64" : "INT32")}}, row.outputs[0])}));
    }
  }
  return graphs;
}

template <const OperatorRecord& (*kRecord)(), bool kSmallest>
OperatorRecord make_record(std::string_view name, std::string_view options) {
  OperatorRecord record = {
      .name = name,
      .max_version = 3,
      .tflite_options = options,
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "output_type",
                      .fallback = std::string("INT32"),
                      .choices = {"INT32", "INT64"}}},
      .types = {},
      .kernels = {},
      .infer = infer,
      .check = check,
      .lower = lower<kSmallest>,
      .cases = cases<kRecord>,
  };
  for (DType dtype :
       {DType::kInt8, DType::kUInt8, DType::kBool, DType::kInt16, DType::kInt32, DType::kFloat32}) {
    record.types.push_back({{dtype, DType::kInt32}, {DType::kInt32}});
    record.types.push_back({{dtype, DType::kInt32}, {DType::kInt64}});
  }
  for (const ArgKernels& row : kKernels) {
    record.kernels.push_back(&row.int32);
    record.kernels.push_back(&row.int64);
  }
  return record;
}

}  // namespace

const OperatorRecord& arg_max_record() {
  static const OperatorRecord record =
      make_record<arg_max_record, false>("ARG_MAX", "ArgMaxOptions");
  return record;
}

const OperatorRecord& arg_min_record() {
  static const OperatorRecord record =
      make_record<arg_min_record, true>("ARG_MIN", "ArgMinOptions");
  return record;
}

}  // namespace mote
