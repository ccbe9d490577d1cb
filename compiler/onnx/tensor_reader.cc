// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/tensor_reader.h"

#include <cstring>

namespace mote::onnx_import {
namespace {

using ::onnx::TensorProto;

struct TypeNames {
  int onnx;
  DType dtype;
};

constexpr TypeNames kTypes[] = {
    {TensorProto::FLOAT, DType::kFloat32},  {TensorProto::FLOAT16, DType::kFloat16},
    {TensorProto::DOUBLE, DType::kFloat64}, {TensorProto::INT8, DType::kInt8},
    {TensorProto::UINT8, DType::kUInt8},    {TensorProto::INT16, DType::kInt16},
    {TensorProto::UINT16, DType::kUInt16},  {TensorProto::INT32, DType::kInt32},
    {TensorProto::UINT32, DType::kUInt32},  {TensorProto::INT64, DType::kInt64},
    {TensorProto::UINT64, DType::kUInt64},  {TensorProto::BOOL, DType::kBool},
};

/// Appends each element of a typed field as a T.
template <typename T, typename Field>
Bytes pack(const Field& field) {
  Bytes bytes(static_cast<size_t>(field.size()) * sizeof(T));
  for (int i = 0; i < field.size(); ++i) {
    T value = static_cast<T>(field.Get(i));
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

/// The elements from whichever field the format keeps this type in.
Bytes data_of(const TensorProto& stored, DType dtype) {
  if (stored.has_raw_data()) {
    return Bytes(stored.raw_data().begin(), stored.raw_data().end());
  }
  switch (dtype) {
    case DType::kFloat32:
      return pack<float>(stored.float_data());
    case DType::kFloat64:
      return pack<double>(stored.double_data());
    case DType::kInt64:
      return pack<int64_t>(stored.int64_data());
    case DType::kUInt64:
      return pack<uint64_t>(stored.uint64_data());
    case DType::kUInt32:
      return pack<uint32_t>(stored.uint64_data());
    case DType::kInt32:
      return pack<int32_t>(stored.int32_data());
    default:
      return bits_of(dtype) == 16 ? pack<uint16_t>(stored.int32_data())
                                  : pack<uint8_t>(stored.int32_data());
  }
}

template <typename T, typename Wide>
std::vector<Wide> widen(const Tensor& tensor) {
  std::vector<Wide> values;
  values.reserve(tensor.data->size() / sizeof(T));
  for (size_t at = 0; at < tensor.data->size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, tensor.data->data() + at, sizeof(T));
    values.push_back(static_cast<Wide>(value));
  }
  return values;
}

/// real = scale · (q - zero_point), with the scale of the element's index along the axis.
void dequantize(const Tensor& tensor, std::vector<float>& values) {
  const Quantization& q = tensor.quantization;
  if (!q.quantized()) return;
  size_t inner = 1;
  for (int d = q.axis + 1; d < tensor.shape.rank; ++d) {
    inner *= static_cast<size_t>(tensor.shape[d]);
  }
  for (size_t i = 0; i < values.size(); ++i) {
    size_t c = q.per_channel() ? i / inner % q.scales.size() : 0;
    values[i] = (values[i] - static_cast<float>(q.zero_points[c])) * q.scales[c];
  }
}

}  // namespace

std::string in_quotes(const std::string& name) {
  constexpr size_t kLongest = 200;
  std::string text = name.substr(0, kLongest);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return "'" + text + (name.size() > kLongest ? "…'" : "'");
}

Result<DType> dtype_of(int onnx_type) {
  for (const TypeNames& type : kTypes) {
    if (type.onnx == onnx_type) return type.dtype;
  }
  const std::string& name = ::onnx::TensorProto_DataType_Name(onnx_type);
  return fail("has elements of type {}, which mote has no tensors of",
              name.empty() ? std::to_string(onnx_type) : name);
}

Result<Shape> shape_of(const std::vector<int64_t>& dims) {
  if (dims.size() > kMaxRank) {
    return fail("has {} dimensions, at most {} are supported", dims.size(), kMaxRank);
  }
  Shape shape;
  for (int64_t dim : dims) {
    if (dim < 0 || dim > INT32_MAX) return fail("has a dimension of {}", dim);
    shape.push_back(static_cast<int32_t>(dim));
  }
  if (shape.elements() > INT32_MAX) return fail("has more than {} elements", INT32_MAX);
  return shape;
}

Result<Tensor> read_tensor(const TensorProto& stored) {
  Tensor tensor;
  tensor.name = stored.name();
  if (stored.data_location() == TensorProto::EXTERNAL || stored.external_data_size() > 0) {
    return fail(
        "has its data in another file; save the model into a single file "
        "(onnx.save(…, save_as_external_data=False))");
  }
  if (stored.has_segment()) return fail("is stored in segments, which mote doesn't read");
  MOTE_TRY(tensor.dtype, dtype_of(stored.data_type()));
  MOTE_TRY(tensor.shape, shape_of({stored.dims().begin(), stored.dims().end()}));
  Bytes data = data_of(stored, tensor.dtype);
  if (data.size() != tensor.bytes()) {
    return fail("holds {} bytes, its type {} needs {}", data.size(), type_text(tensor),
                tensor.bytes());
  }
  if (tensor.dtype == DType::kBool) {
    for (uint8_t& byte : data) byte = byte != 0;
  }
  tensor.data = std::make_shared<const Bytes>(std::move(data));
  return tensor;
}

Result<std::vector<int64_t>> integers_of(const Tensor& tensor) {
  switch (tensor.dtype) {
    case DType::kInt64:
      return widen<int64_t, int64_t>(tensor);
    case DType::kInt32:
      return widen<int32_t, int64_t>(tensor);
    case DType::kInt8:
      return widen<int8_t, int64_t>(tensor);
    case DType::kUInt8:
    case DType::kBool:
      return widen<uint8_t, int64_t>(tensor);
    default:
      return fail("must hold integers, is {}", type_text(tensor));
  }
}

Result<std::vector<float>> reals_of(const Tensor& tensor) {
  std::vector<float> values;
  switch (tensor.dtype) {
    case DType::kFloat32:
      return widen<float, float>(tensor);
    case DType::kFloat64:
      return widen<double, float>(tensor);
    case DType::kInt64:
      values = widen<int64_t, float>(tensor);
      break;
    case DType::kInt32:
      values = widen<int32_t, float>(tensor);
      break;
    case DType::kInt8:
      values = widen<int8_t, float>(tensor);
      break;
    case DType::kUInt8:
      values = widen<uint8_t, float>(tensor);
      break;
    default:
      return fail("must hold numbers, is {}", type_text(tensor));
  }
  dequantize(tensor, values);
  return values;
}

}  // namespace mote::onnx_import
