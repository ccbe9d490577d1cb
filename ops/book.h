// SPDX-License-Identifier: Apache-2.0
// The operator book: every record, in the order of ops.inc.
#ifndef MOTE_OPS_BOOK_H_
#define MOTE_OPS_BOOK_H_

#include "ir/kernel_info.h"
#include "ir/record.h"

namespace mote {

/// All operators that mote knows: those of ops.inc, then those that add_operators() has added.
const OperatorBook& operator_book();

/// Adds the user's records, before anything else has looked into the books. Errors, which name a
/// record: it has the name of another one, or a kernel that has, or it lacks what every record
/// needs. Then nothing is added. REQUIRES: they live as long as the program.
Result<void> add_operators(const OperatorBook& records);

/// All kernels of all records, each once.
const std::vector<const KernelInfo*>& kernel_book();

// One function per operator, `const OperatorRecord& conv_2d_record();`, defined in its family's
// .op.cc. Functions, because records of different files may need each other while they are built.
#define MOTE_OPERATOR(name) const OperatorRecord& name##_record();
#include "ops/ops.inc"
#undef MOTE_OPERATOR

}  // namespace mote

#endif  // MOTE_OPS_BOOK_H_
