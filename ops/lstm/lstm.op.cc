// SPDX-License-Identifier: Apache-2.0
#include "ops/lstm/lstm.op.h"

#include <algorithm>
#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

#define MOTE_SEQUENCE_FIELDS                                                              \
  sequence.batches, sequence.steps, sequence.inputs, sequence.cells, sequence.time_major, \
      sequence.backwards, sequence.output_row, sequence.column
#define MOTE_GATE_FIELDS(gate) \
  MOTE_MULTIPLIER_FIELDS(gate.input), MOTE_MULTIPLIER_FIELDS(gate.recurrent)
#define MOTE_LSTM_INTEGER_FIELDS                                                                \
  MOTE_FIELDS(                                                                                  \
      LstmIntegerParams, MOTE_SEQUENCE_FIELDS, input_offset, hidden_offset,                     \
      MOTE_GATE_FIELDS(input_gate), MOTE_GATE_FIELDS(forget_gate), MOTE_GATE_FIELDS(cell_gate), \
      MOTE_GATE_FIELDS(output_gate), MOTE_MULTIPLIER_FIELDS(forget_multiplier),                 \
      MOTE_MULTIPLIER_FIELDS(update_multiplier), MOTE_MULTIPLIER_FIELDS(hidden_multiplier),     \
      MOTE_MULTIPLIER_FIELDS(cell_curve), cell_clip, hidden_zero_point)

const KernelInfo kInt8 =
    MOTE_KERNEL(lstm_int8, LstmIntegerParams, "lstm", "reference.cc", MOTE_LSTM_INTEGER_FIELDS);
const KernelInfo kInt16 =
    MOTE_KERNEL(lstm_int16, LstmIntegerParams, "lstm", "reference.cc", MOTE_LSTM_INTEGER_FIELDS);
const KernelInfo kFloat32 =
    MOTE_KERNEL(lstm_float32, LstmFloat32Params, "lstm", "reference.cc",
                MOTE_FIELDS(LstmFloat32Params, MOTE_SEQUENCE_FIELDS, cell_clip));

/// Scales of what gates sum up and of what they give.
constexpr double kSumScale = 1.0 / 4096, kGateScale = 1.0 / 32768;

struct Sizes {
  int32_t batches, steps, inputs;
};

Sizes sizes_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  bool time_major = node.flag("time_major");
  return {shape[time_major ? 1 : 0], shape[time_major ? 0 : 1], shape[2]};
}

Result<void> check_matrix(const NodeView& node, int i, int32_t rows, int32_t columns) {
  if (node.input(i).shape == Shape(rows, columns)) return {};
  return fail("{} must be [{},{}]", node.input_text(i), rows, columns);
}

Result<void> check_elements(const NodeView& node, int i, int64_t elements) {
  if (node.input(i).shape.elements() == elements) return {};
  return fail("{} must have {} elements", node.input_text(i), elements);
}

Result<void> check_gate_weights(const NodeView& node, int i, bool real) {
  if (!node.input(i).constant()) return fail("{} must be a constant", node.input_text(i));
  if (real) return {};
  MOTE_CHECK_OK(check_per_tensor(node, false, i));
  if (node.input(i).quantization.zero_point() == 0) return {};
  return fail("{} must have zero point 0", node.input_text(i));
}

/// The exponent of a scale that is a power of two: 2^-12 to 2^0 and beyond what tanh needs.
Result<int> cell_scale_power(const NodeView& node, int cell) {
  int exponent;
  double fraction =
      std::frexp(static_cast<double>(node.input(cell).quantization.scale()), &exponent);
  if (fraction == 0.5 && exponent - 1 >= -30 && exponent - 1 <= 2) return exponent - 1;
  return fail("{} must have a power of two from 2^-30 to 4 as its scale", node.input_text(cell));
}

template <typename T>
Value join(Lowering& node, int first) {
  std::vector<T> joined;
  for (int i = first; i < first + kLstmGates; ++i) {
    const Tensor& tensor = node.input(i);
    joined.insert(joined.end(), tensor.as<T>(), tensor.as<T>() + tensor.shape.elements());
  }
  return node.constant(joined);
}

/// TFLite multiplies the two scales in float, as in FULLY_CONNECTED.
QuantizedMultiplier sum_multiplier(const Tensor& values, const Tensor& weights) {
  float product = values.quantization.scale() * weights.quantization.scale();
  return quantize_multiplier(static_cast<double>(product) / kSumScale);
}

LstmGateScales gate_scales(const NodeView& node, const LstmPlaces& places, int gate) {
  return {sum_multiplier(node.input(0), node.input(places.weights + gate)),
          sum_multiplier(node.input(places.hidden), node.input(places.recurrent + gate))};
}

/// TFLite: Tanh() of lstm_eval, for a scale of 2^power.
CurveInput cell_curve(int power) {
  int shift = 12 + power;
  return shift < 0 ? CurveInput{3, -shift} : CurveInput{3 << shift, 0};
}

/// In the cell's units, cut; -1 for none.
int32_t quantized_clip(double clip, double scale) {
  return clip > 0 ? static_cast<int32_t>(std::min(clip / scale, 32767.0)) : -1;
}

LstmIntegerParams integer_params(const NodeView& node, const LstmPlaces& places,
                                 const LstmSequence& sequence) {
  const Tensor& hidden = node.input(places.hidden);
  double cell_scale = static_cast<double>(node.input(places.cell).quantization.scale());
  double clip = static_cast<double>(node.real("cell_clip"));
  return {sequence,
          -node.input(0).quantization.zero_point(),
          -hidden.quantization.zero_point(),
          gate_scales(node, places, 0),
          gate_scales(node, places, 1),
          gate_scales(node, places, 2),
          gate_scales(node, places, 3),
          quantize_multiplier(kGateScale * cell_scale / cell_scale),
          quantize_multiplier(kGateScale * kGateScale / cell_scale),
          quantize_multiplier(kGateScale * kGateScale /
                              static_cast<double>(hidden.quantization.scale())),
          cell_curve(*cell_scale_power(node, places.cell)),
          quantized_clip(clip, cell_scale),
          hidden.quantization.zero_point()};
}

}  // namespace

std::vector<TypeRow> lstm_types(size_t inputs, size_t outputs, bool integers,
                                const std::vector<LstmPlaces>& lstms) {
  auto row = [&](DType io, DType weight, DType bias, DType cell) {
    TypeRow types{std::vector<DType>(inputs, io), std::vector<DType>(outputs, io)};
    for (const LstmPlaces& places : lstms) {
      for (int i = 0; i < kLstmGates; ++i) {
        types.inputs[static_cast<size_t>(places.weights + i)] = weight;
        types.inputs[static_cast<size_t>(places.recurrent + i)] = weight;
        types.inputs[static_cast<size_t>(places.bias + i)] = bias;
      }
      types.inputs[static_cast<size_t>(places.cell)] = cell;
    }
    return types;
  };
  constexpr DType kFloat = DType::kFloat32;
  std::vector<TypeRow> rows = {row(kFloat, kFloat, kFloat, kFloat)};
  if (integers) {
    rows.push_back(row(DType::kInt8, DType::kInt8, DType::kInt32, DType::kInt16));
    rows.push_back(row(DType::kInt16, DType::kInt8, DType::kInt64, DType::kInt16));
  }
  return rows;
}

std::vector<AttributeSpec> lstm_attributes(bool time_major) {
  return {
      {.name = "fused_activation_function", .fallback = std::string("TANH"), .choices = {"TANH"}},
      {.name = "cell_clip", .fallback = 0.0},
      {.name = "proj_clip", .fallback = 0.0},
      {.name = "time_major", .fallback = time_major}};
}

int32_t lstm_cells(const NodeView& node, const LstmPlaces& places) {
  return node.input(places.weights).shape[0];
}

Result<void> check_lstm_shapes(const NodeView& node, const LstmPlaces& places) {
  MOTE_CHECK_OK(check_rank(node, 0, 3));
  MOTE_CHECK_OK(check_rank(node, places.weights, 2));
  Sizes sizes = sizes_of(node);
  int32_t cells = lstm_cells(node, places);
  for (int i = 0; i < kLstmGates; ++i) {
    MOTE_CHECK_OK(check_matrix(node, places.weights + i, cells, sizes.inputs));
    MOTE_CHECK_OK(check_matrix(node, places.recurrent + i, cells, cells));
    MOTE_CHECK_OK(check_elements(node, places.bias + i, cells));
  }
  MOTE_CHECK_OK(check_elements(node, places.hidden, int64_t{sizes.batches} * cells));
  return check_elements(node, places.cell, int64_t{sizes.batches} * cells);
}

Result<void> check_lstm(const NodeView& node, const LstmPlaces& places) {
  bool real = node.input(0).dtype == DType::kFloat32;
  for (int i = 0; i < kLstmGates; ++i) {
    MOTE_CHECK_OK(check_gate_weights(node, places.weights + i, real));
    MOTE_CHECK_OK(check_gate_weights(node, places.recurrent + i, real));
    MOTE_CHECK_OK(check_gate_weights(node, places.bias + i, true));
  }
  if (real) return {};
  for (int i : {0, places.hidden, places.cell}) MOTE_CHECK_OK(check_per_tensor(node, false, i));
  if (node.input(places.cell).quantization.zero_point() != 0) {
    return fail("{} must have zero point 0", node.input_text(places.cell));
  }
  MOTE_TRY(int power, cell_scale_power(node, places.cell));
  (void)power;
  return check_per_tensor(node, true, 0);
}

Result<void> check_lstm_absent(const NodeView& node, int first, int last, const char* variant) {
  for (int i = first; i <= last; ++i) {
    if (node.has_input(i))
      return fail("{}: LSTMs {} aren't supported", node.input_text(i), variant);
  }
  return {};
}

void emit_lstm(Lowering& node, const LstmPlaces& places, int output, int32_t first_column,
               bool backwards) {
  Sizes sizes = sizes_of(node);
  const Tensor& result = node.output(output);
  LstmSequence sequence{
      sizes.batches,           sizes.steps, sizes.inputs,         lstm_cells(node, places),
      node.flag("time_major"), backwards,   result.shape.back(0), first_column};
  Value to = node.out(output);
  Value hidden = node.in(places.hidden), cell = node.in(places.cell);
  if (node.input(0).dtype == DType::kFloat32) {
    LstmFloat32Params params{sequence, node.real("cell_clip")};
    node.emit(kFloat32, params,
              {node.in(0), join<float>(node, places.weights), join<float>(node, places.recurrent),
               join<float>(node, places.bias), hidden, cell, to});
    return;
  }
  bool wide = node.input(0).dtype == DType::kInt16;
  Value bias = wide ? join<int64_t>(node, places.bias) : join<int32_t>(node, places.bias);
  node.emit(wide ? kInt16 : kInt8, integer_params(node, places, sequence),
            {node.in(0), join<int8_t>(node, places.weights), join<int8_t>(node, places.recurrent),
             bias, node.constant(logistic_table()), hidden, cell, to});
}

std::vector<const KernelInfo*> lstm_kernels() {
  return {&kInt8, &kInt16, &kFloat32};
}

int64_t lstm_macs(const NodeView& node, const LstmPlaces& places) {
  Sizes sizes = sizes_of(node);
  int64_t cells = lstm_cells(node, places);
  return int64_t{sizes.batches} * sizes.steps * kLstmGates * cells * (sizes.inputs + cells);
}

void add_lstm_operands(std::mt19937& random, GraphBuilder& builder, const LstmCase& c,
                       const LstmPlaces& places, const std::string& name,
                       std::vector<TensorId>* inputs) {
  bool real = c.dtype == DType::kFloat32;
  const LstmSequence& s = c.sequence;
  auto place = [&](int i) -> TensorId& { return (*inputs)[static_cast<size_t>(i)]; };
  auto weights = [&](Shape shape) {
    Quantization q = real ? Quantization() : quantization(random_float(random, 0.002f, 0.01f), 0);
    return builder.random_weights(random, real ? c.dtype : DType::kInt8, shape, q);
  };
  DType bias = real ? c.dtype : c.dtype == DType::kInt16 ? DType::kInt64 : DType::kInt32;
  for (int i = 0; i < kLstmGates; ++i) {
    place(places.weights + i) = weights(Shape(s.cells, s.inputs));
    place(places.recurrent + i) = weights(Shape(s.cells, s.cells));
    place(places.bias + i) = builder.random_constant(random, bias, Shape(s.cells));
  }
  Quantization cell_q = real ? Quantization() : quantization(1.0f / 2048, 0);
  Shape state(s.batches, s.cells);
  place(places.hidden) = builder.variable(c.dtype, state, name + "hidden", c.hidden_q);
  place(places.cell) =
      builder.variable(real ? c.dtype : DType::kInt16, state, name + "cell", cell_q);
}

}  // namespace mote
