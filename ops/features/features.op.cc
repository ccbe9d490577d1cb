// SPDX-License-Identifier: Apache-2.0
// The records of MoteLogMel and MoteMfcc: sound [..., samples] becomes features [..., frames,
// bins]. Operators of mote's own, so that a model's front end travels inside the model.
#include "ops/features/features.h"

#include <algorithm>
#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/features/feature_tables.op.h"
#include "ops/filter_bank/filter_bank.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/signal/fft_tables.op.h"

namespace mote {
namespace {

#define MOTE_FEATURE_SHAPE_FIELDS                                                      \
  shape.rows, shape.samples, shape.frames, shape.window, shape.step, shape.fft_length, \
      shape.stages, shape.mel_bins, shape.weights, shape.coefficients, shape.magnitude
#define MOTE_FEATURES_INT16_KERNEL(function)                                                  \
  MOTE_KERNEL(function, FeaturesInt16Params, "features", "int16.cc",                          \
              MOTE_FIELDS(FeaturesInt16Params, MOTE_FEATURE_SHAPE_FIELDS, log2_offset, floor, \
                          multiplier.multiplier, multiplier.shift, output_zero_point))

const KernelInfo kFloat32 =
    MOTE_KERNEL(features_float32, FeaturesFloat32Params, "features", "float32.cc",
                MOTE_FIELDS(FeaturesFloat32Params, MOTE_FEATURE_SHAPE_FIELDS, log_offset));
const KernelInfo kToInt8 = MOTE_FEATURES_INT16_KERNEL(features_int16_int8),
                 kToInt16 = MOTE_FEATURES_INT16_KERNEL(features_int16_int16),
                 kToFloat32 = MOTE_FEATURES_INT16_KERNEL(features_int16_float32);

/// The attribute, or the next power of two above the window where the model leaves it to mote.
int32_t fft_length_of(const NodeView& node) {
  int32_t length = node.integer("fft_length");
  if (length != 0) return length;
  length = 4;
  while (length < node.integer("window_size")) length *= 2;
  return length;
}

bool is_mfcc(const NodeView& node) {
  return node.node().record == &mote_mfcc_record();
}

/// All but what the tables decide: stages and weights.
FeatureShape shape_of(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  FeatureShape s{};
  s.samples = input.back(0);
  s.rows = static_cast<int32_t>(input.elements() / s.samples);
  s.window = node.integer("window_size");
  s.step = node.integer("window_step");
  s.frames = s.samples < s.window ? 0 : (s.samples - s.window) / s.step + 1;
  s.fft_length = fft_length_of(node);
  s.mel_bins = node.integer("mel_bins");
  s.coefficients = is_mfcc(node) ? node.integer("coefficients") : 0;
  s.magnitude = node.choice("spectrum") == "MAGNITUDE" ? 1 : 0;
  return s;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  Shape shape = node.input(0).shape;
  if (shape.rank == 0 || shape.rank == kMaxRank) {
    return fail("{} must have 1 to {} dimensions", node.input_text(0), kMaxRank - 1);
  }
  FeatureShape s = shape_of(node);
  MOTE_CHECK_OK(check_fft_length(s.fft_length));
  if (s.window > s.fft_length) {
    return fail("window_size {} is longer than fft_length {}", s.window, s.fft_length);
  }
  if (s.frames == 0) return fail("{} is shorter than a window", node.input_text(0));
  if (s.mel_bins > s.fft_length / 2 + 1 || s.coefficients > s.mel_bins) {
    return fail("{} coefficients of {} mel bands of {} frequencies: must not increase",
                s.coefficients, s.mel_bins, s.fft_length / 2 + 1);
  }
  shape[shape.rank - 1] = s.frames;
  shape.push_back(s.coefficients > 0 ? s.coefficients : s.mel_bins);
  return std::vector<Shape>{shape};
}

/// The largest scale from 16 fractional bits to the output's that a multiplier holds.
constexpr double kLeastScale = 1e-6;

Result<void> check(const NodeView& node) {
  double lower = static_cast<double>(node.real("lower_hz"));
  double upper = static_cast<double>(node.real("upper_hz"));
  if (!(lower >= 0) || !(upper > lower) || upper > node.integer("sample_rate") / 2.0) {
    return fail("frequencies {} to {} Hz must increase and lie in 0..{}, half the sample_rate",
                lower, upper, node.integer("sample_rate") / 2.0);
  }
  if (!(node.real("log_offset") > 0)) return fail("log_offset must be above 0");
  if (node.output().dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_per_tensor(node, true, 0));
  if (static_cast<double>(node.output().quantization.scale()) < kLeastScale) {
    return fail("{} must have a scale of at least {}", node.output_text(), kLeastScale);
  }
  return {};
}

// ---- lowering

/// The double as a fraction of `one`, within int16.
std::vector<int16_t> fixed(const std::vector<double>& values, double one) {
  std::vector<int16_t> result;
  for (double value : values) {
    result.push_back(static_cast<int16_t>(std::clamp(std::round(value * one), -32767.0, 32767.0)));
  }
  return result;
}

std::vector<float> floats(const std::vector<double>& values) {
  return std::vector<float>(values.begin(), values.end());
}

int32_t sixteen_bits(double value) {
  return static_cast<int32_t>(std::lround(value * 65536));
}

/// What makes sums of scaled bins those of samples in -1 to 1: samples come in 32768ths, the
/// transform divides by its length (both count twice in squares), weights come in 4096ths.
double log2_scale(const FeatureShape& s) {
  double amplitude = std::log2(static_cast<double>(s.fft_length)) - 15;
  return (s.magnitude != 0 ? amplitude : 2 * amplitude) - 12;
}

struct Tables {
  std::vector<double> window, cosines;
  MelBands mel;
};

Tables tables_of(const NodeView& node, const FeatureShape& s) {
  Tables tables;
  tables.window = window_table(node.choice("window"), s.window);
  tables.mel = mel_bands(s.fft_length, node.integer("sample_rate"), s.mel_bins,
                         static_cast<double>(node.real("lower_hz")),
                         static_cast<double>(node.real("upper_hz")));
  // A table needs an entry even if no frequency falls into any band.
  if (tables.mel.weights.empty()) {
    tables.mel.weights.push_back(0);
    tables.mel.bands[0] = 1;
    tables.mel.bands[1] = 1;
  }
  tables.cosines = cosine_table(s.coefficients, s.mel_bins);
  return tables;
}

/// Input, the tables up to the weights; fills in what they decide.
std::vector<Value> common_operands(Lowering& node, FeatureShape& s, const Tables& tables) {
  bool real = node.input(0).dtype == DType::kFloat32;
  FftConstants fft = fft_constants(node, node.input(0).dtype, s.fft_length, /*inverse=*/false);
  s.stages = fft.stages;
  s.weights = static_cast<int32_t>(tables.mel.weights.size());
  std::vector<Value> operands = {node.in(0), real ? node.constant(floats(tables.window))
                                                  : node.constant(fixed(tables.window, 32768))};
  operands.insert(operands.end(), fft.tables.begin(), fft.tables.end());
  operands.push_back(node.constant(tables.mel.bands));
  operands.push_back(real ? node.constant(floats(tables.mel.weights))
                          : node.constant(fixed(tables.mel.weights, 4096)));
  return operands;
}

void lower_float32(Lowering& node, FeatureShape s, const Tables& tables) {
  std::vector<Value> operands = common_operands(node, s, tables);
  operands.push_back(s.coefficients > 0 ? node.constant(floats(tables.cosines))
                                        : Lowering::nothing());
  operands.push_back(node.scratch(static_cast<uint32_t>(s.fft_length + 2) * 4));
  operands.push_back(node.out());
  node.emit(kFloat32, FeaturesFloat32Params{s, node.real("log_offset")}, operands);
}

void lower_int16(Lowering& node, FeatureShape s, const Tables& tables) {
  std::vector<Value> operands = common_operands(node, s, tables);
  std::vector<int16_t> last;
  for (uint16_t entry : log_table()) last.push_back(static_cast<int16_t>(entry));
  std::vector<int16_t> cosines = fixed(tables.cosines, 32768);
  last.insert(last.end(), cosines.begin(), cosines.end());
  operands.push_back(node.constant(last));
  int32_t words = s.mel_bins + (s.window + s.fft_length + 3) / 2;
  operands.push_back(node.scratch(static_cast<uint32_t>(words) * 4));
  operands.push_back(node.out());
  const Tensor& output = node.output();
  double scale = output.dtype == DType::kFloat32 ? 1 : output.quantization.scale();
  FeaturesInt16Params params{s, sixteen_bits(log2_scale(s)),
                             sixteen_bits(std::log(static_cast<double>(node.real("log_offset")))),
                             quantize_multiplier(1 / (65536 * scale)),
                             output.quantization.zero_point()};
  node.emit(output.dtype == DType::kInt8    ? kToInt8
            : output.dtype == DType::kInt16 ? kToInt16
                                            : kToFloat32,
            params, operands);
}

Result<void> lower(Lowering& node) {
  FeatureShape s = shape_of(node);
  Tables tables = tables_of(node, s);
  if (node.input(0).dtype == DType::kFloat32) {
    lower_float32(node, s, tables);
  } else {
    lower_int16(node, s, tables);
  }
  return {};
}

// ---- records

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType from, DType to,
                Shape shape, Attributes attributes) {
  GraphBuilder b("features");
  Quantization q = to == DType::kFloat32 ? Quantization()
                   : to == DType::kInt16
                       ? quantization(0.001f, 0)
                       : quantization(random_float(random, 0.1f, 0.3f), random_int(random, 0, 60));
  return b.build({b.node(record, {b.input(from, shape)}, std::move(attributes), to, q)});
}

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  bool mfcc = &record == &mote_mfcc_record();
  constexpr DType kTypes[][2] = {{DType::kFloat32, DType::kFloat32},
                                 {DType::kInt16, DType::kInt8},
                                 {DType::kInt16, DType::kInt16},
                                 {DType::kInt16, DType::kFloat32}};
  std::vector<Graph> graphs;
  for (const auto& [from, to] : kTypes) {
    auto add = [&, from = from, to = to](Shape shape, int64_t window, int64_t step, int64_t mels,
                                         Attributes more) {
      more["window_size"] = window;
      more["window_step"] = step;
      more["mel_bins"] = mels;
      if (mfcc) more["coefficients"] = std::min<int64_t>(mels, 10);
      graphs.push_back(make_case(random, record, from, to, shape, std::move(more)));
    };
    add(Shape(1, 1120), 480, 320, 40, {});
    add(Shape(160), 160, 100, 12, {{"spectrum", std::string("POWER")}});
    add(Shape(2, 70), 30, 20, 1, {{"fft_length", int64_t{36}}, {"lower_hz", 0.0}});
    add(Shape(random_int(random, 1, 2), random_int(random, 64, 200)), random_int(random, 20, 64),
        random_int(random, 1, 40), random_int(random, 2, 20),
        {{"window", std::string(random_int(random, 0, 1) ? "HAMMING" : "RECTANGULAR")},
         {"sample_rate", int64_t{8000}},
         {"fft_length", int64_t{80}}});
  }
  return graphs;
}

std::vector<AttributeSpec> attributes() {
  return {
      {.name = "fft_length", .fallback = int64_t{0}, .low = 0},
      {.name = "log_offset", .fallback = 1e-6},
      {.name = "lower_hz", .fallback = 20.0},
      {.name = "mel_bins", .fallback = int64_t{40}, .low = 1},
      {.name = "sample_rate", .fallback = int64_t{16000}, .low = 1},
      {.name = "spectrum", .fallback = std::string("MAGNITUDE"), .choices = {"MAGNITUDE", "POWER"}},
      {.name = "upper_hz", .fallback = 4000.0},
      {.name = "window",
       .fallback = std::string("HANN"),
       .choices = {"HANN", "HAMMING", "RECTANGULAR"}},
      {.name = "window_size", .fallback = int64_t{480}, .low = 1, .high = 32768},
      {.name = "window_step", .fallback = int64_t{320}, .low = 1}};
}

OperatorRecord make_record(std::string_view name) {
  return {
      .name = name,
      .inputs = {{"samples"}},
      .outputs = {{"features"}},
      .attributes = attributes(),
      .types = {{{DType::kFloat32}, {DType::kFloat32}},
                {{DType::kInt16}, {DType::kInt8}},
                {{DType::kInt16}, {DType::kInt16}},
                {{DType::kInt16}, {DType::kFloat32}}},
      .kernels = {&kFloat32, &kToInt8, &kToInt16, &kToFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = nullptr,
  };
}

}  // namespace

const OperatorRecord& mote_log_mel_record() {
  static const OperatorRecord record = [] {
    OperatorRecord log_mel = make_record("MoteLogMel");
    log_mel.cases = [](std::mt19937& random) { return make_cases(random, mote_log_mel_record()); };
    return log_mel;
  }();
  return record;
}

const OperatorRecord& mote_mfcc_record() {
  static const OperatorRecord record = [] {
    OperatorRecord mfcc = make_record("MoteMfcc");
    mfcc.attributes.push_back({.name = "coefficients", .fallback = int64_t{10}, .low = 1});
    mfcc.cases = [](std::mt19937& random) { return make_cases(random, mote_mfcc_record()); };
    return mfcc;
  }();
  return record;
}

}  // namespace mote
