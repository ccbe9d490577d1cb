// SPDX-License-Identifier: Apache-2.0
// From the operators of a .tflite file to records. What mote lacks is reported all at once, so that
// one look says what a model would need.
#ifndef MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_
#define MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_

#include <string>
#include <vector>

#include "compiler/tflite/tflite_generated.h"
#include "ir/record.h"

namespace mote::tflite {

/// The operators of a file that can't be read, each reason once: no such operator, no such version,
/// no record of a custom operator, no such types.
class Objections {
 public:
  /// `where` is place_text() of it. Others of the same operator for the same reason are counted.
  void add(std::string where, std::string_view name, std::string why);
  bool empty() const { return list_.empty(); }
  /// The list. REQUIRES: there are some.
  Error error() const;

 private:
  struct Entry {
    std::string where, name, why;
    int more = 0;
  };
  std::vector<Entry> list_;
  int left_out_ = 0;
};

/// A record for each operator of the subgraph, in order; null for VAR_HANDLE, which computes
/// nothing, and for what can't be read, which is added to `objections`: operators that have no
/// record, are newer than their record, or have a number that no builtin operator has. A custom
/// operator's record has its custom name. Errors: an operator code out of range.
Result<std::vector<const OperatorRecord*>> resolve_operators(const tflite_schema::Model& model,
                                                             uint32_t subgraph,
                                                             const OperatorBook& book,
                                                             Objections* objections);

/// Whether the operator is that one, whose meaning the reader must know.
bool is_builtin(const tflite_schema::Model& model, const tflite_schema::Operator& op,
                tflite_schema::BuiltinOperator builtin);

/// "operator 3 CONV_2D (output 'conv1')": as ir's locate(), for operators that may have no record.
/// REQUIRES: index is in range.
std::string operator_text(const tflite_schema::Model& model,
                          const tflite_schema::SubGraph& subgraph, uint32_t index);

/// The same with the subgraph in front, if it isn't the first.
std::string place_text(const tflite_schema::Model& model, uint32_t subgraph, uint32_t index);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_OPERATOR_CODES_H_
