// SPDX-License-Identifier: Apache-2.0
// The door: what open() makes sure of before anything trusts an image. After check_header() and
// check_body() no step can touch a byte outside the arena or the image, whoever wrote the image.
#ifndef MOTE_RUNTIME_IMAGE_CHECK_H_
#define MOTE_RUNTIME_IMAGE_CHECK_H_

#include "base/kernel.h"
#include "base/span.h"
#include "base/status.h"
#include "runtime/image.h"

namespace mote {

/// What is wrong, and with which step, kernel or tensor.
struct ImageCheck {
  Status status = Status::kOk;
  uint32_t index = 0;
};

/// The image as a whole: alignment, magic, version, length, sections within bounds.
ImageCheck check_header(Span<const uint8_t> image);

/// Its CRC. REQUIRES: check_header() passed.
ImageCheck check_checksum(Span<const uint8_t> image);

/// Tensors and steps. `rows[i]` is the row in `kernels` of the image's i-th kernel id.
/// REQUIRES: check_header() passed.
ImageCheck check_body(Span<const uint8_t> image, Span<const Kernel> kernels, const uint16_t* rows);

}  // namespace mote

#endif  // MOTE_RUNTIME_IMAGE_CHECK_H_
