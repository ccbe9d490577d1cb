// SPDX-License-Identifier: Apache-2.0
#include "ops/book.h"

#include <algorithm>
#include <set>

namespace mote {
namespace {

OperatorBook& all_operators() {
  static OperatorBook book = {
#define MOTE_OPERATOR(name) &name##_record(),
#include "ops/ops.inc"
#undef MOTE_OPERATOR
  };
  return book;
}

std::vector<const KernelInfo*> kernels_of(const OperatorBook& book) {
  std::vector<const KernelInfo*> kernels;
  for (const OperatorRecord* record : book) {
    for (const KernelInfo* kernel : record->kernels) {
      if (std::find(kernels.begin(), kernels.end(), kernel) == kernels.end()) {
        kernels.push_back(kernel);
      }
    }
  }
  return kernels;
}

std::vector<const KernelInfo*>& all_kernels() {
  static std::vector<const KernelInfo*> kernels = kernels_of(all_operators());
  return kernels;
}

/// The first kernel of the book that has a name, or an id, that another one has, too.
const KernelInfo* repeated_kernel(const OperatorBook& book) {
  std::set<std::string_view> names;
  std::set<uint32_t> ids;
  for (const KernelInfo* kernel : kernels_of(book)) {
    if (!names.insert(kernel->name).second || !ids.insert(kernel->id()).second) return kernel;
  }
  return nullptr;
}

Result<void> check_record(const OperatorRecord& record) {
  if (record.name.empty()) return fail("an operator has no name");
  if (record.kernels.empty()) return fail("{} has no kernels", record.name);
  if (!record.infer) return fail("{} has no infer, its shape rule", record.name);
  if (!record.lower) return fail("{} has no lower", record.name);
  return {};
}

}  // namespace

const OperatorBook& operator_book() {
  return all_operators();
}

const std::vector<const KernelInfo*>& kernel_book() {
  return all_kernels();
}

Result<void> add_operators(const OperatorBook& records) {
  OperatorBook book = all_operators();
  for (const OperatorRecord* record : records) {
    MOTE_CHECK_OK(check_record(*record));
    if (find_record(book, record->name)) {
      return fail("there is an operator {} already", record->name);
    }
    book.push_back(record);
    if (const KernelInfo* kernel = repeated_kernel(book)) {
      return fail("{}: there is a kernel {} already", record->name, kernel->name);
    }
  }
  all_operators() = book;
  all_kernels() = kernels_of(book);
  return {};
}

}  // namespace mote
