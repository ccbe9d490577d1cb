// SPDX-License-Identifier: Apache-2.0
// The records of comparisons, one for each relation.
#include "ops/comparison/comparison.h"

#include "base/host/quantize_multiplier.h"
#include "ops/book.h"
#include "ops/elementwise_binary/elementwise_binary.op.h"
#include "ops/kernel_choice.op.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 = MOTE_KERNEL(
    compare_int8, CompareInt8Params, "comparison", "reference.cc",
    MOTE_FIELDS(CompareInt8Params, MOTE_LOOPS_2_FIELDS(loops), relation, offsets[0], offsets[1],
                MOTE_MULTIPLIER_FIELDS(multipliers[0]), MOTE_MULTIPLIER_FIELDS(multipliers[1])));

#define MOTE_COMPARE(name)                                                 \
  MOTE_KERNEL(compare_##name, CompareParams, "comparison", "reference.cc", \
              MOTE_FIELDS(CompareParams, MOTE_LOOPS_2_FIELDS(loops), relation))

const KernelInfo kBytes = MOTE_COMPARE(uint8);
const KernelInfo kInt16 = MOTE_COMPARE(int16);
const KernelInfo kInt32 = MOTE_COMPARE(int32);
const KernelInfo kInt64 = MOTE_COMPARE(int64);
const KernelInfo kFloat32 = MOTE_COMPARE(float32);

const Kernels kPlain = {&kBytes, &kInt16, &kInt32, &kInt64, &kFloat32};

template <Relation kRelation>
Result<void> lower(Lowering& node) {
  if (node.input(0).dtype != DType::kInt8) {
    emit_broadcast(node, kernel_for(kPlain, node.input(0).dtype),
                   CompareParams{broadcast_loops(node), kRelation});
    return {};
  }
  CompareInt8Params params{broadcast_loops(node), kRelation, {}, {}};
  for (int i = 0; i < 2; ++i) {
    const Quantization& q = node.input(i).quantization;
    params.offsets[i] = -q.zero_point();
    params.multipliers[i] = quantize_multiplier(static_cast<double>(q.scale()));
  }
  emit_broadcast(node, kInt8, params);
  return {};
}

/// int16 values are compared as they are, so their scales must agree.
Result<void> check(const NodeView& node) {
  const Quantization &a = node.input(0).quantization, &b = node.input(1).quantization;
  if (node.input(0).dtype == DType::kInt8) {
    MOTE_CHECK_OK(check_activations(node));
    for (int i = 0; i < 2; ++i) {
      if (node.input(i).quantization.scale() < 1) continue;
      return fail("{} must have a scale below 1", node.input_text(i));
    }
  }
  if (node.input(0).dtype == DType::kInt16 &&
      (a.scale() != b.scale() || a.zero_point() != b.zero_point())) {
    return fail("{} and {} must have the same scale and zero point", node.input_text(0),
                node.input_text(1));
  }
  return {};
}

Quantization operands(std::mt19937& random, const TypeRow& row, int i) {
  if (i == 2) return {};
  return row.inputs[0] == DType::kInt8 ? random_quantization(random) : Quantization();
}

/// Small numbers, so that some are equal.
Bytes draw_few(std::mt19937& random, DType dtype, uint64_t elements) {
  Bytes bytes = random_bytes(random, dtype, elements);
  if (dtype == DType::kFloat32) return bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] &= i % (bits_of(dtype) / 8) == 0 ? 1 : 0;
  return bytes;
}

template <const OperatorRecord& (*kRecord)()>
std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs = binary_cases(random, kRecord(), operands, false);
  for (Graph& graph : binary_cases(random, kRecord(), operands, false, draw_few)) {
    graphs.push_back(std::move(graph));
  }
  return graphs;
}

template <Relation kRelation, const OperatorRecord& (*kRecord)()>
OperatorRecord make_record(std::string_view name, int max_version, std::string_view options) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = options,
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"output"}},
      .types = {},
      .kernels = {&kInt8, &kBytes, &kInt16, &kInt32, &kInt64, &kFloat32},
      .infer = infer_broadcast,
      .check = check,
      .lower = lower<kRelation>,
      .cases = cases<kRecord>,
  };
  for (DType dtype : {DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64, DType::kFloat32}) {
    record.types.push_back({{dtype, dtype}, {DType::kBool}});
  }
  if (kRelation == kEqual || kRelation == kNotEqual) {
    record.types.push_back({{DType::kBool, DType::kBool}, {DType::kBool}});
  }
  return record;
}

}  // namespace

#define MOTE_COMPARISON(name, NAME, relation, version, options)       \
  const OperatorRecord& name##_record() {                             \
    static const OperatorRecord record =                              \
        make_record<relation, name##_record>(NAME, version, options); \
    return record;                                                    \
  }
MOTE_COMPARISON(equal, "EQUAL", kEqual, 4, "EqualOptions")
MOTE_COMPARISON(not_equal, "NOT_EQUAL", kNotEqual, 3, "NotEqualOptions")
MOTE_COMPARISON(less, "LESS", kLess, 3, "LessOptions")
MOTE_COMPARISON(less_equal, "LESS_EQUAL", kLessEqual, 2, "LessEqualOptions")
MOTE_COMPARISON(greater, "GREATER", kGreater, 2, "GreaterOptions")
MOTE_COMPARISON(greater_equal, "GREATER_EQUAL", kGreaterEqual, 3, "GreaterEqualOptions")

}  // namespace mote
