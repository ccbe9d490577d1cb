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
/// or be known to be harmless, so that nothing a model asks for is silently left out. Errors: the
/// table of another operator, such a field, an enumerator without a name; options of a custom
/// operator.
Result<Attributes> read_options(const OperatorRecord& record, const tflite_schema::Operator& op);

/// A written table and the member of the union that it is; nothing (0, 0) for a record without.
struct WrittenOptions {
  tflite_schema::BuiltinOptions first_member = tflite_schema::BuiltinOptions_NONE;
  tflite_schema::BuiltinOptions2 second_member = tflite_schema::BuiltinOptions2_NONE;
  flatbuffers::Offset<void> table = 0;
};

/// The node's attributes, or their fallbacks, as its record's options table. Errors: an attribute
/// that has no field and differs from its fallback, a name that the enumeration doesn't have, a
/// number that the field can't hold.
Result<WrittenOptions> write_options(const Node& node, flatbuffers::FlatBufferBuilder& builder);

/// Whether the schema has the record's table and its fields have the attributes' types. Errors name
/// the attribute: a programmer's mistake, for tests.
Result<void> check_record(const OperatorRecord& record);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_OPTIONS_H_
