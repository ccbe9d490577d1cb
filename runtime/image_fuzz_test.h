// SPDX-License-Identifier: Apache-2.0
// What the fuzz target of .mote images, its corpus maker and the tests of the door share: images of
// graphs, and images made to pass the checksum whatever their bytes are.
#ifndef MOTE_RUNTIME_IMAGE_FUZZ_TEST_H_
#define MOTE_RUNTIME_IMAGE_FUZZ_TEST_H_

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "base/host/file.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "engines/host_engine.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "runtime/crc32.h"

namespace mote {

/// The header's fields. REQUIRES: the image has at least sizeof(ImageHeader) bytes.
inline ImageHeader header_of(const Bytes& image) {
  ImageHeader header;
  std::memcpy(&header, image.data(), sizeof header);
  return header;
}

inline void set_header(Bytes* image, const ImageHeader& header) {
  std::memcpy(image->data(), &header, sizeof header);
}

/// Gives the image the length and the CRC that its bytes have. What is shorter than a header stays.
inline void seal(Bytes* image) {
  if (image->size() < sizeof(ImageHeader)) return;
  ImageHeader header = header_of(*image);
  header.image_bytes = static_cast<uint32_t>(image->size());
  header.crc32 = crc32(image->data() + kChecksumStart, image->size() - kChecksumStart);
  set_header(image, header);
}

/// Memory that an image or an arena may lie in, and not one byte more: AddressSanitizer sees the
/// first step outside.
class ExactBytes {
 public:
  explicit ExactBytes(size_t bytes)
      : data_(static_cast<uint8_t*>(::operator new(bytes, kAlignment))), bytes_(bytes) {
    std::memset(data_.get(), 0, bytes);
  }
  explicit ExactBytes(const Bytes& bytes) : ExactBytes(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), data());
  }
  uint8_t* data() { return data_.get(); }
  Span<uint8_t> span() { return {data(), bytes_}; }
  Span<const uint8_t> view() { return {data(), bytes_}; }

 private:
  static constexpr std::align_val_t kAlignment{std::max(kImageAlignment, kArenaAlignment)};
  struct Free {
    void operator()(uint8_t* memory) const { ::operator delete(memory, kAlignment); }
  };
  std::unique_ptr<uint8_t, Free> data_;
  size_t bytes_;
};

inline Result<Bytes> image_of(const Graph& graph) {
  MOTE_TRY(Plan plan, compile(graph, Target()));
  return write_image(plan);
}

}  // namespace mote

#endif  // MOTE_RUNTIME_IMAGE_FUZZ_TEST_H_
