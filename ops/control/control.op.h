// SPDX-License-Identifier: Apache-2.0
// What the records of state and control flow share: copies, and how bodies must fit their operator.
#ifndef MOTE_OPS_CONTROL_CONTROL_OP_H_
#define MOTE_OPS_CONTROL_CONTROL_OP_H_

#include "ir/lowering.h"
#include "ops/control/control.h"

namespace mote {

const KernelInfo& fill_bytes_kernel();

/// A copy of a whole tensor, which costs nothing where both may have the same bytes.
Step copy_step(Value from, Value to, uint64_t bytes);
void emit_copy(Lowering& node, Value from, Value to, uint64_t bytes);

/// Whether `ids` of body `b` are as many and of the same types as the node's `operands`; `kind` is
/// "input" or "output" of the body. Errors name both.
Result<void> check_body_side(const NodeView& node, int b, const char* kind,
                             const std::vector<TensorId>& ids,
                             const std::vector<TensorId>& operands);

/// Whether the tensor is one bool. Errors name it by `what`.
Result<void> check_condition(const Tensor& tensor, const std::string& what);

}  // namespace mote

#endif  // MOTE_OPS_CONTROL_CONTROL_OP_H_
