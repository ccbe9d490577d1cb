// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "compiler/tflite/custom_options.h"
#include "compiler/tflite/options.h"
#include "compiler/tflite/schema.h"

namespace mote::tflite {
namespace {

using flatbuffers::FlatBufferBuilder;
using reflection::BaseType;
using reflection::Field;

/// Calls `use` with a zero of the field's C++ type. REQUIRES: a number.
template <typename Use>
auto with_type(BaseType type, Use use) {
  switch (type) {
    case reflection::Bool:
    case reflection::UType:
    case reflection::UByte:
      return use(uint8_t{});
    case reflection::Byte:
      return use(int8_t{});
    case reflection::Short:
      return use(int16_t{});
    case reflection::UShort:
      return use(uint16_t{});
    case reflection::UInt:
      return use(uint32_t{});
    case reflection::Long:
      return use(int64_t{});
    case reflection::ULong:
      return use(uint64_t{});
    case reflection::Float:
      return use(float{});
    case reflection::Double:
      return use(double{});
    default:
      return use(int32_t{});
  }
}

template <typename T>
bool holds(int64_t value) {
  if constexpr (std::is_same_v<T, uint64_t>) return value >= 0;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, uint64_t>) {
    return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
  }
  return true;
}

Error too_large(const Field& field, int64_t value) {
  return fail("option {} can't hold {}", field.name()->string_view(), value);
}

/// A vector or string of an attribute, which must be in the file before its table is begun; 0 for
/// numbers, which are stored in the table.
Result<flatbuffers::uoffset_t> write_outside(const Field& field, const Attribute& value,
                                             FlatBufferBuilder& builder) {
  if (auto* integers = std::get_if<std::vector<int64_t>>(&value)) {
    return with_type(field.type()->element(), [&](auto zero) -> Result<flatbuffers::uoffset_t> {
      std::vector<decltype(zero)> elements;
      for (int64_t integer : *integers) {
        if (!holds<decltype(zero)>(integer)) return too_large(field, integer);
        elements.push_back(static_cast<decltype(zero)>(integer));
      }
      return builder.CreateVector(elements).o;
    });
  }
  if (field.type()->base_type() == reflection::String) {
    return builder.CreateString(std::get<std::string>(value)).o;
  }
  return flatbuffers::uoffset_t{0};
}

/// The number that a field stores for an integer, flag or enumerator.
Result<int64_t> number_of(const Field& field, const Attribute& value) {
  if (auto* flag = std::get_if<bool>(&value)) return int64_t{*flag};
  if (auto* integer = std::get_if<int64_t>(&value)) return *integer;
  const std::string& choice = std::get<std::string>(value);
  if (auto number = enumerator_number(*enum_of(field), choice)) return *number;
  return fail("option {} can't be {}", field.name()->string_view(), choice);
}

Result<void> write_number(const Field& field, const Attribute& value, FlatBufferBuilder& builder) {
  BaseType type = field.type()->base_type();
  if (auto* real = std::get_if<double>(&value)) {
    with_type(type, [&](auto zero) {
      using T = decltype(zero);
      builder.AddElement<T>(field.offset(), static_cast<T>(*real),
                            static_cast<T>(field.default_real()));
    });
    return {};
  }
  MOTE_TRY(int64_t number, number_of(field, value));
  return with_type(type, [&](auto zero) -> Result<void> {
    using T = decltype(zero);
    if (!holds<T>(number)) return too_large(field, number);
    builder.AddElement<T>(field.offset(), static_cast<T>(number),
                          static_cast<T>(field.default_integer()));
    return {};
  });
}

/// A field of the table to write, with the attribute that goes there.
struct Entry {
  const Field* field;
  Attribute value;
  flatbuffers::uoffset_t outside;  // where a vector or string has been written
};

/// REQUIRES: `object` is the record's table, or null if it has none.
Result<std::vector<Entry>> collect(const Node& node, const std::vector<uint32_t>& bodies,
                                   const reflection::Object* object, FlatBufferBuilder& builder) {
  std::vector<Entry> entries;
  for (size_t i = 0; object && i < bodies.size(); ++i) {
    const Field* field = find_field(*object, node.record->bodies[i]);
    if (field) entries.push_back({field, int64_t{bodies[i]}, 0});
  }
  for (const AttributeSpec& spec : node.record->attributes) {
    const Attribute& value = attribute_of(node, spec);
    const Field* field = object ? find_field(*object, spec.name) : nullptr;
    if (field) {
      MOTE_TRY(flatbuffers::uoffset_t outside, write_outside(*field, value, builder));
      entries.push_back({field, value, outside});
    } else if (value != spec.fallback) {
      return fail("in a .tflite file, {} has no option {}", node.record->name, spec.name);
    }
  }
  return entries;
}

Result<void> write_entry(const Entry& entry, FlatBufferBuilder& builder) {
  if (entry.outside == 0) return write_number(*entry.field, entry.value, builder);
  builder.AddOffset(entry.field->offset(), flatbuffers::Offset<void>(entry.outside));
  return {};
}

Result<flatbuffers::Offset<void>> write_table(const std::vector<Entry>& entries,
                                              FlatBufferBuilder& builder) {
  flatbuffers::uoffset_t start = builder.StartTable();
  for (const Entry& entry : entries) {
    Result<void> written = write_entry(entry, builder);
    if (written.ok()) continue;
    builder.EndTable(start);  // the builder mustn't be left inside a table
    return written.error();
  }
  return flatbuffers::Offset<void>(builder.EndTable(start));
}

}  // namespace

const Attribute& attribute_of(const Node& node, const AttributeSpec& spec) {
  auto found = node.attributes.find(spec.name);
  return found == node.attributes.end() ? spec.fallback : found->second;
}

Result<WrittenOptions> write_options(const Node& node, const std::vector<uint32_t>& bodies,
                                     FlatBufferBuilder& builder) {
  MOTE_CHECK_OK(check_record(*node.record));
  if (is_custom(*node.record)) {
    WrittenOptions written;
    written.custom = builder.CreateVector(write_custom_options(node));
    return written;
  }
  auto table = find_options(node.record->tflite_options);
  MOTE_TRY(std::vector<Entry> entries,
           collect(node, bodies, table ? table->object : nullptr, builder));
  WrittenOptions written;
  if (!table) return written;
  MOTE_TRY(written.table, write_table(entries, builder));
  if (table->second_union) {
    written.second_member = static_cast<tflite_schema::BuiltinOptions2>(table->member);
  } else {
    written.first_member = static_cast<tflite_schema::BuiltinOptions>(table->member);
  }
  return written;
}

}  // namespace mote::tflite
