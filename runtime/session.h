// SPDX-License-Identifier: Apache-2.0
// Runs a .mote image on a device:
//
//     static mote::Session session;
//     mote::Status status = mote::open({image, image_bytes}, {arena, arena_bytes}, &session);
//     session.input(0).as<int8_t>() ...;
//     status = session.run();
//     session.output(0).as<int8_t>() ...;
//
// open() checks everything once; run() trusts it and only calls kernels. Inputs share the arena
// with everything else and are overwritten while the model runs: write them before each run. What a
// model with variables remembers is in the arena too, from one run to the next, until reset().
#ifndef MOTE_RUNTIME_SESSION_H_
#define MOTE_RUNTIME_SESSION_H_

#include "base/kernel.h"
#include "base/span.h"
#include "base/status.h"
#include "base/tensor.h"
#include "runtime/image.h"

namespace mote {

/// An open image in the caller's arena. A plain struct of at most 256 bytes.
/// Copy it, keep several over one image, drop it: it owns nothing. Image, arena and kernels must
/// outlive it.
class Session {
 public:
  /// Runs the model from its first step to its last. Errors: kNotOpen; kTooManyTurns, after which
  /// the outputs mean nothing and variables may be half changed: reset().
  Status run();
  /// Runs the next step only, so that the caller can yield between them; after the last one,
  /// finished() is true and the next call starts over. Errors: as run().
  Status step();
  bool finished() const { return cursor_ == steps_end_; }
  /// The index of the step that step() would run next. In a model with control flow it depends on
  /// the data; when the run is finished it is the number of steps.
  uint32_t next_step() const { return next_step_; }
  /// Gives variables their initial values; the next run is the first one again. open() has done
  /// it. Inputs that were written stay. Errors: as run().
  Status reset();
  /// The first bytes of the arena, which runs hand on to later ones; empty for a model without
  /// variables.
  Span<uint8_t> state() const;

  uint32_t input_count() const;
  uint32_t output_count() const;
  /// REQUIRES: i < input_count(), output_count(). Outputs are valid after the last step, until the
  /// next step.
  TensorView input(uint32_t i) const;
  TensorView output(uint32_t i) const;

  /// After a failed open(): which step (kBadStep, kBadOperand, kBadParams), kernel (kUnknownKernel)
  /// or tensor (kBadTensor) of the image is wrong.
  uint32_t error_index() const { return error_index_; }

 private:
  friend Status open(Span<const uint8_t>, Span<uint8_t>, Span<const Kernel>, Session*);
  friend Status reopen(Span<const uint8_t>, Span<uint8_t>, Span<const Kernel>, Session*);

  const ImageHeader& header() const { return *reinterpret_cast<const ImageHeader*>(image_); }
  TensorView view(uint32_t i) const;
  void rewind();
  Status jump(const ImageStep& head, const uint32_t* operands);
  void close();
  Status bind(Span<const Kernel> kernels);
  Status attach(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels);
  Status start();

  const uint8_t* image_ = nullptr;
  uint8_t* arena_ = nullptr;
  const Kernel* kernels_ = nullptr;
  const uint8_t* cursor_ = nullptr;  // the next step
  const uint8_t* steps_end_ = nullptr;
  uint32_t next_step_ = 0;
  uint32_t first_step_ = 0;  // of a run
  uint32_t jumps_left_ = 0;  // backward ones
  uint32_t error_index_ = 0;
  uint16_t rows_[kMaxKernels] = {};  // row in kernels_ of each kernel id of the image
};
#if UINTPTR_MAX == UINT32_MAX
static_assert(sizeof(Session) <= 256, "a session takes at most 256 bytes on a 32-bit device");
#endif

/// Checks the image completely (alignment, version, CRC, bounds, kernels, each step's params
/// against its operands) and makes `session` ready to run it in `arena`, with the kernels of
/// `kernels`. Errors: any of base/status.h; the session is then closed.
Status open(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels,
            Session* session);

/// The same without the CRC, the one check whose time grows with the weights: for the next start,
/// of an image that open() has passed on this device. What it opens is as safe to run; weights that
/// were damaged since would give wrong results.
Status reopen(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels,
              Session* session);

/// The kernels of this firmware: `mote build` generates the definition.
Span<const Kernel> linked_kernels();

/// open() and reopen() with linked_kernels().
inline Status open(Span<const uint8_t> image, Span<uint8_t> arena, Session* session) {
  return open(image, arena, linked_kernels(), session);
}
inline Status reopen(Span<const uint8_t> image, Span<uint8_t> arena, Session* session) {
  return reopen(image, arena, linked_kernels(), session);
}

}  // namespace mote

#endif  // MOTE_RUNTIME_SESSION_H_
