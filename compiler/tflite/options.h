// SPDX-License-Identifier: Apache-2.0
// An operator's options table and a node's attributes: the same values under the same names. A
// record says which table and which fields; the schema says where they are and of what type.
// Enumerations are attributes by enumerator name, numbers int64_t or double, vectors of integers
// vector<int64_t>.
#ifndef MOTE_COMPILER_TFLITE_OPTIONS_H_
#define MOTE_COMPILER_TFLITE_OPTIONS_H_

#include "compiler/tflite/tflite_generated.h"
#include "ir/record.h"

namespace mote::tflite {

/// The attributes that `record` declares, from the operator's table, or the record's fallbacks if
/// the operator has no table. Fields that the record doesn't declare must have the schema's default
/// or be known to be harmless, so that nothing a model asks for is silently left out. A custom
/// operator's attributes come from its map instead (custom_options.h). Errors: the table of another
/// operator, such a field, an enumerator without a name; a builtin operator with custom options.
Result<Attributes> read_options(const OperatorRecord& record, const tflite_schema::Operator& op);

/// The subgraphs that the record's bodies are. Errors: a number that can't be one.
Result<std::vector<uint32_t>> read_bodies(const OperatorRecord& record,
                                          const tflite_schema::Operator& op);

/// A written table and the member of the union that it is, or a custom operator's map; nothing (0)
/// for a record without.
struct WrittenOptions {
  tflite_schema::BuiltinOptions first_member = tflite_schema::BuiltinOptions_NONE;
  tflite_schema::BuiltinOptions2 second_member = tflite_schema::BuiltinOptions2_NONE;
  flatbuffers::Offset<void> table = 0;
  flatbuffers::Offset<flatbuffers::Vector<uint8_t>> custom = 0;
};

/// The node's attributes, or their fallbacks, and the numbers of its bodies as its record's options
/// table or map. Errors: an attribute that has no field and differs from its fallback, a name that
/// the enumeration doesn't have, a number that the field can't hold.
Result<WrittenOptions> write_options(const Node& node, const std::vector<uint32_t>& bodies,
                                     flatbuffers::FlatBufferBuilder& builder);

/// The node's attribute, or its fallback.
const Attribute& attribute_of(const Node& node, const AttributeSpec& spec);

/// The double that prints as short as the float does (0.2 rather than 0.20000000298023224), so that
/// text forms stay readable; it rounds to the same float.
double shortest_double(double value);

/// Whether the schema has the record's table and its fields have the attributes' types. Errors name
/// the attribute: a programmer's mistake, for tests.
Result<void> check_record(const OperatorRecord& record);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_OPTIONS_H_
