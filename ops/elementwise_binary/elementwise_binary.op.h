// SPDX-License-Identifier: Apache-2.0
// What the records of all operators that combine two tensors share: the shape rule, the loops, and
// sample cases that repeat either side along any dimension.
#ifndef MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_OP_H_
#define MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_OP_H_

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/strided/strided.op.h"

namespace mote {

/// Inputs 0 and 1 are broadcast to one another.
Result<std::vector<Shape>> infer_broadcast(const NodeView& node);
/// The loops over the output that read inputs 0 and 1.
StridedLoops<2> broadcast_loops(const NodeView& node);

/// Emits a kernel of inputs 0, 1 and the output; it may run in place of an input that isn't
/// repeated and has elements of the output's size.
template <typename Params>
void emit_broadcast(Lowering& node, const KernelInfo& kernel, const Params& params) {
  Step& step = node.emit(kernel, params, {node.in(0), node.in(1), node.out()});
  for (int i = 0; i < 2; ++i) {
    const Tensor &input = node.input(i), &output = node.output();
    bool repeated = input.shape.elements() != output.shape.elements();
    if (!repeated && bits_of(input.dtype) == bits_of(output.dtype)) step.in_place.push_back({2, i});
  }
}

/// A row {type, type} -> {type} for each type.
std::vector<TypeRow> binary_types(std::initializer_list<DType> types);

/// How a sample case's tensor is quantised: inputs 0 and 1, output 2.
using BinaryCaseQuantization = Quantization (*)(std::mt19937& random, const TypeRow& row, int i);
/// Each by itself.
Quantization random_operand(std::mt19937& random, const TypeRow& row, int i);

/// Cases that repeat a, b, both or neither, for each row of the record's types.
/// `activations`: for records that have the attribute. `draw_b`: input 1 is a constant of these
/// bytes (where all values won't do), else an input or a random constant.
std::vector<Graph> binary_cases(std::mt19937& random, const OperatorRecord& record,
                                BinaryCaseQuantization quantize, bool activations,
                                Bytes (*draw_b)(std::mt19937&, DType, uint64_t) = nullptr);

}  // namespace mote

#endif  // MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_OP_H_
