// SPDX-License-Identifier: Apache-2.0
// Functions of an element, or of two.
#include "train/torch/rules.h"

namespace mote::train {
namespace {

using torch::Tensor;
using Outputs = std::vector<Tensor>;

template <Tensor (*kFunction)(const Tensor&)>
Outputs unary(const Call& call) {
  return {kFunction(call.inputs[0])};
}

template <Tensor (*kFunction)(const Tensor&, const Tensor&)>
Outputs binary(const Call& call) {
  return {kFunction(call.inputs[0], call.inputs[1])};
}

template <Tensor (*kFunction)(const Tensor&, const Tensor&)>
Outputs activated(const Call& call) {
  return {activate(kFunction(call.inputs[0], call.inputs[1]),
                   call.node.choice("fused_activation_function"))};
}

Tensor add(const Tensor& a, const Tensor& b) {
  return a + b;
}
Tensor sub(const Tensor& a, const Tensor& b) {
  return a - b;
}
Tensor mul(const Tensor& a, const Tensor& b) {
  return a * b;
}
Tensor div(const Tensor& a, const Tensor& b) {
  return a / b;
}
Tensor squared_difference(const Tensor& a, const Tensor& b) {
  return (a - b) * (a - b);
}
Tensor clamp_6(const Tensor& x) {
  return torch::clamp(x, 0, 6);
}
Tensor relu_n1_to_1(const Tensor& x) {
  return torch::clamp(x, -1, 1);
}
Tensor relu_0_to_1(const Tensor& x) {
  return torch::clamp(x, 0, 1);
}
Tensor hard_swish(const Tensor& x) {
  return x * clamp_6(x + 3) / 6;
}
Tensor elu(const Tensor& x) {
  return torch::elu(x);
}

Outputs leaky_relu(const Call& call) {
  return {torch::leaky_relu(call.inputs[0], call.node.real("alpha"))};
}

Outputs gelu(const Call& call) {
  return {torch::gelu(call.inputs[0], call.node.flag("approximate") ? "tanh" : "none")};
}

Outputs prelu(const Call& call) {
  const Tensor& x = call.inputs[0];
  return {torch::relu(x) - call.inputs[1] * torch::relu(-x)};
}

Outputs softmax(const Call& call) {
  return {torch::softmax(call.inputs[0] * call.node.real("beta"), -1)};
}

Outputs log_softmax(const Call& call) {
  return {torch::log_softmax(call.inputs[0], -1)};
}

Outputs l2_normalization(const Call& call) {
  const Tensor& x = call.inputs[0];
  return {x / torch::sqrt((x * x).sum(-1, true).clamp_min(1e-6))};
}

constexpr Rule kRules[] = {
    {"ADD", activated<add>},
    {"SUB", activated<sub>},
    {"MUL", activated<mul>},
    {"DIV", activated<div>},
    {"MAXIMUM", binary<torch::maximum>},
    {"MINIMUM", binary<torch::minimum>},
    {"SQUARED_DIFFERENCE", binary<squared_difference>},
    {"ABS", unary<torch::abs>},
    {"EXP", unary<torch::exp>},
    {"LOG", unary<torch::log>},
    {"NEG", unary<torch::neg>},
    {"RSQRT", unary<torch::rsqrt>},
    {"SQRT", unary<torch::sqrt>},
    {"SQUARE", unary<torch::square>},
    {"RELU", unary<torch::relu>},
    {"RELU6", unary<clamp_6>},
    {"RELU_N1_TO_1", unary<relu_n1_to_1>},
    {"RELU_0_TO_1", unary<relu_0_to_1>},
    {"HARD_SWISH", unary<hard_swish>},
    {"ELU", unary<elu>},
    {"LOGISTIC", unary<torch::sigmoid>},
    {"TANH", unary<torch::tanh>},
    {"LEAKY_RELU", leaky_relu},
    {"GELU", gelu},
    {"PRELU", prelu},
    {"SOFTMAX", softmax},
    {"LOG_SOFTMAX", log_softmax},
    {"L2_NORMALIZATION", l2_normalization},
};

}  // namespace

std::span<const Rule> pointwise_rules() {
  return kRules;
}

torch::Tensor activate(const torch::Tensor& x, const std::string& activation) {
  if (activation == "RELU") return torch::relu(x);
  if (activation == "RELU6") return clamp_6(x);
  if (activation == "RELU_N1_TO_1") return relu_n1_to_1(x);
  if (activation == "RELU_0_TO_1") return relu_0_to_1(x);
  return x;
}

}  // namespace mote::train
