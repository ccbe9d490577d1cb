// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/operator_codes.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/tflite/schema.h"
#include "compiler/tflite/tensor_reader.h"

namespace mote::tflite {
namespace {

using tflite_schema::Model;
using tflite_schema::Operator;
using tflite_schema::OperatorCode;
using tflite_schema::SubGraph;

/// Old files have only the one-byte number, new ones 127 there for what doesn't fit.
int32_t builtin_number(const OperatorCode& code) {
  return std::max<int32_t>(code.deprecated_builtin_code(), code.builtin_code());
}

bool is_custom(const OperatorCode& code) {
  return builtin_number(code) == tflite_schema::BuiltinOperator_CUSTOM;
}

std::string code_text(const OperatorCode& code) {
  if (is_custom(code)) return fmt::format("custom operator {}", quoted(code.custom_code()));
  auto name = enumerator_name(builtin_operators(), builtin_number(code));
  return name ? std::string(*name) : fmt::format("builtin number {}", builtin_number(code));
}

/// The code's record, whatever its version, or null.
const OperatorRecord* record_of(const OperatorCode& code, const OperatorBook& book) {
  if (!is_custom(code)) {
    auto name = enumerator_name(builtin_operators(), builtin_number(code));
    return name ? find_record(book, *name) : nullptr;
  }
  if (!code.custom_code()) return nullptr;
  std::string_view name = code.custom_code()->string_view();
  return enumerator_number(builtin_operators(), name) ? nullptr : find_record(book, name);
}

/// Why an operator of this code can't be read: empty if it can.
std::string objection(const OperatorCode& code, const OperatorRecord* record) {
  std::string name = code_text(code);
  if (record && code.version() <= record->max_version) return "";
  if (record) {
    return fmt::format("{} version {} (mote has versions up to {})", name, code.version(),
                       record->max_version);
  }
  bool known = is_custom(code) || enumerator_name(builtin_operators(), builtin_number(code));
  return known ? name + " (mote doesn't have it)"
               : name + " (no operator that mote has heard of; is the file newer than this mote?)";
}

const OperatorCode* code_of(const Model& model, const Operator& op) {
  bool exists = model.operator_codes() && op.opcode_index() < model.operator_codes()->size();
  return exists ? model.operator_codes()->Get(op.opcode_index()) : nullptr;
}

/// The list of what can't be read, each kind once; a hostile file has any number of kinds.
class Objections {
 public:
  void add(std::string why) {
    constexpr size_t kMost = 20;
    if (std::find(list_.begin(), list_.end(), why) != list_.end()) return;
    if (list_.size() < kMost) {
      list_.push_back(std::move(why));
    } else {
      ++more_;
    }
  }
  bool empty() const { return list_.empty(); }
  Error error() const {
    std::string rest = more_ > 0 ? fmt::format(" and {} more", more_) : "";
    return fail("these operators can't be read: {}{}", fmt::join(list_, ", "), rest);
  }

 private:
  std::vector<std::string> list_;
  int more_ = 0;
};

}  // namespace

Result<std::vector<const OperatorRecord*>> resolve_operators(const Model& model,
                                                             const SubGraph& subgraph,
                                                             const OperatorBook& book) {
  std::vector<const OperatorRecord*> records;
  Objections objections;
  if (!subgraph.operators()) return records;
  std::vector<bool> seen(model.operator_codes() ? model.operator_codes()->size() : 0);
  for (uint32_t i = 0; i < subgraph.operators()->size(); ++i) {
    const Operator& op = *subgraph.operators()->Get(i);
    const OperatorCode* code = code_of(model, op);
    if (!code) {
      return fail("{}: operator code {} doesn't exist, the file has {}",
                  operator_text(model, subgraph, i), op.opcode_index(), seen.size());
    }
    records.push_back(record_of(*code, book));
    if (builtin_number(*code) == tflite_schema::BuiltinOperator_VAR_HANDLE) continue;
    if (seen[op.opcode_index()]) continue;
    seen[op.opcode_index()] = true;
    std::string why = objection(*code, records.back());
    if (!why.empty()) objections.add(std::move(why));
  }
  if (!objections.empty()) return objections.error();
  return records;
}

bool is_builtin(const Model& model, const Operator& op, tflite_schema::BuiltinOperator builtin) {
  const OperatorCode* code = code_of(model, op);
  return code && builtin_number(*code) == builtin;
}

std::string operator_text(const Model& model, const SubGraph& subgraph, uint32_t index) {
  const Operator& op = *subgraph.operators()->Get(index);
  const OperatorCode* code = code_of(model, op);
  std::string text = fmt::format("operator {}", index);
  if (code) text += " " + code_text(*code);
  if (!op.outputs() || op.outputs()->size() == 0) return text;
  int32_t output = op.outputs()->Get(0);
  bool exists = output >= 0 && subgraph.tensors() &&
                static_cast<uint32_t>(output) < subgraph.tensors()->size();
  if (!exists) return text;
  return text + fmt::format(" (output {})",
                            quoted(subgraph.tensors()->Get(static_cast<uint32_t>(output))->name()));
}

}  // namespace mote::tflite
