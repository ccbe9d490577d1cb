// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/element_type.h"

namespace mote::tflite {
namespace {

using tflite_schema::TensorType;

constexpr struct {
  TensorType type;
  DType dtype;
} kTypes[] = {
    {TensorType::TensorType_FLOAT32, DType::kFloat32},
    {TensorType::TensorType_FLOAT16, DType::kFloat16},
    {TensorType::TensorType_FLOAT64, DType::kFloat64},
    {TensorType::TensorType_INT4, DType::kInt4},
    {TensorType::TensorType_INT8, DType::kInt8},
    {TensorType::TensorType_UINT8, DType::kUInt8},
    {TensorType::TensorType_INT16, DType::kInt16},
    {TensorType::TensorType_UINT16, DType::kUInt16},
    {TensorType::TensorType_INT32, DType::kInt32},
    {TensorType::TensorType_UINT32, DType::kUInt32},
    {TensorType::TensorType_INT64, DType::kInt64},
    {TensorType::TensorType_UINT64, DType::kUInt64},
    {TensorType::TensorType_BOOL, DType::kBool},
};

}  // namespace

Result<DType> dtype_of(TensorType type) {
  for (const auto& row : kTypes) {
    if (row.type == type) return row.dtype;
  }
  if (const char* name = EnumNameTensorType(type); *name) {
    return fail("element type {} isn't supported", name);
  }
  return fail("element type {} is none that mote knows", static_cast<int>(type));
}

TensorType tensor_type_of(DType dtype) {
  for (const auto& row : kTypes) {
    if (row.dtype == dtype) return row.type;
  }
  return TensorType::TensorType_FLOAT32;  // not reached: the table has them all
}

}  // namespace mote::tflite
