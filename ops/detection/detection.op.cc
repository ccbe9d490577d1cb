// SPDX-License-Identifier: Apache-2.0
// The record of the custom operator TFLite_Detection_PostProcess. Quantised operands are brought to
// floats first, those that are constants by the compiler. With several classes for each detection,
// rows lie as TFLite has them: TFLM's offsets run past its outputs then.
#include "ops/detection/detection.h"

#include "ir/builder.h"
#include "ir/comparator.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/quantize/quantize.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kDecode =
    MOTE_KERNEL(decode_boxes, DecodeBoxesParams, "detection", "reference.cc",
                MOTE_FIELDS(DecodeBoxesParams, boxes, stride, y_scale, x_scale, h_scale, w_scale));

#define MOTE_DETECT(name)                                                                     \
  MOTE_KERNEL(name, DetectParams, "detection", "reference.cc",                                \
              MOTE_FIELDS(DetectParams, boxes, classes, columns, detections, rows, per_group, \
                          least_score, most_overlap))

const KernelInfo kFast = MOTE_DETECT(detect_fast);
const KernelInfo kByClass = MOTE_DETECT(detect_by_class);

constexpr int kCoordinatesOfBox = 4;

int64_t rows_of(const NodeView& node) {
  return int64_t{node.integer("max_detections")} * node.integer("max_classes_per_detection");
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape &boxes = node.input(0).shape, &scores = node.input(1).shape;
  MOTE_CHECK_OK(check_rank(node, 0, 3));
  MOTE_CHECK_OK(check_rank(node, 1, 3));
  if (boxes[0] != 1 || boxes[2] < kCoordinatesOfBox || scores[0] != 1 || scores[1] != boxes[1] ||
      node.input(2).shape != Shape(boxes[1], kCoordinatesOfBox)) {
    return fail("{}, {} and {} must be [1,N,4], [1,N,classes] and [N,4]", node.input_text(0),
                node.input_text(1), node.input_text(2));
  }
  if (rows_of(node) > INT32_MAX / 16) return fail("{} detections are too many", rows_of(node));
  int32_t rows = static_cast<int32_t>(rows_of(node));
  return std::vector<Shape>{Shape(1, rows, kCoordinatesOfBox), Shape(1, rows), Shape(1, rows),
                            Shape(1)};
}

Result<void> check(const NodeView& node) {
  int32_t columns = node.input(1).shape[2], classes = node.integer("num_classes");
  if (classes != columns && classes != columns - 1) {
    return fail(
        "attribute num_classes must be the scores of {}, with or without a background, is {}",
        node.input_text(1), classes);
  }
  for (const char* scale : {"y_scale", "x_scale", "h_scale", "w_scale"}) {
    if (!(node.real(scale) > 0)) return fail("attribute {} must be above 0", scale);
  }
  float overlap = node.real("nms_iou_threshold");
  if (!(overlap > 0 && overlap <= 1)) {
    return fail("attribute nms_iou_threshold must be above 0 and at most 1, is {}", overlap);
  }
  return check_activations(node);
}

/// Input i in float.
Value real_input(Lowering& node, int i) {
  const Tensor& input = node.input(i);
  if (input.dtype == DType::kFloat32) return node.in(i);
  if (!input.constant()) {
    Value reals = node.scratch(static_cast<uint32_t>(input.shape.elements()) * sizeof(float));
    emit_dequantize(node, input, node.in(i), reals);
    return reals;
  }
  std::vector<float> reals;
  for (int64_t e = 0; e < input.shape.elements(); ++e) {
    double steps = element_value(input.dtype, *input.data, e) - input.quantization.zero_point();
    reals.push_back(input.quantization.scale() * static_cast<float>(steps));
  }
  return node.constant(reals);
}

Result<void> lower(Lowering& node) {
  const Shape &boxes = node.input(0).shape, &scores = node.input(1).shape;
  uint32_t count = static_cast<uint32_t>(boxes[1]);
  DecodeBoxesParams decode{boxes[1],
                           boxes[2],
                           node.real("y_scale"),
                           node.real("x_scale"),
                           node.real("h_scale"),
                           node.real("w_scale")};
  bool by_class = node.flag("use_regular_nms");
  DetectParams detect{boxes[1],
                      node.integer("num_classes"),
                      scores[2],
                      node.integer("max_detections"),
                      static_cast<int32_t>(rows_of(node)),
                      node.integer(by_class ? "detections_per_class" : "max_classes_per_detection"),
                      node.real("nms_score_threshold"),
                      node.real("nms_iou_threshold")};
  Value corners = node.scratch(count * kCoordinatesOfBox * sizeof(float));
  Value best = node.scratch(count * sizeof(float)), candidates = node.scratch(count);
  node.emit(kDecode, decode, {real_input(node, 0), real_input(node, 2), corners});
  node.emit(by_class ? kByClass : kFast, detect,
            {corners, real_input(node, 1), best, candidates, node.out(0), node.out(1), node.out(2),
             node.out(3)});
  return {};
}

// ---- sample cases

struct Variant {
  int32_t boxes, classes, background;
  bool by_class, constant_anchors;
  int64_t detections, classes_per_detection, detections_per_class;
};

Bytes anchors_of(std::mt19937& random, int32_t boxes) {
  std::vector<float> anchors;
  for (int32_t i = 0; i < 2 * boxes; ++i) anchors.push_back(random_float(random, 0.0f, 1.0f));
  for (int32_t i = 0; i < 2 * boxes; ++i) anchors.push_back(random_float(random, 0.2f, 0.6f));
  std::vector<float> rows;
  for (int32_t b = 0; b < boxes; ++b) {
    for (int k = 0; k < kCoordinatesOfBox; ++k) {
      rows.push_back(anchors[static_cast<size_t>(k / 2 * 2 * boxes + 2 * b + k % 2)]);
    }
  }
  Bytes bytes(rows.size() * sizeof(float));
  std::memcpy(bytes.data(), rows.data(), bytes.size());
  return bytes;
}

Graph make_case(std::mt19937& random, DType dtype, const Variant& v) {
  GraphBuilder b("detection");
  Quantization q = random_quantization(random, dtype);
  TensorId boxes = b.input(dtype, Shape(1, v.boxes, kCoordinatesOfBox), q);
  TensorId scores = b.input(dtype, Shape(1, v.boxes, v.classes + v.background), q);
  Shape shape(v.boxes, kCoordinatesOfBox);
  TensorId anchors = !v.constant_anchors ? b.input(dtype, shape, q)
                     : dtype == DType::kFloat32
                         ? b.constant(dtype, shape, anchors_of(random, v.boxes))
                         : b.random_constant(random, dtype, shape, q);
  Attributes attributes = {{"max_detections", v.detections},
                           {"max_classes_per_detection", v.classes_per_detection},
                           {"detections_per_class", v.detections_per_class},
                           {"use_regular_nms", v.by_class},
                           {"nms_score_threshold", 0.1},
                           {"nms_iou_threshold", 0.5},
                           {"num_classes", int64_t{v.classes}},
                           {"y_scale", 10.0},
                           {"x_scale", 10.0},
                           {"h_scale", 5.0},
                           {"w_scale", 5.0}};
  return b.build(b.node(tflite_detection_postprocess_record(), {boxes, scores, anchors}, attributes,
                        std::vector<DType>(4, DType::kFloat32)));
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8}) {
    graphs.push_back(make_case(random, dtype, {40, 5, 1, false, true, 6, 1, 100}));
    graphs.push_back(make_case(random, dtype, {30, 4, 1, true, true, 8, 1, 3}));
  }
  graphs.push_back(make_case(random, DType::kFloat32, {20, 3, 0, false, true, 30, 2, 100}));
  graphs.push_back(make_case(random, DType::kFloat32, {20, 3, 0, true, true, 2, 2, 100}));
  graphs.push_back(make_case(random, DType::kInt8, {7, 2, 0, true, false, 9, 1, 9}));
  return graphs;
}

}  // namespace

const OperatorRecord& tflite_detection_postprocess_record() {
  static const OperatorRecord record = [] {
    constexpr DType kFloat = DType::kFloat32;
    auto count = [](const char* name, int64_t fallback) {
      return AttributeSpec{.name = name, .fallback = fallback, .low = 1, .high = INT32_MAX / 64};
    };
    auto real = [](const char* name, double fallback) {
      return AttributeSpec{.name = name, .fallback = fallback};
    };
    OperatorRecord detection = {
        .name = "TFLite_Detection_PostProcess",
        .inputs = {{"boxes"}, {"scores"}, {"anchors"}},
        .outputs = {{"boxes"}, {"classes"}, {"scores"}, {"count"}},
        .attributes = {count("max_detections", 1),
                       count("max_classes_per_detection", 1),
                       count("detections_per_class", 100),
                       count("num_classes", 1),
                       {.name = "use_regular_nms", .fallback = false},
                       real("nms_score_threshold", 0),
                       real("nms_iou_threshold", 0.5),
                       real("y_scale", 1),
                       real("x_scale", 1),
                       real("h_scale", 1),
                       real("w_scale", 1)},
        .types = {},
        .kernels = {&kDecode, &kFast, &kByClass, &dequantize_kernel()},
        .infer = infer,
        .check = check,
        .lower = lower,
        .cases = cases,
    };
    std::vector<DType> outputs(4, kFloat);
    for (DType dtype : {kFloat, DType::kInt8, DType::kUInt8}) {
      detection.types.push_back({{dtype, dtype, dtype}, outputs});
      if (dtype != kFloat) detection.types.push_back({{dtype, dtype, kFloat}, outputs});
    }
    return detection;
  }();
  return record;
}

}  // namespace mote
