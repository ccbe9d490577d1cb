// SPDX-License-Identifier: Apache-2.0
// Runs a .mote image on the host with the very runtime that devices link: `mote run`, `mote verify`
// and the tests use it.
#ifndef MOTE_ENGINES_HOST_ENGINE_H_
#define MOTE_ENGINES_HOST_ENGINE_H_

#include <functional>
#include <memory>
#include <vector>

#include "base/host/file.h"
#include "base/host/result.h"
#include "ir/record.h"
#include "runtime/session.h"

namespace mote {

/// The host's build of all kernels in the book.
Span<const Kernel> host_kernels();

/// Memory at an address that the runtime accepts.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t bytes);
  uint8_t* data() { return data_.get(); }
  size_t size() const { return bytes_; }
  Span<uint8_t> span() { return {data_.get(), bytes_}; }

 private:
  struct Free {
    void operator()(uint8_t* memory) const;
  };
  std::unique_ptr<uint8_t, Free> data_;
  size_t bytes_;
};

/// An image opened on the host.
class HostEngine {
 public:
  /// Copies the image, makes an arena of exactly arena_bytes. Errors: what open() finds, in words,
  /// with the step or tensor.
  static Result<HostEngine> make(const Bytes& image);

  /// Runs once; `inputs[i]` is input i's bytes. Errors: a wrong number of inputs or bytes, a loop
  /// that takes too many turns.
  /// `after_step(i)` is called after each step, with arena() as it left it; step i is next, or i is
  /// the number of steps.
  Result<std::vector<Bytes>> run(const std::vector<Bytes>& inputs,
                                 const std::function<void(uint32_t)>& after_step = {});

  /// Gives variables their initial values, as make() did. Errors: as open().
  Result<void> reset();

  const uint8_t* arena() { return arena_->data(); }
  Session& session() { return *session_; }

 private:
  HostEngine() = default;
  Result<void> run_steps(const std::function<void(uint32_t)>& after_step);
  std::unique_ptr<AlignedBytes> image_, arena_;
  std::unique_ptr<Session> session_;
};

/// The steps that the image's first run takes on these inputs, in order: the same on every engine,
/// but in a model with control flow not the list's. Errors: as HostEngine.
Result<std::vector<uint32_t>> step_order(const Bytes& image, const std::vector<Bytes>& inputs);

}  // namespace mote

#endif  // MOTE_ENGINES_HOST_ENGINE_H_
