// SPDX-License-Identifier: Apache-2.0
// The records of SignalRfft and SignalIrfft. Spectra are pairs (real, imaginary) along the
// innermost dimension, fft_length / 2 + 1 of them.
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/signal/fft_tables.op.h"
#include "ops/signal/signal.h"

namespace mote {
namespace {

#define MOTE_RFFT_KERNEL(function)                       \
  MOTE_KERNEL(function, RfftParams, "signal", "rfft.cc", \
              MOTE_FIELDS(RfftParams, rows, input_length, fft_length, stages))
#define MOTE_IRFFT_KERNEL(function)                        \
  MOTE_KERNEL(function, IrfftParams, "signal", "irfft.cc", \
              MOTE_FIELDS(IrfftParams, rows, fft_length, stages))

const KernelInfo kRfft16 = MOTE_RFFT_KERNEL(rfft_int16), kRfft32 = MOTE_RFFT_KERNEL(rfft_int32),
                 kRfftFloat = MOTE_RFFT_KERNEL(rfft_float32);
const KernelInfo kIrfft16 = MOTE_IRFFT_KERNEL(irfft_int16),
                 kIrfft32 = MOTE_IRFFT_KERNEL(irfft_int32),
                 kIrfftFloat = MOTE_IRFFT_KERNEL(irfft_float32);

/// One of three by the type of the node's numbers.
template <typename T>
const T& by_type(const NodeView& node, const T& int16, const T& int32, const T& float32) {
  DType dtype = node.input(0).dtype;
  return dtype == DType::kInt16 ? int16 : dtype == DType::kInt32 ? int32 : float32;
}

/// The type's number in .tflite files, which these operators repeat as an attribute.
int64_t type_number(DType dtype) {
  return dtype == DType::kInt16 ? 7 : dtype == DType::kInt32 ? 2 : 0;
}

Result<void> check_type(const NodeView& node) {
  int64_t number = type_number(node.input(0).dtype);
  if (node.integer("T") == number) return {};
  return fail("attribute T is {}, must be {}, which stands for {} in .tflite files",
              node.integer("T"), number, name_of(node.input(0).dtype));
}

/// The shape of the input, its innermost dimension replaced.
Result<std::vector<Shape>> with_innermost(const NodeView& node, int32_t length) {
  Shape shape = node.input(0).shape;
  shape[shape.rank - 1] = length;
  return std::vector<Shape>{shape};
}

int32_t rows_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return static_cast<int32_t>(shape.elements() / shape.back(0));
}

// ---- SignalRfft

Result<std::vector<Shape>> infer_rfft(const NodeView& node) {
  int32_t length = node.integer("fft_length");
  MOTE_CHECK_OK(check_fft_length(length));
  const Shape& input = node.input(0).shape;
  if (input.rank == 0 || input.back(0) > length) {
    return fail("{} must have rows of at most fft_length = {} samples", node.input_text(0), length);
  }
  return with_innermost(node, length + 2);
}

Result<void> lower_rfft(Lowering& node) {
  int32_t length = node.integer("fft_length");
  FftConstants fft = fft_constants(node, node.input(0).dtype, length, /*inverse=*/false);
  RfftParams params{rows_of(node), node.input(0).shape.back(0), length, fft.stages};
  std::vector<Value> operands = {node.in(0)};
  operands.insert(operands.end(), fft.tables.begin(), fft.tables.end());
  operands.push_back(node.out());
  node.emit(by_type(node, kRfft16, kRfft32, kRfftFloat), params, operands);
  return {};
}

// ---- SignalIrfft

Result<std::vector<Shape>> infer_irfft(const NodeView& node) {
  int32_t length = node.integer("fft_length");
  MOTE_CHECK_OK(check_fft_length(length));
  const Shape& input = node.input(0).shape;
  if (input.rank == 0 || input.back(0) != length + 2) {
    return fail("{} must have rows of fft_length / 2 + 1 = {} pairs", node.input_text(0),
                length / 2 + 1);
  }
  return with_innermost(node, length);
}

Result<void> lower_irfft(Lowering& node) {
  int32_t length = node.integer("fft_length");
  DType dtype = node.input(0).dtype;
  FftConstants fft = fft_constants(node, dtype, length, /*inverse=*/true);
  IrfftParams params{rows_of(node), length, fft.stages};
  std::vector<Value> operands = {node.in(0)};
  operands.insert(operands.end(), fft.tables.begin(), fft.tables.end());
  operands.push_back(
      node.scratch(static_cast<uint32_t>(bytes_of(dtype, static_cast<uint64_t>(length)))));
  operands.push_back(node.out());
  node.emit(by_type(node, kIrfft16, kIrfft32, kIrfftFloat), params, operands);
  return {};
}

// ---- cases

Graph make_case(const OperatorRecord& record, DType dtype, Shape shape, int64_t length) {
  GraphBuilder b("fft");
  return b.build({b.node(record, {b.input(dtype, shape)},
                         {{"T", type_number(dtype)}, {"fft_length", length}}, dtype)});
}

/// Lengths that need every radix; rows shorter than the transform where it fills up with zeros.
std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record, bool inverse) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt16, DType::kInt32, DType::kFloat32}) {
    auto add = [&](int rows, int32_t samples, int32_t length) {
      graphs.push_back(
          make_case(record, dtype, Shape(rows, inverse ? length + 2 : samples), length));
    };
    add(1, 480, 512);
    add(2, 4, 4);
    add(1, 29, 30);
    add(3, 1, 20);
    constexpr int32_t kLengths[] = {6, 8, 10, 18, 36, 64, 90, 100, 128};
    int32_t length = kLengths[random_int(random, 0, 8)];
    add(random_int(random, 1, 3), random_int(random, 1, length), length);
  }
  return graphs;
}

OperatorRecord make_record(std::string_view name) {
  return {
      .name = name,
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "T", .fallback = int64_t{7}, .low = 0, .high = 7},
                     {.name = "fft_length", .fallback = int64_t{0}, .low = 0}},
      .types = {{{DType::kInt16}, {DType::kInt16}},
                {{DType::kInt32}, {DType::kInt32}},
                {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {},
      .infer = nullptr,
      .check = check_type,
      .lower = nullptr,
      .cases = nullptr,
  };
}

}  // namespace

const OperatorRecord& signal_rfft_record() {
  static const OperatorRecord record = [] {
    OperatorRecord rfft = make_record("SignalRfft");
    rfft.kernels = {&kRfft16, &kRfft32, &kRfftFloat};
    rfft.infer = infer_rfft;
    rfft.lower = lower_rfft;
    rfft.cases = [](std::mt19937& random) {
      return make_cases(random, signal_rfft_record(), /*inverse=*/false);
    };
    return rfft;
  }();
  return record;
}

const OperatorRecord& signal_irfft_record() {
  static const OperatorRecord record = [] {
    OperatorRecord irfft = make_record("SignalIrfft");
    irfft.kernels = {&kIrfft16, &kIrfft32, &kIrfftFloat};
    irfft.infer = infer_irfft;
    irfft.lower = lower_irfft;
    irfft.cases = [](std::mt19937& random) {
      return make_cases(random, signal_irfft_record(), /*inverse=*/true);
    };
    return irfft;
  }();
  return record;
}

}  // namespace mote
