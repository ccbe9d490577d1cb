// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample. ONNX has a dozen ways to say which pixel a pixel comes from, mote's
// operators three. Since sizes are known, both are computed for every row and column: where they
// agree it is that operator, and where none agrees the model is refused.
#include <cmath>

#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

struct Axis {
  int64_t input, output;
  double scale;  // output / input as the model says it
};

struct Way {
  const char* name;
  bool align_corners, half_pixel_centers;
};
constexpr Way kWays[] = {
    {"asymmetric", false, false}, {"half_pixel", false, true}, {"align_corners", true, false}};

/// Where output pixel i lies in the input, as ONNX's mode has it; NaN for an unknown mode.
double position(const Axis& axis, const std::string& mode, int64_t i) {
  double x = static_cast<double>(i);
  if (mode == "asymmetric") return x / axis.scale;
  if (mode == "align_corners") {
    // ONNX's text and its reference differ where the scale isn't the sizes' quotient.
    bool exact = std::fabs(axis.scale * static_cast<double>(axis.input) -
                           static_cast<double>(axis.output)) < 1e-3;
    if (!exact) return std::nan("");
    return axis.output == 1
               ? 0
               : x * static_cast<double>(axis.input - 1) / static_cast<double>(axis.output - 1);
  }
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
  if (mode == "half_pixel" || (mode == "pytorch_half_pixel" && axis.output > 1)) {
    return (x + 0.5) / axis.scale - 0.5;
  }
  return mode == "pytorch_half_pixel" ? 0 : std::nan("");
}

int64_t nearest(double x, const std::string& mode) {
  if (mode == "floor") return static_cast<int64_t>(std::floor(x));
  if (mode == "ceil") return static_cast<int64_t>(std::ceil(x));
  bool down = mode == "round_prefer_floor";
  return static_cast<int64_t>(down ? std::ceil(x - 0.5) : std::floor(x + 0.5));
}

int64_t held(int64_t i, int64_t size) {
  return i < 0 ? 0 : i < size ? i : size - 1;
}

/// Whether mote's way takes the pixel that ONNX's does.
bool same_nearest(const Axis& axis, const std::string& mode, const std::string& rounding,
                  const Way& way) {
  Axis exact{axis.input, axis.output,
             static_cast<double>(axis.output) / static_cast<double>(axis.input)};
  for (int64_t i = 0; i < axis.output; ++i) {
    double wanted = position(axis, mode, i);
    if (std::isnan(wanted)) return false;
    double given = way.half_pixel_centers ? position(exact, "tf_half_pixel_for_nn", i)
                                          : position(exact, way.name, i);
    int64_t index = static_cast<int64_t>(way.align_corners ? std::round(given) : std::floor(given));
    if (held(nearest(wanted, rounding), axis.input) != held(index, axis.input)) return false;
  }
  return true;
}

bool same_linear(const Axis& axis, const std::string& mode, const Way& way) {
  Axis exact{axis.input, axis.output,
             static_cast<double>(axis.output) / static_cast<double>(axis.input)};
  double most = static_cast<double>(axis.input - 1);
  for (int64_t i = 0; i < axis.output; ++i) {
    double a = position(axis, mode, i), b = position(exact, way.name, i);
    a = std::fmin(std::fmax(a, 0), most), b = std::fmin(std::fmax(b, 0), most);
    if (std::isnan(position(axis, mode, i)) || std::fabs(a - b) > 1e-6) return false;
  }
  return true;
}

/// Sizes and scales of height and width from the operands `scales` and `sizes`, either of which
/// may be missing or empty.
Result<std::vector<Axis>> read_axes(Op& op, const Shape& shape, int scales_at, int sizes_at) {
  std::vector<float> scales;
  std::vector<int64_t> sizes;
  if (op.has(scales_at)) {
    MOTE_TRY(scales, op.reals(scales_at));
  }
  if (sizes_at > 0 && op.has(sizes_at)) {
    MOTE_TRY(sizes, op.integers(sizes_at));
  }
  if (shape.rank != 4 || (scales.size() != 4 && sizes.size() != 4)) {
    return fail("resizes {}; pictures of 4 dimensions are supported", shape_text(shape));
  }
  std::vector<Axis> axes;
  for (size_t d = 0; d < 4; ++d) {
    int64_t input = shape[static_cast<int>(d)];
    double scale = scales.empty() ? static_cast<double>(sizes[d]) / static_cast<double>(input)
                                  : static_cast<double>(scales[d]);
    int64_t output = scales.empty()
                         ? sizes[d]
                         : static_cast<int64_t>(std::floor(scale * static_cast<double>(input)));
    if (!(scale > 0) || output < 1 || output > 32767) return fail("resizes to {}", output);
    if (d < 2 && output != input) return fail("resizes batches or channels");
    if (d >= 2) axes.push_back({input, output, scale});
  }
  return axes;
}

Result<void> resize(Op& op, const std::vector<Axis>& axes, const std::string& kind,
                    const std::string& mode, const std::string& rounding) {
  if (kind != "nearest" && kind != "linear") return fail("mode {} isn't supported", kind);
  MOTE_TRY(TensorId x, op.input(0));
  for (const Way& way : kWays) {
    bool same = true;
    for (const Axis& axis : axes) {
      same = same && (kind == "linear" ? same_linear(axis, mode, way)
                                       : same_nearest(axis, mode, rounding, way));
    }
    if (!same) continue;
    MOTE_TRY(x, op.out.transpose(x, {0, 2, 3, 1}));
    TensorId size = op.out.integers({axes[0].output, axes[1].output});
    MOTE_TRY(
        TensorId y,
        op.out.append(kind == "linear" ? "RESIZE_BILINEAR" : "RESIZE_NEAREST_NEIGHBOR", {x, size},
                      {{"align_corners", way.align_corners},
                       {"half_pixel_centers", way.half_pixel_centers}}));
    MOTE_TRY(y, op.out.transpose(y, {0, 3, 1, 2}));
    return op.finish(y);
  }
  return fail("coordinate_transformation_mode {} with {} resizing isn't supported for these sizes",
              mode, kind);
}

Result<void> import_resize(Op& op) {
  op.ignore({"cubic_coeff_a", "extrapolation_value"});
  MOTE_TRY(TensorId x, op.input(0));
  if (op.integer("exclude_outside", 0) != 0 || op.integer("antialias", 0) != 0 ||
      op.text("keep_aspect_ratio_policy", "stretch") != "stretch" || op.has_attribute("axes")) {
    return fail("exclude_outside, antialias, axes and keep_aspect_ratio_policy aren't supported");
  }
  bool old = op.opset() < 11;
  MOTE_TRY(std::vector<Axis> axes, read_axes(op, op.shape(x), old ? 1 : 2, old ? -1 : 3));
  std::string mode = op.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  std::string rounding = op.text("nearest_mode", old ? "floor" : "round_prefer_floor");
  return resize(op, axes, op.text("mode", "nearest"), mode, rounding);
}

Result<void> import_upsample(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<Axis> axes, read_axes(op, op.shape(x), 1, -1));
  return resize(op, axes, op.text("mode", "nearest"), "asymmetric", "floor");
}

constexpr Row kRows[] = {
    {"Resize", import_resize, {}, true},
    {"Upsample", import_upsample, {}, true},
};

}  // namespace

std::span<const Row> resize_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
