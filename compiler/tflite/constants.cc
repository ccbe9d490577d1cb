// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/constants.h"

namespace mote::tflite {
namespace {

/// Where the data of a buffer begin and end in the file; equal if there are none.
struct Extent {
  const uint8_t* begin = nullptr;
  const uint8_t* end = nullptr;
};

Result<Extent> extent_of(const tflite_schema::Buffer& buffer, const Bytes& file) {
  if (buffer.data() && buffer.data()->size() > 0) {
    return Extent{buffer.data()->data(), buffer.data()->data() + buffer.data()->size()};
  }
  if (buffer.offset() <= 1 || buffer.size() == 0) return Extent{};  // 0 and 1 mean "unused"
  if (buffer.offset() > file.size() || buffer.size() > file.size() - buffer.offset()) {
    return fail("its data are {} bytes at offset {}, beyond the file's {} bytes; is it complete?",
                buffer.size(), buffer.offset(), file.size());
  }
  const uint8_t* begin = file.data() + buffer.offset();
  return Extent{begin, begin + buffer.size()};
}

}  // namespace

Constants::Constants(const tflite_schema::Model& model, const Bytes& file)
    : model_(model), file_(file), copies_(model.buffers() ? model.buffers()->size() : 0) {}

Result<std::shared_ptr<const Bytes>> Constants::buffer(uint32_t index) {
  using Shared = std::shared_ptr<const Bytes>;
  if (index == 0 && copies_.empty()) return Shared();
  if (index >= copies_.size()) {
    return fail("buffer {} doesn't exist, the file has {}", index, copies_.size());
  }
  if (copies_[index]) return copies_[index];
  Result<Extent> extent = extent_of(*model_.buffers()->Get(index), file_);
  if (!extent.ok()) return fail("buffer {}: {}", index, extent.error().message);
  if (extent->begin == extent->end) return Shared();
  copies_[index] = std::make_shared<const Bytes>(extent->begin, extent->end);
  return copies_[index];
}

}  // namespace mote::tflite
