// SPDX-License-Identifier: Apache-2.0
// Among a family's kernels, the one for an element type: its name ends in the type's or its size.
#ifndef MOTE_OPS_KERNEL_CHOICE_OP_H_
#define MOTE_OPS_KERNEL_CHOICE_OP_H_

#include <vector>

#include "base/dtype.h"
#include "ir/kernel_info.h"

namespace mote {

using Kernels = std::vector<const KernelInfo*>;

/// "compare_int16" for int16. bool and uint8 may share a kernel, or bool and int8. REQUIRES: there
/// is one.
const KernelInfo& kernel_for(const Kernels& kernels, DType dtype);

/// "select_16" for int16. REQUIRES: there is one.
const KernelInfo& kernel_for_size(const Kernels& kernels, DType dtype);

}  // namespace mote

#endif  // MOTE_OPS_KERNEL_CHOICE_OP_H_
