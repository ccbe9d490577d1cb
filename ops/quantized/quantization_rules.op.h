// SPDX-License-Identifier: Apache-2.0
// The host's side of the TFLite quantisation specification: ranges of fused activations, channel
// multipliers, and the rules that records check.
#ifndef MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_
#define MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_

#include <optional>
#include <utility>

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
/// That range alone, for the output's own type of 8 or 16 bits.
std::pair<int32_t, int32_t> activation_bounds(const Tensor& output, const std::string& activation);
/// The same for int16.
Int16Output int16_output(const Tensor& output, const std::string& activation);

/// The multiplier of each output channel: input_scale · filter_scale[c] / output_scale as TFLite
/// computes it: in double, but for uint8 filters the product in float. REQUIRES: check_weights()
/// passed.
std::vector<QuantizedMultiplier> channel_multipliers(const Tensor& input, const Tensor& filter,
                                                     const Tensor& output, int channels);

/// A filter's elements less their zero point, if int8 can hold them all.
std::optional<std::vector<int8_t>> symmetric_weights(const Tensor& filter);

/// Each channel's bias and multiplier; `bias` may be null. The second form is for sums of 64 bits.
std::vector<ChannelRequantization> with_bias(const std::vector<QuantizedMultiplier>& multipliers,
                                             const Tensor* bias);
std::vector<WideChannelRequantization> with_wide_bias(
    const std::vector<QuantizedMultiplier>& multipliers, const Tensor* bias);

/// Where the operands of a layer with weights stand among the node's inputs.
struct LayerInputs {
  int input = 0, filter = 1, bias = 2;
};

/// The rule for int8 weights: constant, symmetric (zero point 0), one scale or one per channel
/// along `axis`; the bias constant with one element per channel; input and output per-tensor
/// quantised, int16 ones symmetrically. uint8 weights have one scale and any zero point. For float
/// nodes only the bias rule applies.
Result<void> check_weights(const NodeView& node, int axis, int channels, LayerInputs at = {});

/// The bias rule alone: if there is a bias, it has one element per channel.
Result<void> check_bias(const NodeView& node, int channels, LayerInputs at = {});

/// The attribute quantized_bias_type, which says how wide the sums of int16 activations are where
/// there is no bias to say it.
AttributeSpec bias_type_attribute();
/// Its value for a bias of this type.
std::string bias_type_choice(DType dtype);
/// Whether int16 activations are summed up in 64 bits.
bool has_wide_sums(const NodeView& node, int bias);

/// The rule for functions whose range fixes the output's quantisation.
Result<void> check_output_quantization(const NodeView& node, float scale, int32_t zero_point);

/// The rule for arithmetic on quantised activations: every int8, uint8 and int16 operand has one
/// scale, and int16 is symmetric (zero point 0).
Result<void> check_activations(const NodeView& node);

/// Whether tensor i has exactly one scale, as integer activations must.
Result<void> check_per_tensor(const NodeView& node, bool output, int i);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_QUANTIZATION_RULES_OP_H_
