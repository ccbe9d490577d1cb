// SPDX-License-Identifier: Apache-2.0
// The records of SignalFilterBank, SignalFilterBankSquareRoot, SignalFilterBankSpectralSubtraction,
// SignalPCAN and SignalFilterBankLog, as TFLM's signal library has them.
#include "ops/filter_bank/filter_bank.op.h"

#include <cmath>

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kFilterBank =
    MOTE_KERNEL(filter_bank, FilterBankParams, "filter_bank", "reference.cc",
                MOTE_FIELDS(FilterBankParams, channels, bins, weights));
const KernelInfo kSquareRoot = MOTE_KERNEL(filter_bank_square_root, ChannelsParams, "filter_bank",
                                           "reference.cc", MOTE_FIELDS(ChannelsParams, channels));
const KernelInfo kSpectralSubtraction =
    MOTE_KERNEL(spectral_subtraction, SpectralSubtractionParams, "filter_bank", "reference.cc",
                MOTE_FIELDS(SpectralSubtractionParams, channels, smoothing, one_minus_smoothing,
                            alternate_smoothing, alternate_one_minus_smoothing,
                            min_signal_remaining, smoothing_bits, subtraction_bits, clamping));
const KernelInfo kPcan = MOTE_KERNEL(pcan, PcanParams, "filter_bank", "reference.cc",
                                     MOTE_FIELDS(PcanParams, channels, snr_shift));
const KernelInfo kLog =
    MOTE_KERNEL(filter_bank_log, FilterBankLogParams, "filter_bank", "reference.cc",
                MOTE_FIELDS(FilterBankLogParams, channels, correction_bits, output_scale));

Result<std::vector<Shape>> infer_same(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 0, 1));
  return std::vector<Shape>{node.input(0).shape};
}

// ---- SignalFilterBank

constexpr int kStarts = 3, kWeightStarts = 4, kWidths = 5;

Result<std::vector<Shape>> infer_filter_bank(const NodeView& node) {
  for (int i = 0; i <= kWidths; ++i) MOTE_CHECK_OK(check_rank(node, i, 1));
  int32_t channels = node.integer("num_channels");
  if (node.input(1).shape != node.input(2).shape) {
    return fail("{} must be as long as {}", node.input_text(2), node.input_text(1));
  }
  for (int i = kStarts; i <= kWidths; ++i) {
    if (!node.input(i).constant() || node.input(i).shape[0] != channels + 1) {
      return fail("{} must be a constant of num_channels + 1 = {} elements", node.input_text(i),
                  channels + 1);
    }
  }
  return std::vector<Shape>{Shape(channels)};
}

Result<void> check_filter_bank_node(const NodeView& node) {
  const int16_t* starts = node.input(kStarts).as<int16_t>();
  const int16_t* weight_starts = node.input(kWeightStarts).as<int16_t>();
  const int16_t* widths = node.input(kWidths).as<int16_t>();
  int32_t bins = node.input(0).shape[0], weights = node.input(1).shape[0];
  for (int32_t c = 0; c <= node.integer("num_channels"); ++c) {
    auto inside = [&](int32_t first, int32_t count) {
      return first >= 0 && first + widths[c] <= count;
    };
    if (widths[c] < 0) return fail("section {} has {} bins", c, widths[c]);
    if (widths[c] == 0 || (inside(starts[c], bins) && inside(weight_starts[c], weights))) continue;
    return fail("section {} of {} bins begins at bin {} of {} and weight {} of {}", c, widths[c],
                starts[c], bins, weight_starts[c], weights);
  }
  return {};
}

Result<void> lower_filter_bank(Lowering& node) {
  FilterBankParams params{node.integer("num_channels"), node.input(0).shape[0],
                          node.input(1).shape[0]};
  node.emit(kFilterBank, params,
            {node.in(0), node.in(1), node.in(2), node.in(3), node.in(4), node.in(5), node.out()});
  return {};
}

Graph filter_bank_case(std::mt19937& random, int32_t channels, int widest) {
  std::vector<int16_t> starts, weight_starts, widths;
  int bins = random_int(random, 0, 5), weights = 0;
  for (int32_t c = 0; c <= channels; ++c) {
    starts.push_back(static_cast<int16_t>(bins));
    weight_starts.push_back(static_cast<int16_t>(weights));
    widths.push_back(static_cast<int16_t>(random_int(random, c == 0 ? 1 : 0, widest)));
    bins += widths.back();
    weights += widths.back();
  }
  GraphBuilder b("signal_filter_bank");
  TensorId input = b.input(DType::kUInt32, Shape(bins + random_int(random, 0, 3)));
  TensorId up = b.random_constant(random, DType::kInt16, Shape(weights));
  TensorId down = b.random_constant(random, DType::kInt16, Shape(weights));
  auto table = [&](const std::vector<int16_t>& values) {
    return b.constant(Shape(channels + 1), values);
  };
  return b.build({b.node(signal_filter_bank_record(),
                         {input, up, down, table(starts), table(weight_starts), table(widths)},
                         {{"num_channels", int64_t{channels}}}, DType::kUInt64)});
}

std::vector<Graph> filter_bank_cases(std::mt19937& random) {
  return {filter_bank_case(random, 40, 12), filter_bank_case(random, 1, 3),
          filter_bank_case(random, random_int(random, 1, 20), random_int(random, 1, 9))};
}

// ---- SignalFilterBankSquareRoot

Result<std::vector<Shape>> infer_square_root(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 1, 0));
  return infer_same(node);
}

Result<void> lower_square_root(Lowering& node) {
  node.emit(kSquareRoot, ChannelsParams{node.input(0).shape[0]},
            {node.in(0), node.in(1), node.out()});
  return {};
}

/// Random numbers of 64 bits are all large: these are of every size.
Graph square_root_case(std::mt19937& random, int32_t channels, int32_t bits) {
  GraphBuilder b("signal_filter_bank_square_root");
  std::vector<uint64_t> values;
  for (int32_t i = 0; i < channels; ++i) {
    uint64_t wide = uint64_t{random()} << 32 | random();
    values.push_back(wide >> random_int(random, 0, 63));
  }
  values[0] = 0;
  TensorId input =
      channels % 2 ? b.constant(Shape(channels), values) : b.input(DType::kUInt64, Shape(channels));
  TensorId scale_bits =
      bits < 0 ? b.input(DType::kInt32, Shape()) : b.constant<int32_t>(Shape(), {bits});
  return b.build(
      {b.node(signal_filter_bank_square_root_record(), {input, scale_bits}, {}, DType::kUInt32)});
}

std::vector<Graph> square_root_cases(std::mt19937& random) {
  return {square_root_case(random, 40, -1), square_root_case(random, 101, 0),
          square_root_case(random, 1, 31), square_root_case(random, 64, 3),
          square_root_case(random, 2 * random_int(random, 1, 30) + 1, random_int(random, 0, 40))};
}

// ---- SignalFilterBankSpectralSubtraction

Result<std::vector<Shape>> infer_subtraction(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, 0, 1));
  const Shape& shape = node.input(0).shape;
  if (shape[0] != node.integer("num_channels")) {
    return fail("{} must have num_channels = {} elements", node.input_text(0),
                node.integer("num_channels"));
  }
  return std::vector<Shape>{shape, shape};
}

/// The noise estimate, which begins as silence.
Result<Tensor> subtraction_state(const NodeView& node) {
  Tensor state;
  state.dtype = DType::kUInt32;
  state.shape = node.input(0).shape;
  return state;
}

Result<void> lower_subtraction(Lowering& node) {
  SpectralSubtractionParams params{node.input(0).shape[0],
                                   node.integer("smoothing"),
                                   node.integer("one_minus_smoothing"),
                                   node.integer("alternate_smoothing"),
                                   node.integer("alternate_one_minus_smoothing"),
                                   node.integer("min_signal_remaining"),
                                   node.integer("smoothing_bits"),
                                   node.integer("spectral_subtraction_bits"),
                                   node.flag("clamping") ? 1 : 0};
  node.emit(kSpectralSubtraction, params, {node.in(0), node.in(1), node.out(0), node.out(1)})
      .in_place = {{2, 0}};
  return {};
}

Graph subtraction_case(std::mt19937& random, int32_t channels, bool clamping) {
  GraphBuilder b("signal_filter_bank_spectral_subtraction");
  TensorId input = b.input(DType::kUInt32, Shape(channels));
  int64_t smoothing = random_int(random, 0, 16384), other = random_int(random, 0, 16384);
  return b.build(b.node(signal_filter_bank_spectral_subtraction_record(), {input},
                        {{"num_channels", int64_t{channels}},
                         {"smoothing", smoothing},
                         {"one_minus_smoothing", 16384 - smoothing},
                         {"alternate_smoothing", other},
                         {"alternate_one_minus_smoothing", 16384 - other},
                         {"min_signal_remaining", int64_t{random_int(random, 0, 16384)}},
                         {"smoothing_bits", int64_t{random_int(random, 0, 12)}},
                         {"spectral_subtraction_bits", int64_t{14}},
                         {"clamping", clamping}},
                        {DType::kUInt32, DType::kUInt32}));
}

std::vector<Graph> subtraction_cases(std::mt19937& random) {
  return {subtraction_case(random, 40, false), subtraction_case(random, 1, true),
          subtraction_case(random, random_int(random, 2, 50), true)};
}

// ---- SignalPCAN

Result<std::vector<Shape>> infer_pcan(const NodeView& node) {
  if (node.input(1).shape != node.input(0).shape) {
    return fail("{} must have the shape of {}", node.input_text(1), node.input_text(0));
  }
  if (node.input(2).shape != Shape(kPcanGains)) {
    return fail("{} must have {} elements", node.input_text(2), kPcanGains);
  }
  return infer_same(node);
}

Result<void> lower_pcan(Lowering& node) {
  PcanParams params{node.input(0).shape[0], node.integer("snr_shift")};
  node.emit(kPcan, params, {node.in(0), node.in(1), node.in(2), node.out()}).in_place = {{3, 0},
                                                                                         {3, 1}};
  return {};
}

Graph pcan_case(std::mt19937& random, int32_t channels, int64_t shift) {
  GraphBuilder b("signal_pcan");
  TensorId input = b.input(DType::kUInt32, Shape(channels));
  TensorId noise = b.input(DType::kUInt32, Shape(channels));
  TensorId gains = b.random_constant(random, DType::kInt16, Shape(kPcanGains));
  return b.build({b.node(signal_pcan_record(), {input, noise, gains}, {{"snr_shift", shift}},
                         DType::kUInt32)});
}

std::vector<Graph> pcan_cases(std::mt19937& random) {
  return {pcan_case(random, 40, 6), pcan_case(random, 1, 0), pcan_case(random, 33, 63),
          pcan_case(random, random_int(random, 1, 60), random_int(random, 0, 63))};
}

// ---- SignalFilterBankLog

}  // namespace

std::vector<uint16_t> log_table() {
  std::vector<uint16_t> table;
  for (int i = 0; i < kLogEntries; ++i) {
    double x = i / 128.0;
    table.push_back(static_cast<uint16_t>(std::floor(65536 * (std::log2(1 + x) - x) + 0.5)));
  }
  return table;
}

namespace {

Result<void> lower_log(Lowering& node) {
  FilterBankLogParams params{node.input(0).shape[0], node.integer("input_correction_bits"),
                             node.integer("output_scale")};
  node.emit(kLog, params, {node.in(0), node.constant(log_table()), node.out()});
  return {};
}

Graph log_case(int32_t channels, int64_t bits, int64_t scale) {
  GraphBuilder b("signal_filter_bank_log");
  return b.build(
      {b.node(signal_filter_bank_log_record(), {b.input(DType::kUInt32, Shape(channels))},
              {{"input_correction_bits", bits}, {"output_scale", scale}}, DType::kInt16)});
}

std::vector<Graph> log_cases(std::mt19937& random) {
  return {
      log_case(40, 3, 1600), log_case(3, 31, 65536), log_case(17, 0, 1),
      log_case(random_int(random, 1, 50), random_int(random, 0, 31), random_int(random, 1, 20000))};
}

}  // namespace

const OperatorRecord& signal_filter_bank_record() {
  constexpr DType kTable = DType::kInt16;
  static const OperatorRecord record = {
      .name = "SignalFilterBank",
      .inputs = {{"input"},
                 {"weights"},
                 {"unweights"},
                 {"channel_frequency_starts"},
                 {"channel_weight_starts"},
                 {"channel_widths"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "num_channels", .fallback = int64_t{1}, .low = 1, .high = 32766}},
      .types = {{{DType::kUInt32, kTable, kTable, kTable, kTable, kTable}, {DType::kUInt64}}},
      .kernels = {&kFilterBank},
      .infer = infer_filter_bank,
      .check = check_filter_bank_node,
      .lower = lower_filter_bank,
      .cases = filter_bank_cases,
  };
  return record;
}

const OperatorRecord& signal_filter_bank_square_root_record() {
  static const OperatorRecord record = {
      .name = "SignalFilterBankSquareRoot",
      .inputs = {{"input"}, {"scale_bits"}},
      .outputs = {{"output"}},
      .types = {{{DType::kUInt64, DType::kInt32}, {DType::kUInt32}}},
      .kernels = {&kSquareRoot},
      .infer = infer_square_root,
      .lower = lower_square_root,
      .cases = square_root_cases,
  };
  return record;
}

const OperatorRecord& signal_filter_bank_spectral_subtraction_record() {
  static const OperatorRecord record = {
      .name = "SignalFilterBankSpectralSubtraction",
      .inputs = {{"input"}, {"estimate", OperandSpec::kOne, OperandSpec::kOwned}},
      .outputs = {{"output"}, {"noise_estimate"}},
      .attributes =
          {{.name = "alternate_one_minus_smoothing", .fallback = int64_t{0}},
           {.name = "alternate_smoothing", .fallback = int64_t{0}},
           {.name = "clamping", .fallback = false},
           {.name = "min_signal_remaining", .fallback = int64_t{0}},
           {.name = "num_channels", .fallback = int64_t{1}, .low = 1},
           {.name = "one_minus_smoothing", .fallback = int64_t{0}},
           {.name = "smoothing", .fallback = int64_t{0}},
           {.name = "smoothing_bits", .fallback = int64_t{0}, .low = 0, .high = 31},
           {.name = "spectral_subtraction_bits", .fallback = int64_t{0}, .low = 0, .high = 63}},
      .types = {{{DType::kUInt32, DType::kUInt32}, {DType::kUInt32, DType::kUInt32}}},
      .kernels = {&kSpectralSubtraction},
      .infer = infer_subtraction,
      .state = subtraction_state,
      .lower = lower_subtraction,
      .cases = subtraction_cases,
  };
  return record;
}

const OperatorRecord& signal_pcan_record() {
  static const OperatorRecord record = {
      .name = "SignalPCAN",
      .inputs = {{"input"}, {"noise_estimate"}, {"gain_lut"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "snr_shift", .fallback = int64_t{0}, .low = 0, .high = 63}},
      .types = {{{DType::kUInt32, DType::kUInt32, DType::kInt16}, {DType::kUInt32}}},
      .kernels = {&kPcan},
      .infer = infer_pcan,
      .lower = lower_pcan,
      .cases = pcan_cases,
  };
  return record;
}

const OperatorRecord& signal_filter_bank_log_record() {
  static const OperatorRecord record = {
      .name = "SignalFilterBankLog",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes =
          {{.name = "input_correction_bits", .fallback = int64_t{0}, .low = 0, .high = 31},
           {.name = "output_scale", .fallback = int64_t{1}}},
      .types = {{{DType::kUInt32}, {DType::kInt16}}},
      .kernels = {&kLog},
      .infer = infer_same,
      .lower = lower_log,
      .cases = log_cases,
  };
  return record;
}

}  // namespace mote
