// SPDX-License-Identifier: Apache-2.0
// The .tflite format by name: the schema's own binary form, embedded in the program, answers which
// options table a union member is, what fields it has and what an enumerator is called. So the
// reader and the writer serve every operator without naming one.
#ifndef MOTE_COMPILER_TFLITE_SCHEMA_H_
#define MOTE_COMPILER_TFLITE_SCHEMA_H_

#include <flatbuffers/reflection.h>

#include <optional>
#include <string>
#include <string_view>

#include "compiler/tflite/tflite_generated.h"

namespace mote::tflite {

/// An options table, and where an operator keeps it: as `member` of its first or second union.
struct OptionsTable {
  const reflection::Object* object = nullptr;
  bool second_union = false;
  uint8_t member = 0;
};

/// The table of that name ("Conv2DOptions"), or of that place in a union; nothing if the schema has
/// none.
std::optional<OptionsTable> find_options(std::string_view name);
std::optional<OptionsTable> find_options(bool second_union, uint8_t member);

/// "Conv2DOptions", without its namespace.
std::string_view name_of(const reflection::Object& object);
/// The table's field of that name, or null; retired fields count as missing.
const reflection::Field* find_field(const reflection::Object& object, const std::string& name);
/// The enumeration that a number field takes its values from, or null.
const reflection::Enum* enum_of(const reflection::Field& field);

/// The enumeration of builtin operators.
const reflection::Enum& builtin_operators();
/// An enumerator's name by its number and the other way round; nothing if there is none.
std::optional<std::string_view> enumerator_name(const reflection::Enum& values, int64_t number);
std::optional<int64_t> enumerator_number(const reflection::Enum& values, std::string_view name);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_SCHEMA_H_
