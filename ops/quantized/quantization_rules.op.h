// SPDX-License-Identifier: Apache-2.0
// The host's side of the TFLite quantisation specification: ranges of fused activations, channel
// multipliers, and the rules that records check.
#ifndef MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_
#define MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_

#include "ir/lowering.h"
#include "ops/quantized/quantized.h"

namespace mote {

#define MOTE_INT8_OUTPUT_FIELDS(o) o.offset, o.min, o.max
#define MOTE_INT16_OUTPUT_FIELDS(o) o.offset, o.min, o.max
#define MOTE_MULTIPLIER_FIELDS(m) m.multiplier, m.shift

/// The attribute fused_activation_function.
AttributeSpec activation_attribute();

/// The real range [low, high] of an activation ("RELU6": 0 to 6); ±infinity where unbounded.
struct RealRange {
  float low, high;
};
RealRange activation_range(const std::string& activation);

/// The int8 range of an activation in the output's quantisation: bounds round(real / scale) + zero
/// point, clipped to int8. (TFLite: CalculateActivationRangeQuantized.)
Int8Output int8_output(const Tensor& output, const std::string& activation);
/// The same for int16.
Int16Output int16_output(const Tensor& output, const std::string& activation);

/// Bias and multiplier of each output channel: input_scale · filter_scale[c] / output_scale in
/// double, as TFLite computes it. `bias` may be null. REQUIRES: check_weights() passed.
std::vector<ChannelRequantization> channel_requantization(const Tensor& input, const Tensor& filter,
                                                          const Tensor* bias, const Tensor& output,
                                                          int channels);

/// The rule for int8 weights: constant, symmetric (zero point 0), one scale or one per channel
/// along `axis`; the bias constant with one element per channel; input and output per-tensor
/// quantised. For float nodes only the bias rule applies. Inputs are 0 input, 1 filter, 2 bias.
Result<void> check_weights(const NodeView& node, int axis, int channels);

/// The bias rule alone: if there is an input 2, it has one element per channel.
Result<void> check_bias(const NodeView& node, int channels);

/// The rule for functions whose range fixes the output's quantisation.
Result<void> check_output_quantization(const NodeView& node, float scale, int32_t zero_point);

/// The rule for arithmetic on quantised activations: every int8, uint8 and int16 operand has one
/// scale, and int16 is symmetric (zero point 0).
Result<void> check_activations(const NodeView& node);

/// Whether tensor i has exactly one scale, as integer activations must.
Result<void> check_per_tensor(const NodeView& node, bool output, int i);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_
