// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/options.h"
#include "compiler/tflite/schema.h"

namespace mote::tflite {
namespace {

using reflection::BaseType;
using reflection::Field;

/// Whether values of the field and of an attribute like `fallback` are the same kind.
bool same_kind(const Field& field, const Attribute& fallback) {
  BaseType type = field.type()->base_type();
  bool enumerated = enum_of(field) != nullptr;
  struct Judge {
    BaseType type, element;
    bool enumerated;
    bool operator()(bool) const { return type == reflection::Bool; }
    bool operator()(int64_t) const {
      return flatbuffers::IsInteger(type) && type != reflection::Bool && !enumerated;
    }
    bool operator()(double) const { return flatbuffers::IsFloat(type); }
    bool operator()(const std::string&) const { return enumerated || type == reflection::String; }
    bool operator()(const std::vector<int64_t>&) const {
      return type == reflection::Vector && flatbuffers::IsInteger(element);
    }
  };
  return std::visit(Judge{type, field.type()->element(), enumerated}, fallback);
}

}  // namespace

Result<void> check_record(const OperatorRecord& record) {
  if (record.tflite_options.empty()) return {};
  auto table = find_options(record.tflite_options);
  if (!table) return fail("{}: there is no table {}", record.name, record.tflite_options);
  for (const AttributeSpec& spec : record.attributes) {
    const Field* field = find_field(*table->object, spec.name);
    if (field && !same_kind(*field, spec.fallback)) {
      return fail("{}: attribute {} has another type than the field of {}", record.name, spec.name,
                  record.tflite_options);
    }
  }
  return {};
}

}  // namespace mote::tflite
