// SPDX-License-Identifier: Apache-2.0
// Values that are known at import: constants, shapes, and what is counted from them; and casts,
// by which exporters bring those from one integer type to another.
#include <algorithm>
#include <cmath>

#include "compiler/onnx/table.h"
#include "compiler/onnx/tensor_reader.h"

namespace mote::onnx_import {
namespace {

TensorId list_of(Op& op, const std::vector<int64_t>& values) {
  return op.out.constant<int64_t>(Shape(static_cast<int32_t>(values.size())), values);
}

Result<void> import_constant(Op& op) {
  if (const ::onnx::TensorProto* stored = op.constant("value")) {
    MOTE_TRY(Tensor tensor, read_tensor(*stored));
    tensor.name.clear();
    return op.finish(op.out.add(std::move(tensor)));
  }
  if (op.has_attribute("value_float")) return op.finish(op.out.real(op.real("value_float", 0)));
  if (op.has_attribute("value_int")) {
    return op.finish(op.out.constant<int64_t>(Shape(), {op.integer("value_int", 0)}));
  }
  if (op.has_attribute("value_ints")) return op.finish(list_of(op, op.list("value_ints")));
  return fail("has a kind of value that mote doesn't read");
}

Result<void> import_shape(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  const Shape& shape = op.shape(x);
  int64_t rank = shape.rank;
  auto held = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  int64_t start = held(op.integer("start", 0)), end = held(op.integer("end", rank));
  std::vector<int64_t> dims;
  for (int64_t d = start; d < end; ++d) dims.push_back(shape[static_cast<int>(d)]);
  return op.finish(list_of(op, dims));
}

Result<void> import_size(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  return op.finish(op.out.constant<int64_t>(Shape(), {op.shape(x).elements()}));
}

Result<void> import_constant_of_shape(Op& op) {
  MOTE_TRY(std::vector<int64_t> dims, op.integers(0));
  MOTE_TRY(Shape shape, shape_of(dims));
  TensorId value = op.out.real(0);
  if (const ::onnx::TensorProto* stored = op.constant("value")) {
    MOTE_TRY(Tensor tensor, read_tensor(*stored));
    if (tensor.shape.elements() != 1) return fail("its value has {}", shape_text(tensor.shape));
    tensor.shape = Shape();
    value = op.out.add(std::move(tensor));
  }
  if (shape.elements() == 0) {
    Tensor empty = op.out.tensor(value);
    empty.shape = shape;
    empty.data = std::make_shared<const Bytes>();
    return op.finish(op.out.add(std::move(empty)));
  }
  MOTE_TRY(TensorId y,
           op.out.append("FILL", {op.out.integers(dims), value}, {}, op.out.kind(value)));
  return op.finish(y);
}

Result<void> import_range(Op& op) {
  std::vector<float> given;
  for (int i = 0; i < 3; ++i) {
    MOTE_TRY(std::vector<float> value, op.reals(i));
    if (value.size() != 1) return fail("input {} isn't one number", i);
    given.push_back(value[0]);
  }
  MOTE_TRY(TensorId start, op.input(0));
  float count = std::ceil((given[1] - given[0]) / given[2]);
  if (!(count >= 1 && count <= 65536)) return fail("has {} elements", count);
  DType dtype = op.out.tensor(start).dtype;
  std::vector<float> reals;
  std::vector<int64_t> integers;
  for (int i = 0; i < static_cast<int>(count); ++i) {
    reals.push_back(given[0] + static_cast<float>(i) * given[2]);
    integers.push_back(static_cast<int64_t>(reals.back()));
  }
  if (dtype == DType::kFloat32) {
    return op.finish(op.out.constant<float>(Shape(static_cast<int32_t>(reals.size())), reals));
  }
  if (dtype == DType::kInt32) return op.finish(op.out.integers(integers));
  if (dtype == DType::kInt64) return op.finish(list_of(op, integers));
  return fail("of {} isn't supported", name_of(dtype));
}

Result<void> cast(Op& op, TensorId x, DType to) {
  if (op.out.tensor(x).dtype == to) return op.finish(x);
  MOTE_TRY(TensorId y, op.out.append("CAST", {x}, {}, Kind{to, {}}));
  return op.finish(y);
}

Result<void> import_cast(Op& op) {
  op.ignore({"saturate"});
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(DType to, dtype_of(static_cast<int>(op.integer("to", 0))));
  return cast(op, x, to);
}

Result<void> import_cast_like(Op& op) {
  op.ignore({"saturate"});
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId like, op.input(1));
  return cast(op, x, op.out.tensor(like).dtype);
}

constexpr Row kRows[] = {
    {"Cast", import_cast, "CAST"}, {"CastLike", import_cast_like, "CAST"},
    {"Constant", import_constant}, {"ConstantOfShape", import_constant_of_shape, "FILL"},
    {"Range", import_range},       {"Shape", import_shape},
    {"Size", import_size},
};

}  // namespace

std::span<const Row> shape_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
