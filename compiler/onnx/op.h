// SPDX-License-Identifier: Apache-2.0
// One ONNX node while it is imported: its operands as tensors or as constants' elements, its
// attributes, and the assembler that takes mote's nodes. The functions of the operator table get
// one of these. Wrong attributes are remembered and become the node's error afterwards; an
// attribute that nobody asked for does, too, since it would change what is computed.
#ifndef MOTE_COMPILER_ONNX_OP_H_
#define MOTE_COMPILER_ONNX_OP_H_

#include <optional>
#include <set>

#include "compiler/onnx/values.h"

namespace mote::onnx_import {

class Op {
 public:
  /// `quantized`: the node's result in int8, if its operands are to be taken quantised, too.
  Op(const ::onnx::NodeProto& node, int64_t opset, std::string_view record, Values& values,
     Assembler& assembler, std::optional<Quantization> quantized)
      : out(assembler),
        node_(node),
        opset_(opset),
        record_(record),
        values_(values),
        quantized_(std::move(quantized)) {}

  Assembler& out;

  int64_t opset() const { return opset_; }
  /// The record that the table names beside the function.
  std::string_view record() const { return record_; }

  // ---- operands
  int inputs() const { return node_.input_size(); }
  bool has(int i) const { return i < inputs() && !node_.input(i).empty(); }
  int outputs() const { return node_.output_size(); }
  /// Operand i, quantised if the node computes in int8. Errors: it's missing, or isn't quantised.
  Result<TensorId> input(int i);
  /// Operand i's elements. Errors: it's missing or not a constant.
  Result<std::vector<int64_t>> integers(int i);
  Result<std::vector<float>> reals(int i);
  const Shape& shape(TensorId id) const { return out.shape(id); }

  // ---- attributes
  bool has_attribute(const char* name);
  int64_t integer(const char* name, int64_t fallback);
  float real(const char* name, float fallback);
  std::string text(const char* name, const char* fallback);
  std::vector<int64_t> list(const char* name);
  const ::onnx::TensorProto* constant(const char* name);
  /// Attributes that don't change what is computed.
  void ignore(std::initializer_list<const char*> names) {
    asked_.insert(names.begin(), names.end());
  }
  /// A list that is operand i in newer opsets and an attribute in older ones; empty if neither.
  Result<std::vector<int64_t>> list_or_input(const char* name, int i);

  // ---- results
  bool quantized() const { return quantized_.has_value(); }
  /// What the result is to be: int8 in the wanted quantisation, or as operand `like`.
  Kind result(TensorId like) const;
  /// What operators with a prescribed output quantisation give.
  Kind fixed(TensorId like, float scale, int32_t zero_point) const;
  /// The tensor is ONNX output i. A quantised one is requantised as the next node wants it.
  Result<void> finish(TensorId id, int i = 0);

  /// What was wrong with the attributes, if anything.
  Result<void> check_attributes() const;

 private:
  const ::onnx::AttributeProto* attribute(const char* name, int type);

  const ::onnx::NodeProto& node_;
  int64_t opset_;
  std::string_view record_;
  Values& values_;
  std::optional<Quantization> quantized_;
  std::set<std::string> asked_;
  std::string wrong_;
};

/// A negative axis counts from the back. Errors: out of range.
Result<int> axis_of(int64_t axis, int rank);

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_OP_H_
