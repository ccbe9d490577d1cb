// SPDX-License-Identifier: Apache-2.0
#include "ops/book.h"

#include <algorithm>

namespace mote {
namespace {

std::vector<const KernelInfo*> collect_kernels() {
  std::vector<const KernelInfo*> kernels;
  for (const OperatorRecord* record : operator_book()) {
    for (const KernelInfo* kernel : record->kernels) {
      if (std::find(kernels.begin(), kernels.end(), kernel) == kernels.end()) {
        kernels.push_back(kernel);
      }
    }
  }
  return kernels;
}

}  // namespace

const std::vector<const KernelInfo*>& kernel_book() {
  static const std::vector<const KernelInfo*> kernels = collect_kernels();
  return kernels;
}

const OperatorBook& operator_book() {
  static const OperatorBook book = {
#define MOTE_OPERATOR(name) &name##_record(),
#include "ops/ops.inc"
#undef MOTE_OPERATOR
  };
  return book;
}

}  // namespace mote
