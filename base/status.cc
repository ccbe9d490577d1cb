// SPDX-License-Identifier: Apache-2.0
// The texts of base/status.h, apart from the codes so that firmware links them only on demand.
#include "base/status.h"

namespace mote {

const char* describe(Status status) {
  switch (status) {
#define MOTE_STATUS_TEXT(name, code, text) \
  case Status::name:                       \
    return text;
    MOTE_STATUS_LIST(MOTE_STATUS_TEXT)
#undef MOTE_STATUS_TEXT
  }
  return "unknown status";
}

}  // namespace mote
