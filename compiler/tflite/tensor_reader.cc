// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/tensor_reader.h"

#include <cstring>

#include "compiler/tflite/element_type.h"

namespace mote::tflite {
namespace {

Result<void> check_supported(const tflite_schema::Tensor& tensor) {
  if (tensor.sparsity()) {
    return fail("is stored without its zeros (sparse); convert the model with dense weights");
  }
  if (tensor.external_buffer() != 0) {
    return fail("has its data in another file; convert the model into a single file");
  }
  return {};
}

Result<Shape> read_shape(const tflite_schema::Tensor& tensor) {
  Shape shape;
  if (!tensor.shape()) return shape;
  if (tensor.shape()->size() > kMaxRank) {
    return fail("has {} dimensions, at most {} are supported", tensor.shape()->size(), kMaxRank);
  }
  for (int32_t dim : *tensor.shape()) {
    if (dim < 1) {
      return fail("dimension {} is {}; sizes must be fixed when the model is converted", shape.rank,
                  dim);
    }
    shape.push_back(dim);
  }
  MOTE_CHECK_OK(check_elements(shape));
  return shape;
}

Result<std::vector<int32_t>> read_zero_points(const flatbuffers::Vector<int64_t>* stored,
                                              size_t scales) {
  std::vector<int32_t> zero_points(scales);
  if (!stored || stored->size() == 0) return zero_points;
  if (stored->size() != 1 && stored->size() != scales) {
    return fail("has {} scales but {} zero points", scales, stored->size());
  }
  for (size_t i = 0; i < scales; ++i) {
    // Not Get(): FlatBuffers 2.0.8 verifies that 8-byte elements are aligned to 4 only.
    int64_t value;
    std::memcpy(&value, stored->Data() + sizeof value * (stored->size() == 1 ? 0 : i),
                sizeof value);
    if (value < INT32_MIN || value > INT32_MAX) return fail("has zero point {}", value);
    zero_points[i] = static_cast<int32_t>(value);
  }
  return zero_points;
}

Result<Quantization> read_quantization(const tflite_schema::QuantizationParameters* stored,
                                       const Shape& shape) {
  Quantization q;
  if (!stored) return q;
  if (stored->details_type() != tflite_schema::QuantizationDetails_NONE) {
    const char* kind = EnumNameQuantizationDetails(stored->details_type());
    return fail("is quantised by {}; mote knows one scale per tensor or per channel",
                *kind ? kind : "an unknown scheme");
  }
  if (!stored->scale() || stored->scale()->size() == 0) return q;  // only min and max: a statistic
  // Before copying them: as many scales as the dimension has indices, or one.
  uint32_t scales = stored->scale()->size();
  int32_t axis = stored->quantized_dimension();
  if (shape.rank == 1) axis = 0;  // some converters give a bias its filter's dimension
  bool axis_exists = axis >= 0 && axis < shape.rank;
  if (scales > 1 && (!axis_exists || static_cast<uint32_t>(shape[axis]) != scales)) {
    return fail("has {} scales along dimension {} of shape {}", scales, axis, shape_text(shape));
  }
  q.axis = axis_exists ? axis : 0;
  q.scales.assign(stored->scale()->begin(), stored->scale()->end());
  MOTE_TRY(q.zero_points, read_zero_points(stored->zero_point(), scales));
  return q;
}

Result<std::shared_ptr<const Bytes>> read_data(const tflite_schema::Tensor& stored,
                                               const Tensor& tensor, Constants& constants) {
  MOTE_TRY(std::shared_ptr<const Bytes> data, constants.buffer(stored.buffer()));
  if (data && data->size() != tensor.bytes()) {
    return fail("buffer {} holds {} bytes, its shape {} needs {}", stored.buffer(), data->size(),
                type_text(tensor), tensor.bytes());
  }
  return data;
}

}  // namespace

Result<Tensor> read_tensor(const tflite_schema::Tensor& stored, Constants& constants) {
  MOTE_CHECK_OK(check_supported(stored));
  Tensor tensor;
  if (stored.name()) tensor.name = stored.name()->str();
  MOTE_TRY(tensor.dtype, dtype_of(stored.type()));
  MOTE_TRY(tensor.shape, read_shape(stored));
  MOTE_TRY(tensor.quantization, read_quantization(stored.quantization(), tensor.shape));
  MOTE_TRY(tensor.data, read_data(stored, tensor, constants));
  tensor.variable = stored.is_variable();
  return tensor;
}

Result<void> check_elements(const Shape& shape) {
  int64_t elements = 1;
  for (int i = 0; i < shape.rank; ++i) {
    elements *= shape[i];
    if (elements < 0 || elements > INT32_MAX) {
      return fail("has more than {} elements", INT32_MAX);
    }
  }
  return {};
}

bool shape_unknown(const tflite_schema::Tensor& tensor) {
  return !tensor.has_rank() && (!tensor.shape() || tensor.shape()->size() == 0);
}

std::string quoted(std::string_view name) {
  constexpr size_t kLongest = 200;
  std::string text(name.substr(0, kLongest));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return "'" + text + (name.size() > kLongest ? "…'" : "'");
}

std::string quoted(const flatbuffers::String* name) {
  return quoted(name ? name->string_view() : std::string_view());
}

std::string tensor_text(const tflite_schema::SubGraph& subgraph, int32_t index) {
  return fmt::format("tensor {} {}", index,
                     quoted(subgraph.tensors()->Get(static_cast<uint32_t>(index))->name()));
}

}  // namespace mote::tflite
