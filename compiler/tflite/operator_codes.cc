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
  if (record && code.version() <= record->max_version) return "";
  if (record) {
    return fmt::format("is version {}, mote has versions up to {}", code.version(),
                       record->max_version);
  }
  if (is_custom(code)) {
    return "mote has no record of it; if you have one, say where with --ops DIR "
           "(docs/custom_operators.md)";
  }
  bool known = enumerator_name(builtin_operators(), builtin_number(code)).has_value();
  return known ? "mote doesn't have it"
               : "no operator that mote has heard of; is the file newer than this mote?";
}

const OperatorCode* code_of(const Model& model, const Operator& op) {
  bool exists = model.operator_codes() && op.opcode_index() < model.operator_codes()->size();
  return exists ? model.operator_codes()->Get(op.opcode_index()) : nullptr;
}

}  // namespace

void Objections::add(std::string where, std::string_view name, std::string why) {
  constexpr size_t kMost = 20;  // a hostile file has any number of kinds
  auto same = [&](const Entry& entry) { return entry.name == name && entry.why == why; };
  auto found = std::find_if(list_.begin(), list_.end(), same);
  if (found != list_.end()) {
    ++found->more;
  } else if (list_.size() < kMost) {
    list_.push_back({std::move(where), std::string(name), std::move(why)});
  } else {
    ++left_out_;
  }
}

Error Objections::error() const {
  std::vector<std::string> texts;
  for (const Entry& entry : list_) {
    std::string others = entry.more > 0 ? fmt::format(" and {} more", entry.more) : "";
    texts.push_back(fmt::format("{}{}: {}", entry.where, others, entry.why));
  }
  std::string rest = left_out_ > 0 ? fmt::format("; and {} more", left_out_) : "";
  return fail("these operators can't be read: {}{}", fmt::join(texts, "; "), rest);
}

Result<std::vector<const OperatorRecord*>> resolve_operators(const Model& model, uint32_t index,
                                                             const OperatorBook& book,
                                                             Objections* objections) {
  const SubGraph& subgraph = *model.subgraphs()->Get(index);
  std::vector<const OperatorRecord*> records;
  if (!subgraph.operators()) return records;
  for (uint32_t i = 0; i < subgraph.operators()->size(); ++i) {
    const Operator& op = *subgraph.operators()->Get(i);
    const OperatorCode* code = code_of(model, op);
    if (!code) {
      return fail("{}: operator code {} doesn't exist, the file has {}",
                  operator_text(model, subgraph, i), op.opcode_index(),
                  model.operator_codes() ? model.operator_codes()->size() : 0);
    }
    records.push_back(record_of(*code, book));
    if (builtin_number(*code) == tflite_schema::BuiltinOperator_VAR_HANDLE) continue;
    std::string why = objection(*code, records.back());
    if (why.empty()) continue;
    objections->add(place_text(model, index, i), code_text(*code), std::move(why));
    records.back() = nullptr;
  }
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
  const auto* name = subgraph.tensors()->Get(static_cast<uint32_t>(output))->name();
  bool named = name && name->size() > 0;
  return text +
         fmt::format(" (output {})", named ? quoted(name) : fmt::format("tensor {}", output));
}

std::string place_text(const Model& model, uint32_t subgraph, uint32_t index) {
  std::string text = operator_text(model, *model.subgraphs()->Get(subgraph), index);
  return subgraph == 0 ? text : fmt::format("subgraph {}, {}", subgraph, text);
}

}  // namespace mote::tflite
