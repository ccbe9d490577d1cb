// SPDX-License-Identifier: Apache-2.0
#include "ops/kernel_choice.op.h"

#include <cassert>
#include <string>

namespace mote {
namespace {

const KernelInfo& kernel_ending_in(const Kernels& kernels,
                                   std::initializer_list<std::string> endings) {
  for (const std::string& ending : endings) {
    for (const KernelInfo* kernel : kernels) {
      if (kernel->name.ends_with("_" + ending)) return *kernel;
    }
  }
  assert(false && "no kernel of that type");
  return *kernels[0];
}

}  // namespace

const KernelInfo& kernel_for(const Kernels& kernels, DType dtype) {
  return kernel_ending_in(kernels, {std::string(name_of(dtype)), "uint8", "int8"});
}

const KernelInfo& kernel_for_size(const Kernels& kernels, DType dtype) {
  return kernel_ending_in(kernels, {std::to_string(bits_of(dtype))});
}

}  // namespace mote
