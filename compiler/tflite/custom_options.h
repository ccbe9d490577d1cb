// SPDX-License-Identifier: Apache-2.0
// A custom operator's options: a FlexBuffers map in the operator's `custom_options`, read and
// written under the names of the record's attributes. A record is a custom operator's if its name
// is none of TFLite's builtin operators; the name is the file's custom code ("SignalWindow").
#ifndef MOTE_COMPILER_TFLITE_CUSTOM_OPTIONS_H_
#define MOTE_COMPILER_TFLITE_CUSTOM_OPTIONS_H_

#include "base/host/file.h"
#include "compiler/tflite/tflite_generated.h"
#include "ir/record.h"

namespace mote::tflite {

bool is_custom(const OperatorRecord& record);

/// The attributes in the operator's map; those that it leaves out keep the record's fallbacks.
/// Errors: no FlexBuffers map, or one that is damaged or longer than options ever are; a key that
/// the record doesn't declare; a value of another type.
Result<Attributes> read_custom_options(const OperatorRecord& record,
                                       const tflite_schema::Operator& op);

/// All attributes that the record declares, as a map. TFLM finds them by their place in the order
/// of the alphabet, so none is left out.
Bytes write_custom_options(const Node& node);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_CUSTOM_OPTIONS_H_
