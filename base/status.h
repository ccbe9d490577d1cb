// SPDX-License-Identifier: Apache-2.0
// Errors of the device, as values. One table lists every status with its text; the text lives in
// status.cc, so a firmware that never calls describe() doesn't carry it. Host code, which can
// afford sentences, uses base/host/result.h instead.
#ifndef MOTE_BASE_STATUS_H_
#define MOTE_BASE_STATUS_H_

#include <stdint.h>

namespace mote {

// Codes are part of the firmware's interface (telemetry reports them): append, never renumber.
#define MOTE_STATUS_LIST(X)                                                                    \
  X(kOk, 0, "ok")                                                                              \
  /* The caller's mistakes. */                                                                 \
  X(kArenaTooSmall, 1, "the arena is smaller than the image's arena_bytes")                    \
  X(kArenaMisaligned, 2, "the arena's address isn't a multiple of kArenaAlignment")            \
  X(kImageMisaligned, 3, "the image's address isn't a multiple of kImageAlignment")            \
  X(kNotOpen, 4, "the session holds no open image")                                            \
  /* The model's own, while it runs. */                                                        \
  X(kTooManyTurns, 5, "the loops took more turns than the image allows")                       \
  /* The image as a whole. */                                                                  \
  X(kTruncated, 16, "the image is shorter than its header says")                               \
  X(kBadMagic, 17, "not a .mote image: the first four bytes aren't 'MOTE'")                    \
  X(kBadVersion, 18, "the image's format version isn't the one this runtime reads")            \
  X(kBadChecksum, 19, "the image's CRC-32 doesn't match its bytes: damaged, write it again")   \
  X(kBadHeader, 20, "the image's header points outside the image or contradicts itself")       \
  /* One step or tensor of the image; Session::error_index tells which. */                     \
  X(kUnknownKernel, 32, "the image needs a kernel that this firmware doesn't link")            \
  X(kBadStep, 33, "a step runs past the step section or is malformed")                         \
  X(kBadOperand, 34, "a step's operand lies outside the arena or the image, or is misaligned") \
  X(kBadParams, 35, "a step's parameters don't fit its operands")                              \
  X(kBadTensor, 36, "an input or output tensor lies outside the arena or contradicts its shape")

/// What a device call returns. Zero is success.
enum class [[nodiscard]] Status : uint8_t{
#define MOTE_STATUS_ENUM(name, code, text) name = code,
    MOTE_STATUS_LIST(MOTE_STATUS_ENUM)
#undef MOTE_STATUS_ENUM
};

/// One English clause for a status; a static string, never null.
const char* describe(Status status);

}  // namespace mote

#endif  // MOTE_BASE_STATUS_H_
