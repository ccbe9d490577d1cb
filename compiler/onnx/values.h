// SPDX-License-Identifier: Apache-2.0
// The values of an ONNX graph by name. A value has up to two tensors: itself, as ONNX's type has
// it, and the same numbers as int8 (a bias: int32). DequantizeLinear gives a value that is only
// quantised at first; whoever needs its floats gets them then. So an operator between
// DequantizeLinear and QuantizeLinear finds its operands quantised, and any other finds floats.
#ifndef MOTE_COMPILER_ONNX_VALUES_H_
#define MOTE_COMPILER_ONNX_VALUES_H_

#include <map>
#include <string>

#include "compiler/onnx/assembler.h"
#include "compiler/onnx/proto.h"

namespace mote::onnx_import {

struct Value {
  DType dtype = DType::kFloat32;  // as ONNX has it
  TensorId tensor = kAbsent;
  TensorId quantized = kAbsent;
};

class Values {
 public:
  explicit Values(Assembler& out) : out_(out) {}

  /// Inputs and initialisers of the graph. Inputs become the mote graph's inputs. `notes` gets a
  /// sentence for each dimension that was given a size.
  Result<void> define(const ::onnx::GraphProto& graph, std::vector<std::string>* notes);

  bool defined(const std::string& name) const { return values_.count(name) != 0; }
  /// The value, or null.
  const Value* find(const std::string& name) const;
  void set(const std::string& name, const Value& value) { values_[name] = value; }

  void forget(const std::string& name) { values_.erase(name); }

  /// The value's tensor in ONNX's own type, made from the quantised one if need be.
  Result<TensorId> plain(const std::string& name);

  /// Forgets what was made since the mark, and takes it back.
  void rewind(Assembler::Mark mark);

 private:
  Result<void> define_input(const ::onnx::ValueInfoProto& input, std::vector<std::string>* notes);
  Result<TensorId> dequantized(TensorId id);

  Assembler& out_;
  std::map<std::string, Value> values_;
  std::map<std::string, std::string> unreadable_;  // initialisers that nobody may need, and why
};

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_VALUES_H_
