// SPDX-License-Identifier: Apache-2.0
// From the operators of a .tflite file to records. What the book lacks is reported all at once, so
// that one look says what a model would need.
#ifndef MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_
#define MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_

#include "compiler/tflite/tflite_generated.h"
#include "ir/record.h"

namespace mote::tflite {

/// A record for each operator of the subgraph, in order; null for VAR_HANDLE, which computes
/// nothing. A custom operator's record has its custom name. Errors: an operator code out of range;
/// or the list of operators that have no record, are newer than their record, or have a number that
/// no builtin operator has.
Result<std::vector<const OperatorRecord*>> resolve_operators(
    const tflite_schema::Model& model, const tflite_schema::SubGraph& subgraph,
    const OperatorBook& book);

/// Whether the operator is that one, whose meaning the reader must know.
bool is_builtin(const tflite_schema::Model& model, const tflite_schema::Operator& op,
                tflite_schema::BuiltinOperator builtin);

/// "operator 3 CONV_2D (output 'conv1')": as ir's locate(), for operators that may have no record.
/// REQUIRES: index is in range.
std::string operator_text(const tflite_schema::Model& model,
                          const tflite_schema::SubGraph& subgraph, uint32_t index);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_
