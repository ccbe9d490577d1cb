// SPDX-License-Identifier: Apache-2.0
#include "ops/book.h"

namespace mote {

const OperatorBook& operator_book() {
  static const OperatorBook book = {
#define MOTE_OPERATOR(name) &name##_record(),
#include "ops/ops.inc"
#undef MOTE_OPERATOR
  };
  return book;
}

}  // namespace mote
