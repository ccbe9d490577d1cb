// SPDX-License-Identifier: Apache-2.0
// The records of SignalWindow, SignalFftAutoScale and SignalEnergy, as TFLM's signal library has
// them.
#include "ops/signal/signal.h"

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kWindow = MOTE_KERNEL(signal_window, SignalWindowParams, "signal", "reference.cc",
                                       MOTE_FIELDS(SignalWindowParams, rows, size, shift));
const KernelInfo kAutoScale = MOTE_KERNEL(fft_auto_scale, FftAutoScaleParams, "signal",
                                          "reference.cc", MOTE_FIELDS(FftAutoScaleParams, size));
const KernelInfo kEnergy = MOTE_KERNEL(signal_energy, SignalEnergyParams, "signal", "reference.cc",
                                       MOTE_FIELDS(SignalEnergyParams, bins, first, end));

// ---- SignalWindow

Result<std::vector<Shape>> infer_window(const NodeView& node) {
  const Shape &input = node.input(0).shape, &weights = node.input(1).shape;
  MOTE_CHECK_OK(check_rank(node, 1, 1));
  if (input.rank == 0 || input.back(0) != weights[0]) {
    return fail("{} must have rows as long as {}", node.input_text(0), node.input_text(1));
  }
  return std::vector<Shape>{input};
}

Result<void> lower_window(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  SignalWindowParams params{static_cast<int32_t>(shape.elements() / shape.back(0)), shape.back(0),
                            node.integer("shift")};
  node.emit(kWindow, params, {node.in(0), node.in(1), node.out()}).in_place = {{2, 0}};
  return {};
}

Graph window_case(std::mt19937& random, Shape shape, int64_t shift) {
  GraphBuilder b("signal_window");
  TensorId input = b.input(DType::kInt16, shape);
  TensorId weights = b.random_constant(random, DType::kInt16, Shape(shape.back(0)));
  return b.build(
      {b.node(signal_window_record(), {input, weights}, {{"shift", shift}}, DType::kInt16)});
}

std::vector<Graph> window_cases(std::mt19937& random) {
  return {window_case(random, Shape(1, 480), 12), window_case(random, Shape(5), 15),
          window_case(random, Shape(2, 3, 7), 0),
          window_case(random, Shape(random_int(random, 1, 4), random_int(random, 1, 60)),
                      random_int(random, 0, 31))};
}

// ---- SignalFftAutoScale

Result<std::vector<Shape>> infer_auto_scale(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 0, 1));
  return std::vector<Shape>{node.input(0).shape, Shape()};
}

Result<void> lower_auto_scale(Lowering& node) {
  FftAutoScaleParams params{node.input(0).shape[0]};
  node.emit(kAutoScale, params, {node.in(0), node.out(0), node.out(1)}).in_place = {{1, 0}};
  return {};
}

/// Samples that leave some bits unused, which random ones hardly ever do.
Graph quiet_case(std::mt19937& random, int32_t size, int bits) {
  GraphBuilder b("signal_fft_auto_scale");
  std::vector<int16_t> quiet;
  for (int32_t i = 0; i < size; ++i) {
    quiet.push_back(static_cast<int16_t>(random_int(random, -(1 << bits), 1 << bits)));
  }
  return b.build(b.node(signal_fft_auto_scale_record(), {b.constant(Shape(size), quiet)}, {},
                        {DType::kInt16, DType::kInt32}));
}

Graph auto_scale_case(int32_t size) {
  GraphBuilder b("signal_fft_auto_scale");
  return b.build(b.node(signal_fft_auto_scale_record(), {b.input(DType::kInt16, Shape(size))}, {},
                        {DType::kInt16, DType::kInt32}));
}

std::vector<Graph> auto_scale_cases(std::mt19937& random) {
  return {auto_scale_case(480), auto_scale_case(1), quiet_case(random, 40, 3),
          quiet_case(random, random_int(random, 1, 50), random_int(random, 0, 14))};
}

// ---- SignalEnergy

Result<std::vector<Shape>> infer_energy(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 0, 1));
  int32_t numbers = node.input(0).shape[0];
  if (numbers % 2 != 0) {
    return fail("{} must have pairs of a real and an imaginary part", node.input_text(0));
  }
  return std::vector<Shape>{Shape(numbers / 2)};
}

Result<void> check_energy(const NodeView& node) {
  int32_t first = node.integer("start_index"), end = node.integer("end_index");
  int32_t bins = node.output().shape[0];
  if (first > end || end > bins) {
    return fail("bins {} to before {} are asked for, there are {}", first, end, bins);
  }
  return {};
}

Result<void> lower_energy(Lowering& node) {
  SignalEnergyParams params{node.output().shape[0], node.integer("start_index"),
                            node.integer("end_index")};
  node.emit(kEnergy, params, {node.in(0), node.out()});
  return {};
}

Graph energy_case(int32_t bins, int64_t first, int64_t end) {
  GraphBuilder b("signal_energy");
  return b.build({b.node(signal_energy_record(), {b.input(DType::kInt16, Shape(2 * bins))},
                         {{"start_index", first}, {"end_index", end}}, DType::kUInt32)});
}

std::vector<Graph> energy_cases(std::mt19937& random) {
  int32_t bins = random_int(random, 1, 60), first = random_int(random, 0, bins);
  return {energy_case(257, 5, 241), energy_case(9, 0, 9), energy_case(4, 2, 2),
          energy_case(bins, first, random_int(random, first, bins))};
}

}  // namespace

const OperatorRecord& signal_window_record() {
  static const OperatorRecord record = {
      .name = "SignalWindow",
      .inputs = {{"input"}, {"weights"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "shift", .fallback = int64_t{0}, .low = 0, .high = 31}},
      .types = {{{DType::kInt16, DType::kInt16}, {DType::kInt16}}},
      .kernels = {&kWindow},
      .infer = infer_window,
      .lower = lower_window,
      .cases = window_cases,
  };
  return record;
}

const OperatorRecord& signal_fft_auto_scale_record() {
  static const OperatorRecord record = {
      .name = "SignalFftAutoScale",
      .inputs = {{"input"}},
      .outputs = {{"output"}, {"scale_bits"}},
      .types = {{{DType::kInt16}, {DType::kInt16, DType::kInt32}}},
      .kernels = {&kAutoScale},
      .infer = infer_auto_scale,
      .lower = lower_auto_scale,
      .cases = auto_scale_cases,
  };
  return record;
}

const OperatorRecord& signal_energy_record() {
  static const OperatorRecord record = {
      .name = "SignalEnergy",
      .inputs = {{"spectrum"}},
      .outputs = {{"energy"}},
      .attributes = {{.name = "end_index", .fallback = int64_t{0}, .low = 0},
                     {.name = "start_index", .fallback = int64_t{0}, .low = 0}},
      .types = {{{DType::kInt16}, {DType::kUInt32}}},
      .kernels = {&kEnergy},
      .infer = infer_energy,
      .check = check_energy,
      .lower = lower_energy,
      .cases = energy_cases,
  };
  return record;
}

}  // namespace mote
