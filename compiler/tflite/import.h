// SPDX-License-Identifier: Apache-2.0
// What the subgraphs of one .tflite file share while they are read: constants, the names of state,
// what can't be read, and limits. A subgraph is read once for each operator that calls it, so that
// its resources are known by name where it stands.
#ifndef MOTE_COMPILER_TFLITE_IMPORT_H_
#define MOTE_COMPILER_TFLITE_IMPORT_H_

#include <map>
#include <optional>
#include <set>

#include "compiler/tflite/constants.h"
#include "compiler/tflite/operator_codes.h"
#include "ir/record.h"

namespace mote::tflite {

class Import {
 public:
  /// REQUIRES: `model` lies in `file`, and all outlive this.
  Import(const tflite_schema::Model& of_model, const Bytes& file, const OperatorBook& operators)
      : model(of_model), book(operators), constants(of_model, file), file_bytes_(file.size()) {}

  /// Says that subgraph `index` is being read, until leave(). Errors: it doesn't exist, it is being
  /// read already (a recursion), or the file's subgraphs unfold to too much.
  Result<void> enter(uint32_t index);
  void leave() { open_.pop_back(); }

  /// The type of the variable of that name: `like`'s, if this is the first time that it is met.
  const Tensor& variable(const std::string& name, const Tensor& like);
  /// The name of a variable tensor, which belongs to a place in the file: its own, made unique.
  std::string variable_tensor_name(uint32_t subgraph, TensorId id, const std::string& name);

  const tflite_schema::Model& model;
  const OperatorBook& book;
  Constants constants;
  Objections objections;                            // to operators of all subgraphs
  uint64_t weights_left_bytes = uint64_t{1} << 30;  // that unpacked weights may still take

 private:
  size_t file_bytes_;
  uint64_t copied_bytes_ = 0, operators_ = 0;
  std::vector<uint32_t> open_;
  std::map<std::string, Tensor> variables_;
  std::map<std::pair<uint32_t, TensorId>, std::string> tensor_names_;
  std::set<std::string> taken_;
};

/// The name of the variable that a VAR_HANDLE stands for, or nothing if `op` is something else.
std::optional<std::string> handle_name(const tflite_schema::Model& model,
                                       const tflite_schema::Operator& op);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_IMPORT_H_
