// SPDX-License-Identifier: Apache-2.0
#include "cli/input_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ir/comparator.h"
#include "train/data/npy.h"
#include "train/data/picture.h"
#include "train/data/sound.h"

namespace mote {
namespace {

struct Range {
  double low, high;
};

Range integer_range(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return {-128, 127};
    case DType::kUInt8:
      return {0, 255};
    case DType::kInt16:
      return {-32768, 32767};
    default:
      return {-2147483648.0, 2147483647.0};
  }
}

template <typename T>
void append(Bytes& bytes, double value) {
  T element = static_cast<T>(value);
  size_t at = bytes.size();
  bytes.resize(at + sizeof element);
  std::memcpy(bytes.data() + at, &element, sizeof element);
}

/// Appends an already integer (or real, for floats) number as the type stores it.
bool append_element(Bytes& bytes, DType dtype, double value) {
  switch (dtype) {
    case DType::kFloat32:
      return append<float>(bytes, value), true;
    case DType::kInt8:
      return append<int8_t>(bytes, value), true;
    case DType::kUInt8:
      return append<uint8_t>(bytes, value), true;
    case DType::kInt16:
      return append<int16_t>(bytes, value), true;
    case DType::kInt32:
      return append<int32_t>(bytes, value), true;
    default:
      return false;
  }
}

/// Stored numbers of one type as a tensor of another: same type as is, uint8 to int8 by -128, float
/// to integer by quantising.
Result<Bytes> convert(const Bytes& stored, DType from, const Tensor& to) {
  if (from == to.dtype) return stored;
  int64_t count = static_cast<int64_t>(stored.size() * 8 / bits_of(from));
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(element_value(from, stored, i));
  if (from == DType::kFloat32 || from == DType::kFloat64) return to_tensor(values, to);
  if (from == DType::kUInt8 && to.dtype == DType::kInt8) {
    Bytes bytes;
    for (double value : values) append<int8_t>(bytes, value - 128);
    return bytes;
  }
  if (to.dtype == DType::kFloat32) return to_tensor(values, to);
  return fail("holds {} numbers, which don't convert to {}", name_of(from), name_of(to.dtype));
}

Result<void> one_input(const std::vector<Tensor>& inputs, const char* format) {
  if (inputs.size() == 1) return {};
  return fail(
      "a {} file serves models with one input, this one has {}; give a raw file with all "
      "inputs one after the other",
      format, inputs.size());
}

Result<Bytes> read_npy_input(const std::filesystem::path& path, const Tensor& input) {
  MOTE_TRY(NpyArray array, read_npy(path));
  if (array.shape_elements != input.shape.elements()) {
    return fail("holds {} {} elements, input '{}' {} takes {}", array.shape_elements,
                name_of(array.dtype), input.name, type_text(input), input.shape.elements());
  }
  return convert(array.data, array.dtype, input);
}

Result<Bytes> read_wav_input(const std::filesystem::path& path, const Tensor& input) {
  MOTE_TRY(const train::OpenSound sound, train::open_sound(path));
  const SF_INFO& info = sound.info;
  if (info.channels != 1) return fail("has {} channels, one is needed", info.channels);
  if (info.frames != input.shape.elements()) {
    return fail("holds {} samples ({} Hz), input '{}' {} takes {}", info.frames, info.samplerate,
                input.name, type_text(input), input.shape.elements());
  }
  if (input.dtype == DType::kInt16) {
    std::vector<int16_t> samples(static_cast<size_t>(info.frames));
    if (sf_readf_short(sound.file.get(), samples.data(), info.frames) != info.frames) {
      return fail("ends early");
    }
    Bytes bytes(samples.size() * sizeof(int16_t));
    std::memcpy(bytes.data(), samples.data(), bytes.size());
    return bytes;
  }
  std::vector<double> samples(static_cast<size_t>(info.frames));
  if (sf_readf_double(sound.file.get(), samples.data(), info.frames) != info.frames) {
    return fail("ends early");
  }
  return to_tensor(samples, input);
}

Result<Bytes> read_picture_input(const std::filesystem::path& path, const Tensor& input,
                                 const InputOptions& options) {
  const Shape& shape = input.shape;
  if (shape.rank != 4 || shape[0] != 1 || (shape[3] != 1 && shape[3] != 3)) {
    return fail("is a picture, but input '{}' is {} and not [1,height,width,1 or 3]", input.name,
                type_text(input));
  }
  MOTE_TRY(const train::Picture picture, train::read_picture(path, shape[3]));
  if (picture.height != shape[1] || picture.width != shape[2]) {
    return fail("is {}x{} pixels, input '{}' takes {}x{}; resize it first", picture.width,
                picture.height, input.name, shape[2], shape[1]);
  }
  if (input.dtype != DType::kFloat32) return convert(picture.pixels, DType::kUInt8, input);
  std::vector<double> values;
  double step = (options.pixel_high - options.pixel_low) / 255;
  for (uint8_t pixel : picture.pixels) values.push_back(options.pixel_low + pixel * step);
  return to_tensor(values, input);
}

Result<std::vector<Bytes>> read_raw_input(const std::filesystem::path& path,
                                          const std::vector<Tensor>& inputs,
                                          const InputOptions& options) {
  MOTE_TRY(Bytes all, read_file(path));
  uint64_t wanted = 0;
  std::vector<uint64_t> sizes;
  for (const Tensor& input : inputs) {
    DType stored = options.raw_typed ? options.raw_type : input.dtype;
    sizes.push_back(bytes_of(stored, static_cast<uint64_t>(input.shape.elements())));
    wanted += sizes.back();
  }
  if (all.size() != wanted) {
    std::string types;
    for (const Tensor& input : inputs) {
      types += fmt::format("{}'{}' {}", types.empty() ? "" : ", ", input.name, type_text(input));
    }
    std::string stored = options.raw_typed ? fmt::format(" of {}", name_of(options.raw_type)) : "";
    return fail("holds {} bytes, the model's input takes {}{} ({})", all.size(), wanted, stored,
                types);
  }
  std::vector<Bytes> values;
  auto at = all.begin();
  for (size_t i = 0; i < inputs.size(); ++i) {
    Bytes piece(at, at + static_cast<ptrdiff_t>(sizes[i]));
    at += static_cast<ptrdiff_t>(sizes[i]);
    if (options.raw_typed) {
      MOTE_TRY(piece, convert(piece, options.raw_type, inputs[i]));
    }
    values.push_back(std::move(piece));
  }
  return values;
}

Result<std::vector<Bytes>> read_by_extension(const std::filesystem::path& path,
                                             const std::vector<Tensor>& inputs,
                                             const InputOptions& options) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(tolower(c)); });
  auto single = [&](auto read, auto... more) -> Result<std::vector<Bytes>> {
    MOTE_CHECK_OK(one_input(inputs, extension.c_str()));
    MOTE_TRY(Bytes bytes, read(path, inputs[0], more...));
    return std::vector<Bytes>{std::move(bytes)};
  };
  if (extension == ".npy") return single(read_npy_input);
  if (extension == ".wav") return single(read_wav_input);
  if (extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".bmp") {
    return single(read_picture_input, options);
  }
  return read_raw_input(path, inputs, options);
}

}  // namespace

Result<Bytes> to_tensor(const std::vector<double>& values, const Tensor& tensor) {
  Bytes bytes;
  const Quantization& q = tensor.quantization;
  bool real = tensor.dtype == DType::kFloat32;
  if (!real && !q.quantized()) {
    return fail("holds real numbers, but '{}' is {} without a scale", tensor.name,
                type_text(tensor));
  }
  Range range = integer_range(tensor.dtype);
  for (double value : values) {
    double stored =
        real ? value
             : std::clamp(std::round(value / q.scale()) + q.zero_point(), range.low, range.high);
    if (std::isnan(stored)) return fail("holds a value that isn't a number");
    if (!append_element(bytes, tensor.dtype, stored)) {
      return fail("can't be converted to {}", name_of(tensor.dtype));
    }
  }
  return bytes;
}

Result<std::vector<Bytes>> read_input(const std::filesystem::path& path,
                                      const std::vector<Tensor>& inputs,
                                      const InputOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return fail("{}: {}", path.string(),
                std::filesystem::exists(path, ignored) ? "isn't a file" : "no such file");
  }
  Result<std::vector<Bytes>> values = read_by_extension(path, inputs, options);
  if (values.ok()) return values;
  const std::string& message = values.error().message;
  bool located = message.rfind(path.string(), 0) == 0;
  return located ? values.error() : fail("{}: {}", path.string(), message);
}

}  // namespace mote
