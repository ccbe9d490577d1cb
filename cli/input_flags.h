// SPDX-License-Identifier: Apache-2.0
// The options of verbs that read input files: how a file's numbers become the model's.
#ifndef MOTE_CLI_INPUT_FLAGS_H_
#define MOTE_CLI_INPUT_FLAGS_H_

#include <string>
#include <vector>

#include "cli/input_file.h"

namespace CLI {
class App;
}

namespace mote {

struct InputFlags {
  std::string raw_type;
  std::vector<double> pixels = {0, 1};

  /// Adds --raw-type and --pixels to a command. REQUIRES: this outlives it.
  void add_to(CLI::App& command);
  InputOptions options() const;
};

}  // namespace mote

#endif  // MOTE_CLI_INPUT_FLAGS_H_
