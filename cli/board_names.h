// SPDX-License-Identifier: Apache-2.0
// The boards that there are, for help texts.
#ifndef MOTE_CLI_BOARD_NAMES_H_
#define MOTE_CLI_BOARD_NAMES_H_

#include <string>

#include "boards/machine.h"

namespace mote {

/// "cortex-m4, rv32imc".
inline std::string board_names() {
  std::string names;
  for (const Machine& machine : machines()) {
    names += (names.empty() ? "" : ", ") + std::string(machine.name);
  }
  return names;
}

}  // namespace mote

#endif  // MOTE_CLI_BOARD_NAMES_H_
