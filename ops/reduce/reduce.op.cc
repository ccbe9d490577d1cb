// SPDX-License-Identifier: Apache-2.0
// The records of MEAN, SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY and REDUCE_ALL. The
// axes are a constant; negative and repeated ones are fine.
#include "ops/reduce/reduce.h"

#include <algorithm>
#include <bit>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/kernel_choice.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

#define MOTE_MEAN_KERNEL(name, P)                                                           \
  MOTE_KERNEL(name, P, "reduce", "reference.cc",                                            \
              MOTE_FIELDS(P, MOTE_LOOPS_1_FIELDS(kept), MOTE_LOOPS_1_FIELDS(reduced), bias, \
                          MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT8_OUTPUT_FIELDS(output)))
#define MOTE_REDUCE_KERNEL(name)                                                                 \
  MOTE_KERNEL(reduce_##name, ReduceParams, "reduce", "reference.cc",                             \
              MOTE_FIELDS(ReduceParams, MOTE_LOOPS_1_FIELDS(kept), MOTE_LOOPS_1_FIELDS(reduced), \
                          function))

const KernelInfo kMeanInt8 = MOTE_MEAN_KERNEL(mean_int8, MeanInt8Params);
const KernelInfo kMeanInt16 = MOTE_MEAN_KERNEL(mean_int16, MeanInt16Params);
const KernelInfo kMeanFloat32 = MOTE_KERNEL(
    mean_float32, MeanFloat32Params, "reduce", "reference.cc",
    MOTE_FIELDS(MeanFloat32Params, MOTE_LOOPS_1_FIELDS(kept), MOTE_LOOPS_1_FIELDS(reduced), count));
const KernelInfo kInt8 = MOTE_REDUCE_KERNEL(int8);
const KernelInfo kInt16 = MOTE_REDUCE_KERNEL(int16);
const KernelInfo kInt32 = MOTE_REDUCE_KERNEL(int32);
const KernelInfo kInt64 = MOTE_REDUCE_KERNEL(int64);
const KernelInfo kFloat32 = MOTE_REDUCE_KERNEL(float32);

const Kernels kKernels = {&kInt8, &kInt16, &kInt32, &kInt64, &kFloat32};

/// Whether each dimension of the input is reduced.
Result<std::vector<bool>> reduced_dimensions(const NodeView& node) {
  int rank = node.input(0).shape.rank;
  std::vector<bool> reduced(static_cast<size_t>(rank));
  MOTE_TRY(std::vector<int64_t> axes, constant_integers(node, 1));
  for (int64_t axis : axes) {
    MOTE_TRY(int resolved, resolve_axis(axis, rank));
    reduced[static_cast<size_t>(resolved)] = true;
  }
  return reduced;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(std::vector<bool> reduced, reduced_dimensions(node));
  const Shape& input = node.input(0).shape;
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    bool gone = reduced[static_cast<size_t>(d)];
    if (!gone || node.flag("keep_dims")) shape.push_back(gone ? 1 : input[d]);
  }
  return std::vector<Shape>{shape};
}

/// The loops over the dimensions that are reduced, or over those that aren't.
StridedLoops<1> loops_where(const Shape& input, const std::vector<bool>& reduced, bool wanted) {
  Strides own = row_major_strides(input), strides{};
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    if (reduced[static_cast<size_t>(d)] != wanted) continue;
    strides[static_cast<size_t>(shape.rank)] = own[static_cast<size_t>(d)];
    shape.push_back(input[d]);
  }
  return make_loops<1>(shape, {strides});
}

struct Loops {
  StridedLoops<1> kept, reduced;
  int32_t count;  // of elements that become one
};

Result<Loops> loops_of(const NodeView& node) {
  MOTE_TRY(std::vector<bool> reduced, reduced_dimensions(node));
  const Shape& input = node.input(0).shape;
  return Loops{loops_where(input, reduced, false), loops_where(input, reduced, true),
               static_cast<int32_t>(input.elements() / node.output().shape.elements())};
}

// ---- MEAN and the quantised SUM

/// input_scale / output_scale / count. The division by count is exact to the multiplier's 31 bits:
/// the multiplier is first raised by as many bits as count has. (TFLite: QuantizedMeanOrSum.)
QuantizedMultiplier mean_multiplier(QuantizedMultiplier m, int32_t count) {
  int32_t shift = std::bit_width(static_cast<uint32_t>(count)) - 1;
  shift = std::min(shift, 31 + m.shift);
  int64_t raised = static_cast<int64_t>(m.multiplier) << shift;
  return {static_cast<int32_t>(raised / count), m.shift - shift};
}

void emit_quantized(Lowering& node, const Loops& loops, bool mean) {
  const Tensor& input = node.input(0);
  QuantizedMultiplier multiplier =
      quantize_multiplier(static_cast<double>(input.quantization.scale()) /
                          static_cast<double>(node.output().quantization.scale()));
  if (mean) multiplier = mean_multiplier(multiplier, loops.count);
  int32_t bias = wrapping_mul(-input.quantization.zero_point(), loops.count);
  if (input.dtype == DType::kInt16) {
    node.emit(kMeanInt16,
              MeanInt16Params{loops.kept, loops.reduced, bias, multiplier,
                              int16_output(node.output(), "NONE")},
              {node.in(0), node.out()});
  } else {
    node.emit(kMeanInt8,
              MeanInt8Params{loops.kept, loops.reduced, bias, multiplier,
                             int8_output(node.output(), "NONE")},
              {node.in(0), node.out()});
  }
}

Result<void> lower_mean(Lowering& node) {
  MOTE_TRY(Loops loops, loops_of(node));
  if (node.input(0).dtype == DType::kFloat32) {
    node.emit(kMeanFloat32, MeanFloat32Params{loops.kept, loops.reduced, loops.count},
              {node.in(0), node.out()});
  } else {
    emit_quantized(node, loops, true);
  }
  return {};
}

// ---- the others

template <ReduceFunction kFunction>
Result<void> lower(Lowering& node) {
  MOTE_TRY(Loops loops, loops_of(node));
  DType dtype = node.input(0).dtype;
  if (kFunction == kReduceSum && (dtype == DType::kInt8 || dtype == DType::kInt16)) {
    emit_quantized(node, loops, false);
  } else {
    node.emit(kernel_for(kKernels, dtype), ReduceParams{loops.kept, loops.reduced, kFunction},
              {node.in(0), node.out()});
  }
  return {};
}

Result<void> check_extreme(const NodeView& node) {
  return check_same_quantization(node, 0);
}

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype, Shape shape,
                std::vector<int32_t> axes, bool keep_dims) {
  GraphBuilder b("reduce");
  Quantization from = random_quantization(random, dtype);
  bool same = record.check == check_extreme;
  Quantization to = same ? from : random_quantization(random, dtype);
  // Sums are longer than their terms.
  if (record.name == "SUM" && to.quantized()) to.scales[0] *= 8;
  TensorId input = b.input(dtype, shape, from);
  TensorId axis = b.constant(Shape(static_cast<int32_t>(axes.size())), axes);
  return b.build({b.node(record, {input, axis}, {{"keep_dims", keep_dims}}, dtype, to)});
}

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    auto add = [&](Shape shape, std::vector<int32_t> axes, bool keep_dims) {
      graphs.push_back(make_case(random, record, row.inputs[0], shape, axes, keep_dims));
    };
    add(Shape(1, 5, 7, 3), {1, 2}, true);
    add(Shape(2, 3, 4), {-1, 0, 2}, false);
    add(Shape(6, 5), {0}, false);
    add(Shape(3, 4), {0, 1}, false);  // to a scalar
    add(Shape(2, 2, 3, 2, 2, 3), {0, 2, 4}, true);
    add(Shape(random_int(random, 1, 6), random_int(random, 1, 6), 3), {-2}, true);
  }
  return graphs;
}

template <const OperatorRecord& (*kRecord)()>
OperatorRecord make_record(std::string_view name, int max_version,
                           std::initializer_list<DType> types) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = "ReducerOptions",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "keep_dims", .fallback = false}},
      .types = {},
      .kernels = {&kMeanInt8, &kMeanInt16, &kMeanFloat32, &kInt8, &kInt16, &kInt32, &kInt64,
                  &kFloat32},
      .infer = infer,
      .check = check_activations,
      .lower = nullptr,
      .cases = [](std::mt19937& random) { return make_cases(random, kRecord()); },
  };
  for (DType dtype : types) record.types.push_back({{dtype, DType::kInt32}, {dtype}});
  return record;
}

template <ReduceFunction kFunction, const OperatorRecord& (*kRecord)()>
OperatorRecord make_reducer(std::string_view name, int max_version,
                            std::initializer_list<DType> types) {
  OperatorRecord record = make_record<kRecord>(name, max_version, types);
  record.lower = lower<kFunction>;
  if (kFunction >= kReduceMaximum) record.check = check_extreme;
  return record;
}

}  // namespace

const OperatorRecord& mean_record() {
  static const OperatorRecord record = [] {
    OperatorRecord mean =
        make_record<mean_record>("MEAN", 3, {DType::kInt8, DType::kInt16, DType::kFloat32});
    mean.lower = lower_mean;
    return mean;
  }();
  return record;
}

#define MOTE_REDUCER(name, NAME, function, version, ...)                     \
  const OperatorRecord& name##_record() {                                    \
    static const OperatorRecord record =                                     \
        make_reducer<function, name##_record>(NAME, version, {__VA_ARGS__}); \
    return record;                                                           \
  }
#define MOTE_NUMBERS DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64, DType::kFloat32
MOTE_REDUCER(sum, "SUM", kReduceSum, 2, MOTE_NUMBERS)
MOTE_REDUCER(reduce_prod, "REDUCE_PROD", kReduceProd, 1, DType::kInt32, DType::kInt64,
             DType::kFloat32)
MOTE_REDUCER(reduce_max, "REDUCE_MAX", kReduceMaximum, 3, MOTE_NUMBERS)
MOTE_REDUCER(reduce_min, "REDUCE_MIN", kReduceMinimum, 3, MOTE_NUMBERS)
// Of values that are 0 or 1, the largest and the smallest one.
MOTE_REDUCER(reduce_any, "REDUCE_ANY", kReduceMaximum, 1, DType::kBool)
MOTE_REDUCER(reduce_all, "REDUCE_ALL", kReduceMinimum, 1, DType::kBool)

}  // namespace mote
