// SPDX-License-Identifier: Apache-2.0
// What a plan is made for. A core's name leads to what its instruction set can do; records choose
// among their kernels by that, never by the name. A plan for any core runs everywhere, on the
// host too: what an instruction set speeds up has a portable form that gives the same bits. Only a
// plan for the host itself may need its processor.
#ifndef MOTE_IR_TARGET_H_
#define MOTE_IR_TARGET_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"

namespace mote {

struct Target {
  std::string name = "reference";
  bool packed = false;  // weights packed for kernels that block registers; else the plain kernels
  bool dsp = false;     // 16-bit pairs in 32-bit registers: SMLAD and what goes with it
  bool fpu = false;     // registers and instructions for float32
  bool fused = false;   // VFMA is quicker than a product and a sum; it rounds once, not twice
  bool mve = false;     // vectors of 16 bytes: VMLADAVA and what goes with it
  bool avx2 = false;    // this host, if its processor has AVX2

  /// Whether both get the same kernels.
  bool alike(const Target& other) const {
    return packed == other.packed && dsp == other.dsp && fpu == other.fpu && fused == other.fused &&
           mve == other.mve && avx2 == other.avx2;
  }
};

/// Every target there is, "reference" first.
std::span<const Target> targets();

/// The first target of each kind that gets kernels of its own.
std::vector<Target> distinct_targets();

/// The target of a core ("cortex-m4"), of the "host", or "reference". Errors: no such target; lists
/// those that there are.
Result<Target> target_of_core(std::string_view name);

}  // namespace mote

#endif  // MOTE_IR_TARGET_H_
