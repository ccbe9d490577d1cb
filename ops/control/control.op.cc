// SPDX-License-Identifier: Apache-2.0
#include "ops/control/control.op.h"

#include "ops/data_movement/data_movement.op.h"

namespace mote {

const KernelInfo& fill_bytes_kernel() {
  static const KernelInfo kernel =
      MOTE_KERNEL(fill_bytes, FillBytesParams, "control", "reference.cc",
                  MOTE_FIELDS(FillBytesParams, bytes, value));
  return kernel;
}

Step copy_step(Value from, Value to, uint64_t bytes) {
  CopyBytesParams params{static_cast<int32_t>(bytes)};
  Step step;
  step.kernel = &copy_bytes_kernel();
  step.params.resize(sizeof params);
  std::memcpy(step.params.data(), &params, sizeof params);
  step.operands = {from, to};
  step.in_place = {{1, 0}};
  step.drop_in_place = true;
  return step;
}

void emit_copy(Lowering& node, Value from, Value to, uint64_t bytes) {
  node.emit(copy_step(from, to, bytes));
}

Result<void> check_body_side(const NodeView& node, int b, const char* kind,
                             const std::vector<TensorId>& ids,
                             const std::vector<TensorId>& operands) {
  const Graph& body = node.body(b);
  if (ids.size() != operands.size()) {
    return fail("its body '{}' has {} {}s, should have {}", body.name, ids.size(), kind,
                operands.size());
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    const Tensor& inner = body.tensor(ids[i]);
    const Tensor& outer = node.graph().tensor(operands[i]);
    if (inner.dtype == outer.dtype && inner.shape == outer.shape) continue;
    return fail("{} {} '{}' of its body '{}' is {}, should be {} as '{}' is", kind, i, inner.name,
                body.name, type_text(inner), type_text(outer), outer.name);
  }
  return {};
}

Result<void> check_condition(const Tensor& tensor, const std::string& what) {
  if (tensor.dtype == DType::kBool && tensor.shape.elements() == 1) return {};
  return fail("{} '{}' is {}, should be one bool", what, tensor.name, type_text(tensor));
}

}  // namespace mote
