// SPDX-License-Identifier: Apache-2.0
// Functions of each element, and of two or more tensors element by element. What mote has no
// operator for is composed of those it has.
#include <cmath>
#include <limits>

#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// ---- one operand

Result<void> import_unary(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append(op.record(), {x}, {}, op.result(x)));
  return op.finish(y);
}

/// 1 / (1 + e^-x), whose int8 results have a prescribed scale.
Result<void> import_sigmoid(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append("LOGISTIC", {x}, {}, op.fixed(x, 1.0f / 256, -128)));
  return op.finish(y);
}

Result<void> import_tanh(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append("TANH", {x}, {}, op.fixed(x, 1.0f / 128, 0)));
  return op.finish(y);
}

Result<void> import_leaky_relu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  Attributes attributes = {{"alpha", static_cast<double>(op.real("alpha", 0.01f))}};
  MOTE_TRY(TensorId y, op.out.append("LEAKY_RELU", {x}, attributes, op.result(x)));
  return op.finish(y);
}

Result<void> import_gelu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  Attributes attributes = {{"approximate", op.text("approximate", "none") == "tanh"}};
  MOTE_TRY(TensorId y, op.out.append("GELU", {x}, attributes, op.result(x)));
  return op.finish(y);
}

Result<TensorId> times(Op& op, TensorId x, float factor) {
  if (factor == 1) return x;
  return op.out.append("MUL", {x, op.out.real(factor)});
}

/// gamma · (max(x, 0) + alpha · (e^(min(x, 0) / tau) - 1)), of which ELU, SELU and CELU are cases.
Result<TensorId> scaled_elu(Op& op, TensorId x, float alpha, float gamma, float tau) {
  if (alpha == 1 && gamma == 1 && tau == 1) return op.out.append("ELU", {x}, {}, op.result(x));
  if (op.quantized()) return fail("has no int8 form with these factors");
  MOTE_TRY(TensorId above, op.out.append("RELU", {x}));
  MOTE_TRY(TensorId below, op.out.append("MINIMUM", {x, op.out.real(0)}));
  MOTE_TRY(below, times(op, below, 1 / tau));
  MOTE_TRY(below, op.out.append("ELU", {below}));
  MOTE_TRY(below, times(op, below, alpha));
  MOTE_TRY(TensorId sum, op.out.append("ADD", {above, below}));
  return times(op, sum, gamma);
}

Result<void> import_elu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, scaled_elu(op, x, op.real("alpha", 1), 1, 1));
  return op.finish(y);
}

Result<void> import_celu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  float alpha = op.real("alpha", 1);
  MOTE_TRY(TensorId y, scaled_elu(op, x, alpha, 1, alpha));
  return op.finish(y);
}

Result<void> import_selu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  float alpha = op.real("alpha", 1.67326319217681884765625f);
  MOTE_TRY(TensorId y, scaled_elu(op, x, alpha, op.real("gamma", 1.05070102214813232421875f), 1));
  return op.finish(y);
}

/// min(max(alpha · x + beta, 0), 1)
Result<void> import_hard_sigmoid(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, times(op, x, op.real("alpha", 0.2f)));
  MOTE_TRY(y, op.out.append("ADD", {y, op.out.real(op.real("beta", 0.5f))}));
  MOTE_TRY(y, op.out.append("RELU_0_TO_1", {y}));
  return op.finish(y);
}

/// max(x, 0) + log(1 + e^-|x|), which doesn't overflow
Result<void> import_softplus(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append("ABS", {x}));
  MOTE_TRY(y, op.out.append("NEG", {y}));
  MOTE_TRY(y, op.out.append("EXP", {y}));
  MOTE_TRY(y, op.out.append("ADD", {y, op.out.real(1)}));
  MOTE_TRY(y, op.out.append("LOG", {y}));
  MOTE_TRY(TensorId above, op.out.append("RELU", {x}));
  MOTE_TRY(y, op.out.append("ADD", {above, y}));
  return op.finish(y);
}

/// x / (1 + |x|)
Result<void> import_softsign(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append("ABS", {x}));
  MOTE_TRY(y, op.out.append("ADD", {y, op.out.real(1)}));
  MOTE_TRY(y, op.out.append("DIV", {x, y}));
  return op.finish(y);
}

Result<void> import_reciprocal(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.append("DIV", {op.out.real(1), x}));
  return op.finish(y);
}

/// x where x > alpha, else 0
Result<void> import_thresholded_relu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  TensorId alpha = op.out.real(op.real("alpha", 1));
  MOTE_TRY(TensorId above, op.out.append("GREATER", {x, alpha}, {}, Kind{DType::kBool, {}}));
  MOTE_TRY(TensorId y, op.out.append("SELECT_V2", {above, x, op.out.real(0)}, {}, op.out.kind(x)));
  return op.finish(y);
}

/// The operator that clips to these bounds, if there is one.
std::string_view clipping_record(float low, float high) {
  if (low == 0 && high == kInfinity) return "RELU";
  if (low == 0 && high == 6) return "RELU6";
  if (low == -1 && high == 1) return "RELU_N1_TO_1";
  if (low == 0 && high == 1) return "RELU_0_TO_1";
  return {};
}

/// A bound of Clip: an attribute before opset 11, else an operand that may be computed.
Result<std::optional<float>> bound(Op& op, const char* name, int i, float none) {
  if (op.opset() < 11) return std::optional<float>(op.real(name, none));
  if (!op.has(i)) return std::optional<float>(none);
  Result<std::vector<float>> values = op.reals(i);
  if (!values.ok() || values->size() != 1) return std::optional<float>();
  return std::optional<float>((*values)[0]);
}

Result<void> import_clip(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::optional<float> low, bound(op, "min", 1, -kInfinity));
  MOTE_TRY(std::optional<float> high, bound(op, "max", 2, kInfinity));
  DType dtype = op.out.tensor(x).dtype;
  bool real = dtype == DType::kFloat32 || op.quantized();
  std::string_view record = low && high && real ? clipping_record(*low, *high) : "";
  if (!record.empty()) {
    MOTE_TRY(TensorId y, op.out.append(record, {x}, {}, op.result(x)));
    return op.finish(y);
  }
  if (op.quantized()) return fail("has no int8 form with these bounds");
  struct Side {
    int input;
    std::optional<float> value;
    std::string_view record;
  };
  for (const Side& side : {Side{1, low, "MAXIMUM"}, Side{2, high, "MINIMUM"}}) {
    if (side.value && std::isinf(*side.value)) continue;
    TensorId limit = op.out.real(side.value.value_or(0));
    if (op.opset() >= 11) {
      MOTE_TRY(limit, op.input(side.input));
    }
    MOTE_TRY(x, op.out.append(side.record, {x, limit}));
  }
  return op.finish(x);
}

// ---- several operands

Result<void> import_binary(Op& op) {
  // Before opset 7; with `axis` beside it, which isn't ignored, it means something else.
  op.ignore({"broadcast"});
  MOTE_TRY(TensorId a, op.input(0));
  MOTE_TRY(TensorId b, op.input(1));
  MOTE_TRY(TensorId y, op.out.append(op.record(), {a, b}, {}, op.result(a)));
  return op.finish(y);
}

Result<void> import_comparison(Op& op) {
  MOTE_TRY(TensorId a, op.input(0));
  MOTE_TRY(TensorId b, op.input(1));
  MOTE_TRY(TensorId y, op.out.append(op.record(), {a, b}, {}, Kind{DType::kBool, {}}));
  return op.finish(y);
}

/// Max, Min, Sum and Mean of any number of tensors, two at a time.
Result<void> import_variadic(Op& op) {
  MOTE_TRY(TensorId y, op.input(0));
  for (int i = 1; i < op.inputs(); ++i) {
    MOTE_TRY(TensorId next, op.input(i));
    MOTE_TRY(y, op.out.append(op.record(), {y, next}, {}, op.result(y)));
  }
  return op.finish(y);
}

Result<void> import_mean(Op& op) {
  MOTE_TRY(TensorId y, op.input(0));
  for (int i = 1; i < op.inputs(); ++i) {
    MOTE_TRY(TensorId next, op.input(i));
    MOTE_TRY(y, op.out.append("ADD", {y, next}));
  }
  MOTE_TRY(y, times(op, y, 1.0f / static_cast<float>(op.inputs())));
  return op.finish(y);
}

/// The remainder with the divisor's sign; C's fmod, with the dividend's, has no operator.
Result<void> import_mod(Op& op) {
  if (op.integer("fmod", 0) != 0) return fail("fmod=1 isn't supported");
  return import_binary(op);
}

Result<void> import_bit_shift(Op& op) {
  if (op.text("direction", "") != "RIGHT") return fail("only direction RIGHT is supported");
  return import_binary(op);
}

/// Powers that are cheaper as something else, and exponents of another type than the base.
Result<void> import_pow(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId e, op.input(1));
  Result<std::vector<float>> exponent = op.reals(1);
  bool real = op.out.tensor(x).dtype == DType::kFloat32;
  bool single = exponent.ok() && exponent->size() == 1 && op.shape(e).rank <= op.shape(x).rank;
  if (real && single && ((*exponent)[0] == 2 || (*exponent)[0] == 0.5f)) {
    MOTE_TRY(TensorId y, op.out.append((*exponent)[0] == 2 ? "SQUARE" : "SQRT", {x}));
    return op.finish(y);
  }
  Kind kind = op.out.kind(x);
  if (op.out.tensor(e).dtype != kind.dtype) {
    if (real && exponent.ok()) {
      e = op.out.constant<float>(op.shape(e), *exponent);
    } else {
      MOTE_TRY(e, op.out.append("CAST", {e}, {}, Kind{kind.dtype, {}}));
    }
  }
  MOTE_TRY(TensorId y, op.out.append("POW", {x, e}, {}, kind));
  return op.finish(y);
}

/// The slope is broadcast to x, never the other way round.
Result<void> import_prelu(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId slope, op.input(1));
  if (op.opset() < 7 && op.shape(slope).rank == 1) {  // one for each channel
    Shape shape(op.shape(slope)[0]);
    while (shape.rank < op.shape(x).rank - 1) shape.push_back(1);
    MOTE_TRY(slope, op.out.reshape(slope, shape));
  }
  MOTE_TRY(TensorId y, op.out.append("PRELU", {x, slope}, {}, op.result(x)));
  return op.finish(y);
}

Result<void> import_where(Op& op) {
  MOTE_TRY(TensorId condition, op.input(0));
  MOTE_TRY(TensorId a, op.input(1));
  MOTE_TRY(TensorId b, op.input(2));
  MOTE_TRY(TensorId y, op.out.append("SELECT_V2", {condition, a, b}, {}, op.out.kind(a)));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"Abs", import_unary, "ABS", true},
    {"Add", import_binary, "ADD", true},
    {"And", import_comparison, "LOGICAL_AND"},
    {"BitShift", import_bit_shift, "RIGHT_SHIFT"},
    {"Ceil", import_unary, "CEIL"},
    {"Celu", import_celu},
    {"Clip", import_clip, {}, true},
    {"Cos", import_unary, "COS"},
    {"Div", import_binary, "DIV", true},
    {"Elu", import_elu, "ELU", true},
    {"Equal", import_comparison, "EQUAL"},
    {"Exp", import_unary, "EXP", true},
    {"Floor", import_unary, "FLOOR"},
    {"Gelu", import_gelu, "GELU", true},
    {"Greater", import_comparison, "GREATER"},
    {"GreaterOrEqual", import_comparison, "GREATER_EQUAL"},
    {"HardSigmoid", import_hard_sigmoid},
    {"HardSwish", import_unary, "HARD_SWISH", true},
    {"LeakyRelu", import_leaky_relu, "LEAKY_RELU", true},
    {"Less", import_comparison, "LESS"},
    {"LessOrEqual", import_comparison, "LESS_EQUAL"},
    {"Log", import_unary, "LOG", true},
    {"Max", import_variadic, "MAXIMUM"},
    {"Mean", import_mean},
    {"Min", import_variadic, "MINIMUM"},
    {"Mod", import_mod, "FLOOR_MOD"},
    {"Mul", import_binary, "MUL", true},
    {"Neg", import_unary, "NEG"},
    {"Not", import_unary, "LOGICAL_NOT"},
    {"Or", import_comparison, "LOGICAL_OR"},
    {"PRelu", import_prelu, "PRELU"},
    {"Pow", import_pow},
    {"Reciprocal", import_reciprocal},
    {"Relu", import_unary, "RELU", true},
    {"Round", import_unary, "ROUND"},
    {"Selu", import_selu},
    {"Sigmoid", import_sigmoid, "LOGISTIC", true},
    {"Sign", import_unary, "SIGN"},
    {"Sin", import_unary, "SIN"},
    {"Softplus", import_softplus},
    {"Softsign", import_softsign},
    {"Sqrt", import_unary, "SQRT"},
    {"Sub", import_binary, "SUB", true},
    {"Sum", import_variadic, "ADD"},
    {"Tanh", import_tanh, "TANH", true},
    {"ThresholdedRelu", import_thresholded_relu},
    {"Where", import_where, "SELECT_V2"},
    {"Xor", import_comparison, "NOT_EQUAL"},
};

}  // namespace

std::span<const Row> elementwise_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
