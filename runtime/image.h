// SPDX-License-Identifier: Apache-2.0
// The .mote image, version 2: a plan as bytes that a device executes in place. Little-endian, every
// offset counted from the image's first byte, which lies at a multiple of kImageAlignment.
// docs/formats.md shows it byte by byte. The compiler writes these structs, session.cc reads them.
#ifndef MOTE_RUNTIME_IMAGE_H_
#define MOTE_RUNTIME_IMAGE_H_

#include <stdint.h>

#include "base/shape.h"

namespace mote {

constexpr uint32_t kImageMagic = 0x45544f4d;  // "MOTE" in memory
constexpr uint16_t kImageVersion = 2;
constexpr uint32_t kImageAlignment = 16;
constexpr uint32_t kArenaAlignment = 16;
/// The most different kernels that one image may call: a session keeps two bytes for each.
constexpr uint32_t kMaxKernels = 96;

struct ImageHeader {
  uint32_t magic;
  uint16_t version;
  uint16_t header_bytes;  // sizeof(ImageHeader)
  uint32_t image_bytes;   // of the whole image
  uint32_t crc32;         // of bytes [16, image_bytes)
  uint32_t arena_bytes;   // what the caller must provide, exactly
  uint16_t kernel_count;  // kernel ids at kernels_offset, uint32_t each
  uint16_t step_count;
  uint16_t input_count;  // ImageTensors at tensors_offset: inputs, then outputs
  uint16_t output_count;
  uint32_t kernels_offset;
  uint32_t tensors_offset;
  uint32_t steps_offset;  // ImageSteps, one after the other
  uint32_t steps_bytes;
  uint32_t constants_offset;  // a multiple of kImageAlignment
  uint32_t constants_bytes;
  uint32_t init_bytes;   // of the steps: the first ones, which only a reset runs
  uint32_t max_jumps;    // the most backward jumps that a run or a reset may take
  uint32_t state_bytes;  // the arena's first bytes, where a run leaves what the next one needs
};
static_assert(sizeof(ImageHeader) == 64, "the header is 64 bytes");

/// The CRC covers all that follows the field crc32.
constexpr uint32_t kChecksumStart = 16;

/// An input or output of the model.
struct ImageTensor {
  uint32_t arena_offset;
  uint32_t bytes;
  uint32_t dtype;  // DType
  Shape shape;     // kMaxRank dimensions, those past the rank 0; then the rank
  float scale;     // 0: not quantised
  int32_t zero_point;
};
static_assert(sizeof(ImageTensor) == 48, "a tensor is 48 bytes");

/// The head of a step; `operand_count` operands and `params_bytes` of params follow it. All steps
/// start at multiples of 4.
struct ImageStep {
  uint8_t kernel;  // index into the image's kernel ids
  uint8_t operand_count;
  uint16_t params_bytes;  // a multiple of 4
};
static_assert(sizeof(ImageStep) == 4, "a step's head is 4 bytes");

/// Instead of a kernel's index: the step is a jump, or, if it has an operand (an address in the
/// arena), a branch that is taken if the byte there is 0. Its params are an ImageJump.
constexpr uint8_t kJumpStep = 0xff;
/// The most such steps of an image: the door looks for each one's target.
constexpr uint32_t kMaxJumpSteps = 256;

struct ImageJump {
  uint32_t target_offset;  // from the section's first byte to where a step begins, or to its end
  uint32_t target_step;    // that step's number
};
static_assert(sizeof(ImageJump) == 8, "a jump's params are 8 bytes");

/// An operand is 32 bits: an offset into the arena, or with kConstantOperand an offset into the
/// constants section, or kNoOperand.
constexpr uint32_t kConstantOperand = 0x80000000;
constexpr uint32_t kNoOperand = 0xffffffff;

}  // namespace mote

#endif  // MOTE_RUNTIME_IMAGE_H_
