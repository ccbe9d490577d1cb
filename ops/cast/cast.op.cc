// SPDX-License-Identifier: Apache-2.0
// CAST's record: the types of its operands say all.
#include "ops/cast/cast.h"

#include <algorithm>

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

struct CastKernel {
  DType from, to;
  KernelInfo kernel;
};

constexpr DType dtype_of(std::string_view name) {
#define MOTE_IF_NAMED(dtype, code, bits, text) \
  if (name == text) return DType::dtype;
  MOTE_DTYPE_LIST(MOTE_IF_NAMED)
#undef MOTE_IF_NAMED
  return DType::kFloat64;
}

const std::vector<CastKernel>& cast_kernels() {
#define MOTE_ROW_CAST(from, From, to, To)                              \
  {dtype_of(#from), dtype_of(#to),                                     \
   MOTE_KERNEL(cast_##from##_##to, CastParams, "cast", "reference.cc", \
               MOTE_FIELDS(CastParams, elements))},
#define MOTE_ROW(from, From) MOTE_CAST_TARGETS(MOTE_ROW_CAST, from, From)
  static const std::vector<CastKernel> kernels = {MOTE_CAST_SOURCES(MOTE_ROW)};
#undef MOTE_ROW
#undef MOTE_ROW_CAST
  return kernels;
}

Result<void> lower(Lowering& node) {
  DType from = node.input(0).dtype == DType::kBool ? DType::kUInt8 : node.input(0).dtype;
  DType to = node.output().dtype;
  auto row = std::ranges::find_if(
      cast_kernels(), [&](const CastKernel& one) { return one.from == from && one.to == to; });
  Step& step = node.emit(row->kernel, CastParams{element_count(node)}, {node.in(0), node.out()});
  if (bits_of(from) == bits_of(to)) step.in_place = {{1, 0}};
  return {};
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : cast_record().types) {
    GraphBuilder b("cast");
    TensorId input = b.input(row.inputs[0], Shape(random_int(random, 1, 3), 7));
    graphs.push_back(b.build({b.node(cast_record(), {input}, {}, row.outputs[0])}));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& cast_record() {
  static const OperatorRecord record = [] {
    OperatorRecord cast = {
        .name = "CAST",
        .max_version = 4,
        .tflite_options = "CastOptions",
        .inputs = {{"input"}},
        .outputs = {{"output"}},
        .types = {},
        .kernels = {},
        .infer = infer_same_shape,
        .check = accept_any_quantization,
        .lower = lower,
        .cases = cases,
    };
    for (const CastKernel& one : cast_kernels()) {
      cast.types.push_back({{one.from}, {one.to}});
      if (one.from == DType::kUInt8) cast.types.push_back({{DType::kBool}, {one.to}});
      cast.kernels.push_back(&one.kernel);
    }
    return cast;
  }();
  return record;
}

}  // namespace mote
