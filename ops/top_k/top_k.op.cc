// SPDX-License-Identifier: Apache-2.0
// The record of TOPK_V2; how many are wanted is a constant.
#include "ops/top_k/top_k.h"

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/kernel_choice.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

#define MOTE_TOP_K(name)                                         \
  MOTE_KERNEL(top_k_##name, TopKParams, "top_k", "reference.cc", \
              MOTE_FIELDS(TopKParams, rows, length, count))

const KernelInfo kInt8 = MOTE_TOP_K(int8);
const KernelInfo kUInt8 = MOTE_TOP_K(uint8);
const KernelInfo kInt16 = MOTE_TOP_K(int16);
const KernelInfo kInt32 = MOTE_TOP_K(int32);
const KernelInfo kInt64 = MOTE_TOP_K(int64);
const KernelInfo kFloat32 = MOTE_TOP_K(float32);

const Kernels kKernels = {&kInt8, &kUInt8, &kInt16, &kInt32, &kInt64, &kFloat32};

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(int64_t count, constant_integer(node, 1));
  Shape shape = node.input(0).shape;
  if (shape.rank == 0 || count < 1 || count > shape.back(0)) {
    return fail("rows of {} haven't {} elements", node.input_text(0), count);
  }
  shape[shape.rank - 1] = static_cast<int32_t>(count);
  return std::vector<Shape>{shape, shape};
}

Result<void> lower(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  TopKParams params{static_cast<int32_t>(shape.elements() / shape.back(0)), shape.back(0),
                    node.output().shape.back(0)};
  node.emit(kernel_for(kKernels, node.input(0).dtype), params,
            {node.in(0), node.out(0), node.out(1)});
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, int32_t count) {
  GraphBuilder b("top_k");
  Quantization q = random_quantization(random, dtype);
  TensorId input = b.input(dtype, shape, q);
  TensorId k = b.constant(Shape(), std::vector<int32_t>{count});
  return b.build(b.node(topk_v2_record(), {input, k}, {}, {dtype, DType::kInt32}, {q}));
}

/// Rows long enough for equal int8 elements.
std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : topk_v2_record().types) {
    graphs.push_back(make_case(random, row.inputs[0], Shape(2, 3, 7), 3));
    graphs.push_back(make_case(random, row.inputs[0], Shape(300), 40));
  }
  graphs.push_back(make_case(random, DType::kInt8, Shape(5, 1), 1));
  int32_t length = random_int(random, 1, 20);
  graphs.push_back(
      make_case(random, DType::kInt8, Shape(2, length), random_int(random, 1, length)));
  return graphs;
}

}  // namespace

const OperatorRecord& topk_v2_record() {
  static const OperatorRecord record = [] {
    OperatorRecord top_k = {
        .name = "TOPK_V2",
        .max_version = 3,
        .tflite_options = "TopKV2Options",
        .inputs = {{"input"}, {"k"}},
        .outputs = {{"values"}, {"indices"}},
        .types = {},
        .kernels = kKernels,
        .infer = infer,
        .check = [](const NodeView& node) { return check_same_quantization(node, 0); },
        .lower = lower,
        .cases = cases,
    };
    for (DType dtype : {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64,
                        DType::kFloat32}) {
      top_k.types.push_back({{dtype, DType::kInt32}, {dtype, DType::kInt32}});
    }
    return top_k;
  }();
  return record;
}

}  // namespace mote
