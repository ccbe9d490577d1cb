// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "compiler/tflite/custom_options.h"
#include "compiler/tflite/options.h"
#include "compiler/tflite/schema.h"

namespace mote::tflite {
namespace {

using flatbuffers::Table;
using reflection::BaseType;
using reflection::Field;

/// Fields that say nothing which the operands' types don't say as well.
constexpr struct {
  std::string_view field;
  const char* reason;
} kHarmless[] = {
    {"quantized_bias_type", "the bias tensor has its type"},
    {"asymmetric_quantize_inputs", "only for float inputs with integer weights"},
    {"pot_scale_int16", "only for int16 operands"},
    {"in_data_type", "the input has it"},
    {"out_data_type", "the output has it"},
};

bool harmless(const Field& field) {
  std::string_view name = field.name()->string_view();
  return std::any_of(std::begin(kHarmless), std::end(kHarmless),
                     [&](const auto& row) { return row.field == name; });
}

/// The operator's table in the file and its description; both null if it has none.
struct FoundTable {
  const Table* data = nullptr;
  const reflection::Object* object = nullptr;
};

Result<FoundTable> locate_table(const tflite_schema::Operator& op) {
  bool second = op.builtin_options_2_type() != tflite_schema::BuiltinOptions2_NONE;
  bool first = op.builtin_options_type() != tflite_schema::BuiltinOptions_NONE;
  if (first && second) return fail("has two options tables, of which it can take one");
  const void* data = second ? op.builtin_options_2() : first ? op.builtin_options() : nullptr;
  if (!data) return FoundTable{};
  // An unknown member isn't covered by the verifier: nothing may look at its bytes.
  uint8_t member = second ? static_cast<uint8_t>(op.builtin_options_2_type())
                          : static_cast<uint8_t>(op.builtin_options_type());
  auto table = find_options(second, member);
  if (!table) return fail("has an options table (number {}) that mote doesn't know", member);
  return FoundTable{static_cast<const Table*>(data), table->object};
}

/// How many fields the writer of the table knew, whether set or not.
uint32_t fields_of(const Table& table) {
  constexpr uint32_t kEntry = sizeof(flatbuffers::voffset_t), kHeader = 2 * kEntry;
  uint32_t bytes = flatbuffers::ReadScalar<flatbuffers::voffset_t>(table.GetVTable());
  return bytes < kHeader ? 0 : (bytes - kHeader) / kEntry;  // the verifier lets 0 pass
}

bool field_set(const Table& table, uint32_t id) {
  return table.CheckField(flatbuffers::FieldIndexToOffset(static_cast<uint16_t>(id)));
}

/// A field's value in messages: an enumerator's name, or the number.
std::string value_text(const Table& table, const Field& field) {
  if (const reflection::Enum* values = enum_of(field)) {
    if (auto name = enumerator_name(*values, flatbuffers::GetAnyFieldI(table, field))) {
      return std::string(*name);
    }
  }
  if (flatbuffers::IsFloat(field.type()->base_type())) {
    return fmt::format("{}", flatbuffers::GetAnyFieldF(table, field));
  }
  if (flatbuffers::IsInteger(field.type()->base_type())) {
    return fmt::format("{}", flatbuffers::GetAnyFieldI(table, field));
  }
  return "given";
}

bool has_default(const Table& table, const Field& field) {
  BaseType type = field.type()->base_type();
  if (flatbuffers::IsFloat(type)) {
    return flatbuffers::GetAnyFieldF(table, field) == field.default_real();
  }
  if (flatbuffers::IsScalar(type)) {
    return flatbuffers::GetAnyFieldI(table, field) == field.default_integer();
  }
  bool counted = type == reflection::Vector || type == reflection::String;
  if (!counted || !field_set(table, field.id())) return !field_set(table, field.id());
  return flatbuffers::GetFieldAnyV(table, field)->size() == 0;
}

/// Fields of the table that the record knows nothing of mustn't change what the operator does.
Result<void> check_undeclared(const OperatorRecord& record, const FoundTable& found) {
  uint32_t known = found.object->fields()->size();
  for (uint32_t id = known; id < fields_of(*found.data); ++id) {
    if (field_set(*found.data, id)) {
      return fail("option number {} of {} is newer than this mote", id, name_of(*found.object));
    }
  }
  for (const Field* field : *found.object->fields()) {
    std::string_view name = field->name()->string_view();
    bool declared =
        std::any_of(record.attributes.begin(), record.attributes.end(),
                    [&](const AttributeSpec& spec) { return name == spec.name; }) ||
        std::find(record.bodies.begin(), record.bodies.end(), name) != record.bodies.end();
    if (declared || field->deprecated() || harmless(*field)) continue;
    if (!has_default(*found.data, *field)) {
      return fail("option {} is {}, which mote's {} can't do", name,
                  value_text(*found.data, *field), record.name);
    }
  }
  return {};
}

Result<std::string> read_choice(const Table& table, const Field& field) {
  if (const reflection::Enum* values = enum_of(field)) {
    int64_t number = flatbuffers::GetAnyFieldI(table, field);
    if (auto name = enumerator_name(*values, number)) return std::string(*name);
    return fail("option {} is {}, which means nothing to mote", field.name()->string_view(),
                number);
  }
  const flatbuffers::String* text = flatbuffers::GetFieldS(table, field);
  return text ? text->str() : std::string();
}

Result<std::vector<int64_t>> read_integers(const Table& table, const Field& field) {
  constexpr uint32_t kMost = 1024;
  std::vector<int64_t> values;
  if (!field_set(table, field.id())) return values;
  const flatbuffers::VectorOfAny* stored = flatbuffers::GetFieldAnyV(table, field);
  if (stored->size() > kMost) {
    return fail("option {} has {} elements, at most {} make sense", field.name()->string_view(),
                stored->size(), kMost);
  }
  for (uint32_t i = 0; i < stored->size(); ++i) {
    values.push_back(flatbuffers::GetAnyVectorElemI(stored, field.type()->element(), i));
  }
  return values;
}

/// The field as an attribute of the same type as `fallback`, which check_record() agreed to.
Result<Attribute> read_field(const Table& table, const Field& field, const Attribute& fallback) {
  if (std::holds_alternative<bool>(fallback)) {
    return Attribute(flatbuffers::GetAnyFieldI(table, field) != 0);
  }
  if (std::holds_alternative<int64_t>(fallback)) {
    return Attribute(flatbuffers::GetAnyFieldI(table, field));
  }
  if (std::holds_alternative<double>(fallback)) {
    return Attribute(shortest_double(flatbuffers::GetAnyFieldF(table, field)));
  }
  if (std::holds_alternative<std::string>(fallback)) {
    MOTE_TRY(std::string choice, read_choice(table, field));
    return Attribute(std::move(choice));
  }
  MOTE_TRY(std::vector<int64_t> integers, read_integers(table, field));
  return Attribute(std::move(integers));
}

Result<Attributes> read_table(const OperatorRecord& record, const FoundTable& found) {
  MOTE_CHECK_OK(check_undeclared(record, found));
  Attributes attributes;
  for (const AttributeSpec& spec : record.attributes) {
    const Field* field = find_field(*found.object, spec.name);
    if (!field) attributes[spec.name] = spec.fallback;
    if (!field) continue;
    MOTE_TRY(attributes[spec.name], read_field(*found.data, *field, spec.fallback));
  }
  return attributes;
}

Attributes fallbacks(const OperatorRecord& record) {
  Attributes attributes;
  for (const AttributeSpec& spec : record.attributes) attributes[spec.name] = spec.fallback;
  return attributes;
}

}  // namespace

double shortest_double(double value) {
  float narrow = static_cast<float>(value);
  double candidate = std::strtod(fmt::format("{}", narrow).c_str(), nullptr);
  return static_cast<float>(candidate) == narrow ? candidate : value;
}

Result<std::vector<uint32_t>> read_bodies(const OperatorRecord& record,
                                          const tflite_schema::Operator& op) {
  std::vector<uint32_t> bodies;
  if (record.bodies.empty()) return bodies;
  MOTE_TRY(FoundTable found, locate_table(op));
  for (const char* name : record.bodies) {
    const Field* field = found.data ? find_field(*found.object, name) : nullptr;
    int64_t index = field ? flatbuffers::GetAnyFieldI(*found.data, *field) : -1;
    if (index < 0 || index > INT32_MAX) return fail("option {} names no subgraph", name);
    bodies.push_back(static_cast<uint32_t>(index));
  }
  return bodies;
}

Result<Attributes> read_options(const OperatorRecord& record, const tflite_schema::Operator& op) {
  bool custom = (op.custom_options() && op.custom_options()->size() > 0) ||
                op.large_custom_options_size() > 0;
  if (custom && !is_custom(record)) {
    return fail("has custom options, which only custom operators take");
  }
  MOTE_TRY(FoundTable found, locate_table(op));
  if (!found.data) return custom ? read_custom_options(record, op) : fallbacks(record);
  if (name_of(*found.object) != record.tflite_options) {
    return fail("has the options table {}, should have {}", name_of(*found.object),
                record.tflite_options.empty() ? "none" : record.tflite_options);
  }
  MOTE_CHECK_OK(check_record(record));
  return read_table(record, found);
}

}  // namespace mote::tflite
