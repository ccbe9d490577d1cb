// SPDX-License-Identifier: Apache-2.0
// The header is a Python dict literal that NumPy always writes the same way; only its three keys
// are looked for.
#include "train/data/npy.h"

#include <charconv>
#include <cstring>
#include <string_view>

namespace mote {
namespace {

/// What follows `key:` in the header, without leading spaces; empty if the key isn't there.
std::string_view after_key(std::string_view header, std::string_view key) {
  size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  at = header.find(':', at + key.size());
  if (at == std::string_view::npos) return {};
  at = header.find_first_not_of(' ', at + 1);
  return at == std::string_view::npos ? std::string_view() : header.substr(at);
}

bool parse_dtype(std::string_view descr, DType* dtype) {
  struct Row {
    const char* spelled;
    DType dtype;
  };
  constexpr Row kRows[] = {
      {"'<f4'", DType::kFloat32}, {"'<f8'", DType::kFloat64}, {"'|i1'", DType::kInt8},
      {"'|u1'", DType::kUInt8},   {"'<i2'", DType::kInt16},   {"'<u2'", DType::kUInt16},
      {"'<i4'", DType::kInt32},   {"'<i8'", DType::kInt64},   {"'|b1'", DType::kBool},
  };
  for (const Row& row : kRows) {
    if (descr.rfind(row.spelled, 0) == 0) return *dtype = row.dtype, true;
  }
  return false;
}

bool parse_shape(std::string_view text, NpyArray* array) {
  if (text.empty() || text[0] != '(') return false;
  text.remove_prefix(1);
  int64_t* elements = &array->shape_elements;
  while (!text.empty() && text[0] != ')') {
    int64_t dim = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dim);
    if (error != std::errc() || dim < 0 || dim > INT32_MAX) return false;
    array->dims.push_back(dim);
    *elements *= dim;
    if (*elements > INT32_MAX) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    size_t next = text.find_first_not_of(", ");
    text.remove_prefix(next == std::string_view::npos ? text.size() : next);
  }
  return !text.empty();
}

}  // namespace

Result<NpyArray> read_npy(const std::filesystem::path& path) {
  MOTE_TRY(Bytes file, read_file(path));
  if (file.size() < 12 || std::memcmp(file.data(), "\x93NUMPY", 6) != 0) {
    return fail("{}: isn't an .npy file", path.string());
  }
  bool wide = file[6] >= 2;
  size_t start = wide ? 12 : 10;
  uint32_t length = file[8] | static_cast<uint32_t>(file[9]) << 8;
  if (wide) length |= static_cast<uint32_t>(file[10]) << 16 | static_cast<uint32_t>(file[11]) << 24;
  if (length > file.size() - start) return fail("{}: the .npy header is cut off", path.string());
  std::string_view header(reinterpret_cast<const char*>(file.data()) + start, length);

  NpyArray array;
  if (!parse_dtype(after_key(header, "'descr'"), &array.dtype)) {
    return fail("{}: elements of this type aren't supported; save it as float32, int8 or uint8",
                path.string());
  }
  if (after_key(header, "'fortran_order'").rfind("False", 0) != 0) {
    return fail("{}: is in Fortran order; save numpy.ascontiguousarray(...) of it", path.string());
  }
  if (!parse_shape(after_key(header, "'shape'"), &array)) {
    return fail("{}: the .npy header's shape isn't understood", path.string());
  }
  uint64_t bytes = bytes_of(array.dtype, static_cast<uint64_t>(array.shape_elements));
  size_t data = start + length;
  if (file.size() - data != bytes) {
    return fail("{}: holds {} bytes of data, its shape needs {}", path.string(), file.size() - data,
                bytes);
  }
  array.data.assign(file.begin() + static_cast<std::ptrdiff_t>(data), file.end());
  return array;
}

}  // namespace mote
