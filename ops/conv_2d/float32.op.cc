// SPDX-License-Identifier: Apache-2.0
// CONV_2D's kernels for floats, and which of them a node gets.
#include <algorithm>
#include <cmath>

#include "ops/conv_2d/conv_2d.op.h"
#include "ops/conv_2d/float_tiles.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const KernelInfo kFloat32 = MOTE_KERNEL(
    conv_2d_float32, Conv2dFloat32Params, "conv_2d", "reference.cc",
    MOTE_FIELDS(Conv2dFloat32Params, MOTE_WINDOW_FIELDS(window), filter_c, output_min, output_max));
const KernelInfo kFloat32Fpu = MOTE_KERNEL(
    conv_2d_float32_fpu, Conv2dFloat32Params, "conv_2d", "fpu.cc",
    MOTE_FIELDS(Conv2dFloat32Params, MOTE_WINDOW_FIELDS(window), filter_c, output_min, output_max));

const KernelInfo kFloat32Fused = MOTE_KERNEL(
    conv_2d_float32_fused, Conv2dFloat32Params, "conv_2d", "fpu.cc",
    MOTE_FIELDS(Conv2dFloat32Params, MOTE_WINDOW_FIELDS(window), filter_c, output_min, output_max));

/// Channels four by four, of each four the depths one by one and then the biases, filled up with
/// zeros. bias may be null.
std::vector<float> pack_floats(const float* weights, const float* bias, int channels, int depth) {
  std::vector<float> packed;
  for (int first = 0; first < channels; first += kTileChannels) {
    for (int d = 0; d <= depth; ++d) {
      for (int c = first; c < first + kTileChannels; ++c) {
        float value = c >= channels ? 0 : d < depth ? weights[c * depth + d] : bias ? bias[c] : 0;
        packed.push_back(value);
      }
    }
  }
  return packed;
}

/// Whether weights and biases can be packed, and get at most a third larger. Weights times zero,
/// where padding is, must be zero.
bool fits_tiles(const NodeView& node, const Conv2dFloat32Params& params) {
  const Window& w = params.window;
  const Tensor& filter = node.input(1);
  bool constant = filter.constant() && (!node.has_input(2) || node.input(2).constant());
  if (!constant || params.filter_c != w.input_c || !fits_four_windows(w)) return false;
  const float* weights = filter.as<float>();
  bool finite = std::all_of(weights, weights + filter.shape.elements(),
                            [](float weight) { return std::isfinite(weight); });
  return finite && (w.output_c + 3) / 4 * 4 * 3 <= w.output_c * 4;
}

}  // namespace

void lower_conv_2d_float32(Lowering& node, const Conv2dFloat32Params& params) {
  const Window& w = params.window;
  if (!node.target().fpu || !fits_tiles(node, params)) {
    node.emit(kFloat32, params, {node.in(0), node.in(1), node.in(2), node.out()});
    return;
  }
  int depth = w.filter_h * w.filter_w * w.input_c;
  const float* bias = node.has_input(2) ? node.input(2).as<float>() : nullptr;
  Value weights = node.constant(pack_floats(node.input(1).as<float>(), bias, w.output_c, depth));
  Value columns = has_single_taps(w)
                      ? node.nothing()
                      : node.scratch(static_cast<uint32_t>(kTileWindows * depth) * 4);
  node.emit(node.target().fused ? kFloat32Fused : kFloat32Fpu, params,
            {node.in(0), weights, columns, node.out()});
}

std::vector<const KernelInfo*> conv_2d_float32_kernels() {
  return {&kFloat32, &kFloat32Fpu, &kFloat32Fused};
}

}  // namespace mote
