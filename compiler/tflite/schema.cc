// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/schema.h"

#include "compiler/tflite/tflite_bfbs_generated.h"

namespace mote::tflite {
namespace {

constexpr char kNamespace[] = "mote.tflite_schema.";

const reflection::Schema& schema() {
  return *reflection::GetSchema(tflite_schema::ModelBinarySchema::data());
}

const reflection::Enum& find_enum(std::string_view name) {
  return *schema().enums()->LookupByKey((kNamespace + std::string(name)).c_str());
}

const reflection::Enum& options_union(bool second_union) {
  return find_enum(second_union ? "BuiltinOptions2" : "BuiltinOptions");
}

std::optional<OptionsTable> table_of(bool second_union, const reflection::EnumVal& value) {
  const reflection::Type* type = value.union_type();
  if (!type || type->base_type() != reflection::Obj) return std::nullopt;  // NONE
  return OptionsTable{schema().objects()->Get(static_cast<uint32_t>(type->index())), second_union,
                      static_cast<uint8_t>(value.value())};
}

}  // namespace

std::optional<OptionsTable> find_options(bool second_union, uint8_t member) {
  const reflection::EnumVal* value = options_union(second_union).values()->LookupByKey(member);
  return value ? table_of(second_union, *value) : std::nullopt;
}

std::optional<OptionsTable> find_options(std::string_view name) {
  for (bool second_union : {false, true}) {
    for (const reflection::EnumVal* value : *options_union(second_union).values()) {
      if (value->name()->string_view() == name) return table_of(second_union, *value);
    }
  }
  return std::nullopt;
}

std::string_view name_of(const reflection::Object& object) {
  std::string_view name = object.name()->string_view();
  return name.substr(name.rfind('.') + 1);
}

const reflection::Field* find_field(const reflection::Object& object, const std::string& name) {
  const reflection::Field* field = object.fields()->LookupByKey(name.c_str());
  return field && !field->deprecated() ? field : nullptr;
}

const reflection::Enum* enum_of(const reflection::Field& field) {
  int32_t index = field.type()->index();
  if (!flatbuffers::IsInteger(field.type()->base_type()) || index < 0) return nullptr;
  return schema().enums()->Get(static_cast<uint32_t>(index));
}

const reflection::Enum& builtin_operators() {
  return find_enum("BuiltinOperator");
}

std::optional<std::string_view> enumerator_name(const reflection::Enum& values, int64_t number) {
  const reflection::EnumVal* value = values.values()->LookupByKey(number);
  return value ? std::optional(value->name()->string_view()) : std::nullopt;
}

std::optional<int64_t> enumerator_number(const reflection::Enum& values, std::string_view name) {
  for (const reflection::EnumVal* value : *values.values()) {
    if (value->name()->string_view() == name) return value->value();
  }
  return std::nullopt;
}

}  // namespace mote::tflite
