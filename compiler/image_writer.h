// SPDX-License-Identifier: Apache-2.0
// Writes a plan as a .mote image (runtime/image.h, docs/formats.md).
#ifndef MOTE_COMPILER_IMAGE_WRITER_H_
#define MOTE_COMPILER_IMAGE_WRITER_H_

#include "compiler/plan.h"

namespace mote {

/// The image's bytes; the same plan gives the same bytes.
Bytes write_image(const Plan& plan);

}  // namespace mote

#endif  // MOTE_COMPILER_IMAGE_WRITER_H_
