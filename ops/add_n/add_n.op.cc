// SPDX-License-Identifier: Apache-2.0
// ADD_N's record.
#include "ops/add_n/add_n.h"

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/kernel_choice.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 =
    MOTE_KERNEL(add_n_int8, AddNInt8Params, "add_n", "reference.cc",
                MOTE_FIELDS(AddNInt8Params, elements, continues, start,
                            MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt32 = MOTE_KERNEL(add_n_int32, AddNParams, "add_n", "reference.cc",
                                      MOTE_FIELDS(AddNParams, elements));
const KernelInfo kFloat32 = MOTE_KERNEL(add_n_float32, AddNParams, "add_n", "reference.cc",
                                        MOTE_FIELDS(AddNParams, elements));

const Kernels kPlain = {&kInt32, &kFloat32};

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (node.input_count() < 2) return fail("needs at least two inputs");
  for (int i = 1; i < node.input_count(); ++i) {
    if (node.input(i).shape == shape) continue;
    return fail("{} must have the shape of {}", node.input_text(i), node.input_text(0));
  }
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  for (int i = 1; i < node.input_count(); ++i) {
    if (node.input(i).quantization == node.input(0).quantization) continue;
    return fail("{} must have the quantisation of {}", node.input_text(i), node.input_text(0));
  }
  return {};
}

/// Inputs [first, first + kMostAddends), as far as there are any.
std::vector<Value> addends(const Lowering& node, int first, int count) {
  std::vector<Value> values;
  for (int i = first; i < first + count; ++i) {
    values.push_back(i < node.input_count() ? node.in(i) : Lowering::nothing());
  }
  return values;
}

/// Every call but the first adds to what the output holds already.
void lower_plain(Lowering& node, const KernelInfo& kernel) {
  AddNParams params{element_count(node)};
  int count = std::min(node.input_count(), kMostAddends);
  std::vector<Value> operands = addends(node, 0, kMostAddends);
  operands.push_back(node.out());
  Step& step = node.emit(kernel, params, operands);
  for (int i = 0; i < count; ++i) step.in_place.push_back({kMostAddends, i});
  for (int first = count; first < node.input_count(); first += kMostAddends - 1) {
    operands = addends(node, first, kMostAddends - 1);
    operands.insert(operands.begin(), node.out());
    operands.push_back(node.out());
    node.emit(kernel, params, operands);
  }
}

/// The sum starts at quantised 0, as TFLM's does, and not at the zero point: equal bits are worth
/// more here than a better sum. 20 bits up at half the scale is 19 bits up.
AddNInt8Params int8_params(const NodeView& node) {
  const Quantization& from = node.input(0).quantization;
  double twice = 2 * static_cast<double>(from.scale());
  double output_scale = static_cast<double>(node.output().quantization.scale());
  int32_t terms = node.input_count() + 1;
  return {element_count(node), 0, -terms * from.zero_point(),
          quantize_multiplier(twice / ((1 << 20) * output_scale)),
          int8_output(node.output(), "NONE")};
}

void lower_int8(Lowering& node) {
  AddNInt8Params params = int8_params(node);
  bool one_call = node.input_count() <= kMostAddends;
  Value sums = one_call ? Lowering::nothing()
                        : node.scratch(static_cast<uint32_t>(params.elements) * sizeof(int32_t));
  for (int first = 0; first < node.input_count(); first += kMostAddends) {
    bool last = first + kMostAddends >= node.input_count();
    params.continues = first > 0;
    std::vector<Value> operands = addends(node, first, kMostAddends);
    operands.push_back(sums);
    operands.push_back(last ? node.out() : Lowering::nothing());
    Step& step = node.emit(kInt8, params, operands);
    for (int i = first; last && i < node.input_count(); ++i) {
      step.in_place.push_back({kMostAddends + 1, i - first});
    }
  }
}

Result<void> lower(Lowering& node) {
  if (node.output().dtype == DType::kInt8) {
    lower_int8(node);
  } else {
    lower_plain(node, kernel_for(kPlain, node.output().dtype));
  }
  return {};
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : add_n_record().types) {
    for (int count : {2, 3, 8, 9, 20}) {
      GraphBuilder b("add_n");
      DType dtype = row.inputs[0];
      Quantization from = random_quantization(random, dtype), to = from;
      if (from.quantized()) from.zero_points[0] = 0, to.scales[0] *= 4;
      std::vector<TensorId> inputs;
      for (int i = 0; i < count; ++i) inputs.push_back(b.input(dtype, Shape(2, 7), from));
      graphs.push_back(b.build({b.node(add_n_record(), inputs, {}, dtype, to)}));
    }
  }
  return graphs;
}

}  // namespace

const OperatorRecord& add_n_record() {
  static const OperatorRecord record = {
      .name = "ADD_N",
      .tflite_options = "AddNOptions",
      .inputs = {{"input", OperandSpec::kVariadic}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8}, {DType::kInt8}},
                {{DType::kInt32}, {DType::kInt32}},
                {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kInt32, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
