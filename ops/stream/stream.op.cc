// SPDX-License-Identifier: Apache-2.0
// The records of SignalFramer, SignalOverlapAdd, SignalDelay and SignalStacker, as TFLM's signal
// library has them. Their queues are variables that the nodes own.
#include "ops/stream/stream.h"

#include <algorithm>
#include <cstring>

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kFramer =
    MOTE_KERNEL(framer, FramerParams, "stream", "reference.cc",
                MOTE_FIELDS(FramerParams, rows, frames, frame_size, frame_step));
const KernelInfo kOverlapAdd16 =
    MOTE_KERNEL(overlap_add_int16, OverlapAddParams, "stream", "reference.cc",
                MOTE_FIELDS(OverlapAddParams, rows, frames, frame_size, frame_step));
const KernelInfo kOverlapAddFloat =
    MOTE_KERNEL(overlap_add_float32, OverlapAddParams, "stream", "reference.cc",
                MOTE_FIELDS(OverlapAddParams, rows, frames, frame_size, frame_step));
const KernelInfo kDelay = MOTE_KERNEL(delay_int16, DelayParams, "stream", "reference.cc",
                                      MOTE_FIELDS(DelayParams, rows, frame_size, delay));
const KernelInfo kStacker =
    MOTE_KERNEL(stacker, StackerParams, "stream", "reference.cc",
                MOTE_FIELDS(StackerParams, channels, left_context, right_context, step));

/// The product of the dimensions but the last `inner`.
int32_t rows_of(const Shape& shape, int inner) {
  return static_cast<int32_t>(shape.product(0, shape.rank - inner));
}

Tensor queue(DType dtype, const Shape& shape) {
  Tensor state;
  state.dtype = dtype;
  state.shape = shape;
  return state;
}

// ---- SignalFramer

Result<void> check_framing(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  int32_t size = node.integer("frame_size"), step = node.integer("frame_step");
  if (size < 1 || step < 1 || step > size || size > kMostQueued - step) {
    return fail("frames of {} samples every {} must overlap or touch, and hold 1 to {}", size, step,
                kMostQueued - step);
  }
  if (shape.rank == 0 || shape.rank == kMaxRank || shape.back(0) % step != 0) {
    return fail("{} must have rows of whole steps of {} samples", node.input_text(0), step);
  }
  return {};
}

Result<std::vector<Shape>> infer_framer(const NodeView& node) {
  MOTE_CHECK_OK(check_framing(node));
  Shape shape = node.input(0).shape;
  shape[shape.rank - 1] /= node.integer("frame_step");
  shape.push_back(node.integer("frame_size"));
  return std::vector<Shape>{shape, Shape()};
}

Result<Tensor> framer_state(const NodeView& node) {
  MOTE_CHECK_OK(check_framing(node));
  int32_t rows = rows_of(node.input(0).shape, 1);
  int32_t size = node.integer("frame_size"), step = node.integer("frame_step");
  Tensor state = queue(DType::kInt16, Shape(rows, 1 + framer_queue(size, step)));
  if (!node.flag("prefill")) return state;
  std::vector<int16_t> initial(static_cast<size_t>(state.shape.elements()));
  for (int32_t r = 0; r < rows; ++r) {
    initial[static_cast<size_t>(r * state.shape[1])] = static_cast<int16_t>(size - step);
  }
  Bytes bytes(initial.size() * 2);
  std::memcpy(bytes.data(), initial.data(), bytes.size());
  state.data = std::make_shared<const Bytes>(std::move(bytes));
  return state;
}

Result<void> lower_framer(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  int32_t step = node.integer("frame_step");
  FramerParams params{rows_of(shape, 1), shape.back(0) / step, node.integer("frame_size"), step};
  node.emit(kFramer, params, {node.in(0), node.in(1), node.out(0), node.out(1)});
  return {};
}

Graph framer_case(Shape shape, int64_t size, int64_t step, bool prefill) {
  GraphBuilder b("signal_framer");
  return b.build(b.node(signal_framer_record(), {b.input(DType::kInt16, shape)},
                        {{"frame_size", size}, {"frame_step", step}, {"prefill", prefill}},
                        {DType::kInt16, DType::kBool}));
}

std::vector<Graph> framer_cases(std::mt19937& random) {
  int step = random_int(random, 1, 9), rows = random_int(random, 1, 3);
  return {framer_case(Shape(1, 160), 400, 160, false), framer_case(Shape(480), 480, 160, true),
          framer_case(Shape(rows, step * random_int(random, 1, 4)),
                      step + random_int(random, 0, 20), step, true)};
}

// ---- SignalOverlapAdd

Result<std::vector<Shape>> infer_overlap_add(const NodeView& node) {
  Shape shape = node.input(0).shape;
  int32_t step = node.integer("frame_step");
  if (shape.rank < 2 || step > shape.back(0)) {
    return fail("{} must have frames of at least frame_step = {} samples", node.input_text(0),
                step);
  }
  int64_t samples = int64_t{shape.back(1)} * step;
  if (samples > INT32_MAX) return fail("{} gives too many samples", node.input_text(0));
  --shape.rank;
  shape[shape.rank - 1] = static_cast<int32_t>(samples);
  return std::vector<Shape>{shape};
}

Result<Tensor> overlap_add_state(const NodeView& node) {
  const Tensor& input = node.input(0);
  if (input.shape.rank < 2) return fail("{} must have frames", node.input_text(0));
  return queue(input.dtype, Shape(rows_of(input.shape, 2), input.shape.back(0)));
}

Result<void> check_overlap_add(const NodeView& node) {
  int64_t number = node.input(0).dtype == DType::kInt16 ? 7 : 0;
  if (node.integer("T") == number) return {};
  return fail("attribute T is {}, must be {}, which stands for {} in .tflite files",
              node.integer("T"), number, name_of(node.input(0).dtype));
}

Result<void> lower_overlap_add(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  OverlapAddParams params{rows_of(shape, 2), shape.back(1), shape.back(0),
                          node.integer("frame_step")};
  bool real = node.input(0).dtype == DType::kFloat32;
  node.emit(real ? kOverlapAddFloat : kOverlapAdd16, params, {node.in(0), node.in(1), node.out()});
  return {};
}

Graph overlap_add_case(DType dtype, Shape shape, int64_t step) {
  GraphBuilder b("signal_overlap_add");
  return b.build(
      {b.node(signal_overlap_add_record(), {b.input(dtype, shape)},
              {{"T", int64_t{dtype == DType::kInt16 ? 7 : 0}}, {"frame_step", step}}, dtype)});
}

std::vector<Graph> overlap_add_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt16, DType::kFloat32}) {
    int size = random_int(random, 1, 30);
    graphs.push_back(overlap_add_case(dtype, Shape(1, 400), 160));
    graphs.push_back(overlap_add_case(dtype, Shape(2, 3, 8), 8));
    graphs.push_back(overlap_add_case(dtype, Shape(random_int(random, 1, 3), 2, size),
                                      random_int(random, 1, size)));
  }
  return graphs;
}

// ---- SignalDelay

Result<std::vector<Shape>> infer_delay(const NodeView& node) {
  if (node.input(0).shape.rank == 0) return fail("{} must have samples", node.input_text(0));
  return std::vector<Shape>{node.input(0).shape};
}

Result<Tensor> delay_state(const NodeView& node) {
  MOTE_CHECK_OK(infer_delay(node));
  return queue(DType::kInt16, Shape(rows_of(node.input(0).shape, 1), node.integer("delay_length")));
}

Result<void> lower_delay(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  DelayParams params{rows_of(shape, 1), shape.back(0), node.integer("delay_length")};
  node.emit(kDelay, params, {node.in(0), node.in(1), node.out()});
  return {};
}

Graph delay_case(Shape shape, int64_t delay) {
  GraphBuilder b("signal_delay");
  return b.build({b.node(signal_delay_record(), {b.input(DType::kInt16, shape)},
                         {{"delay_length", delay}}, DType::kInt16)});
}

std::vector<Graph> delay_cases(std::mt19937& random) {
  return {delay_case(Shape(1, 16), 3), delay_case(Shape(4), 9),
          delay_case(Shape(random_int(random, 1, 3), random_int(random, 1, 20)),
                     random_int(random, 1, 30))};
}

// ---- SignalStacker

Result<int32_t> stack_size(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 0, 1));
  int64_t frames =
      int64_t{node.integer("stacker_left_context")} + node.integer("stacker_right_context") + 1;
  int64_t size = frames * node.integer("num_channels");
  if (node.input(0).shape[0] != node.integer("num_channels")) {
    return fail("{} must have num_channels = {} elements", node.input_text(0),
                node.integer("num_channels"));
  }
  if (size < 1 || size >= kMostQueued || node.integer("stacker_step") > frames) {
    return fail("stacks of {} frames every {} leave frames out or have over {} elements", frames,
                node.integer("stacker_step"), kMostQueued - 1);
  }
  return static_cast<int32_t>(size);
}

Result<std::vector<Shape>> infer_stacker(const NodeView& node) {
  MOTE_TRY(int32_t size, stack_size(node));
  return std::vector<Shape>{Shape(size), Shape()};
}

Result<Tensor> stacker_state(const NodeView& node) {
  MOTE_TRY(int32_t size, stack_size(node));
  return queue(DType::kInt16, Shape(1 + size));
}

Result<void> lower_stacker(Lowering& node) {
  StackerParams params{node.input(0).shape[0], node.integer("stacker_left_context"),
                       node.integer("stacker_right_context"), node.integer("stacker_step")};
  node.emit(kStacker, params, {node.in(0), node.in(1), node.out(0), node.out(1)});
  return {};
}

Graph stacker_case(int32_t channels, int64_t left, int64_t right, int64_t step) {
  GraphBuilder b("signal_stacker");
  return b.build(b.node(signal_stacker_record(), {b.input(DType::kInt16, Shape(channels))},
                        {{"num_channels", int64_t{channels}},
                         {"stacker_left_context", left},
                         {"stacker_right_context", right},
                         {"stacker_step", step}},
                        {DType::kInt16, DType::kBool}));
}

std::vector<Graph> stacker_cases(std::mt19937& random) {
  int left = random_int(random, 0, 3), right = random_int(random, 0, 3);
  return {
      stacker_case(40, 2, 0, 1), stacker_case(3, 0, 2, 3),
      stacker_case(random_int(random, 1, 9), left, right, random_int(random, 1, left + right + 1))};
}

constexpr OperandSpec::Variable kOwned = OperandSpec::kOwned;
constexpr OperandSpec::Arity kOne = OperandSpec::kOne;

}  // namespace

const OperatorRecord& signal_framer_record() {
  static const OperatorRecord record = {
      .name = "SignalFramer",
      .inputs = {{"input"}, {"queue", kOne, kOwned}},
      .outputs = {{"output"}, {"valid"}},
      .attributes = {{.name = "frame_size", .fallback = int64_t{1}, .low = 1, .high = kMostQueued},
                     {.name = "frame_step", .fallback = int64_t{1}, .low = 1, .high = kMostQueued},
                     {.name = "prefill", .fallback = false}},
      .types = {{{DType::kInt16, DType::kInt16}, {DType::kInt16, DType::kBool}}},
      .kernels = {&kFramer},
      .infer = infer_framer,
      .state = framer_state,
      .lower = lower_framer,
      .cases = framer_cases,
  };
  return record;
}

const OperatorRecord& signal_overlap_add_record() {
  static const OperatorRecord record = {
      .name = "SignalOverlapAdd",
      .inputs = {{"input"}, {"sums", kOne, kOwned}},
      .outputs = {{"output"}},
      .attributes = {{.name = "T", .fallback = int64_t{7}, .low = 0, .high = 7},
                     {.name = "frame_step", .fallback = int64_t{1}, .low = 1}},
      .types = {{{DType::kInt16, DType::kInt16}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kOverlapAdd16, &kOverlapAddFloat},
      .infer = infer_overlap_add,
      .check = check_overlap_add,
      .state = overlap_add_state,
      .lower = lower_overlap_add,
      .cases = overlap_add_cases,
  };
  return record;
}

const OperatorRecord& signal_delay_record() {
  static const OperatorRecord record = {
      .name = "SignalDelay",
      .inputs = {{"input"}, {"queue", kOne, kOwned}},
      .outputs = {{"output"}},
      .attributes = {{.name = "delay_length", .fallback = int64_t{1}, .low = 1}},
      .types = {{{DType::kInt16, DType::kInt16}, {DType::kInt16}}},
      .kernels = {&kDelay},
      .infer = infer_delay,
      .state = delay_state,
      .lower = lower_delay,
      .cases = delay_cases,
  };
  return record;
}

const OperatorRecord& signal_stacker_record() {
  static const OperatorRecord record = {
      .name = "SignalStacker",
      .inputs = {{"input"}, {"queue", kOne, kOwned}},
      .outputs = {{"output"}, {"valid"}},
      .attributes = {{.name = "num_channels", .fallback = int64_t{1}, .low = 1},
                     {.name = "stacker_left_context", .fallback = int64_t{0}, .low = 0},
                     {.name = "stacker_right_context", .fallback = int64_t{0}, .low = 0},
                     {.name = "stacker_step", .fallback = int64_t{1}, .low = 1}},
      .types = {{{DType::kInt16, DType::kInt16}, {DType::kInt16, DType::kBool}}},
      .kernels = {&kStacker},
      .infer = infer_stacker,
      .state = stacker_state,
      .lower = lower_stacker,
      .cases = stacker_cases,
  };
  return record;
}

}  // namespace mote
