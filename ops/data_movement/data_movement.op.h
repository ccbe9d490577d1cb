// SPDX-License-Identifier: Apache-2.0
// What the records of data-moving operators share: the kernels, and the types they move.
#ifndef MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_OP_H_
#define MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_OP_H_

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/data_movement/data_movement.h"
#include "ops/strided/strided.op.h"

namespace mote {

const KernelInfo& copy_bytes_kernel();
/// The strided copies of all element sizes, for OperatorRecord::kernels.
std::vector<const KernelInfo*> strided_copy_kernels();

/// Every type whose elements are whole bytes.
const std::vector<DType>& movable_types();

/// A row for each movable type: input 0 and the output have it, inputs 1 … are of `others`.
std::vector<TypeRow> movement_types(const std::vector<std::vector<DType>>& others);

/// Emits the strided copy for elements of `dtype`: input and output walk over `shape` from the
/// given elements on with the given strides.
struct StridedSide {
  Value value;
  Strides strides;
  int32_t offset = 0;
};
void emit_strided_copy(Lowering& node, DType dtype, const Shape& shape, const StridedSide& input,
                       const StridedSide& output);

/// A constant of one element that is real 0 in the tensor's quantisation.
Value zero_constant(Lowering& node, const Tensor& tensor);

/// Lowers an operator that gives the same bytes another shape.
Result<void> lower_same_bytes(Lowering& node);

/// The types that sample cases cover: one for each element size, and quantised ones.
const std::vector<DType>& movement_case_types();
}  // namespace mote

#endif  // MOTE_OPS_DATA_MOVEMENT_DATA_MOVEMENT_OP_H_
