// SPDX-License-Identifier: Apache-2.0
// The record of ZeroCrossings: what mote has to know of it. This runs on the host only.
#include "ops/zero_crossings/zero_crossings.h"

#include "ir/builder.h"
#include "ir/lowering.h"

namespace mote {

const OperatorRecord& zero_crossings_record();

namespace {

const KernelInfo kInt16 =
    MOTE_KERNEL(zero_crossings_int16, ZeroCrossingsParams, "zero_crossings", "reference.cc",
                MOTE_FIELDS(ZeroCrossingsParams, frames, frame_length, threshold));

/// Samples [..., length] give counts [..., length / frame_length].
Result<std::vector<Shape>> infer(const NodeView& node) {
  Shape shape = node.input(0).shape;
  int32_t length = node.integer("frame_length");
  if (shape.rank == 0 || shape.back(0) % length != 0) {
    return fail("{} can't be cut into frames of {} samples", node.input_text(0), length);
  }
  shape[shape.rank - 1] /= length;
  return std::vector<Shape>{shape};
}

Result<void> lower(Lowering& node) {
  ZeroCrossingsParams params{static_cast<int32_t>(node.output().shape.elements()),
                             node.integer("frame_length"), node.integer("threshold")};
  node.emit(kInt16, params, {node.in(0), node.out()});
  return {};
}

/// Single-operator graphs for tests; the same seed gives the same graphs.
std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (int64_t length : {1, 5, random_int(random, 2, 20)}) {
    GraphBuilder b("zero_crossings");
    TensorId samples = b.input(DType::kInt16, Shape(2, 3 * static_cast<int32_t>(length)));
    graphs.push_back(
        b.build({b.node(zero_crossings_record(), {samples},
                        {{"frame_length", length}, {"threshold", int64_t{9}}}, DType::kInt32)}));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& zero_crossings_record() {
  static const OperatorRecord record = {
      .name = "ZeroCrossings",  // the custom code in the .tflite file
      .inputs = {{"samples"}},
      .outputs = {{"counts"}},
      .attributes = {{.name = "frame_length", .fallback = int64_t{1}, .low = 1, .high = 1 << 20},
                     {.name = "threshold", .fallback = int64_t{1}, .low = 1, .high = 32767}},
      .types = {{{DType::kInt16}, {DType::kInt32}}},
      .kernels = {&kInt16},
      .infer = infer,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
