// SPDX-License-Identifier: Apache-2.0
// How mote starts mote-train.
#ifndef MOTE_TRAIN_RUN_PROGRAM_H_
#define MOTE_TRAIN_RUN_PROGRAM_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote::train {

/// Beside mote, or where it is installed. Errors: it isn't there, with how to get it.
Result<std::filesystem::path> find_training_program();

/// What mote-train does in a run folder.
struct Stage {
  std::filesystem::path project, run;
  std::vector<std::string> overrides;
  std::string name = "float";
  std::vector<std::string> more = {};  // further options
};

/// Runs it on this program's terminal. Errors: it isn't there; it failed, after saying why itself.
Result<void> run_training(const Stage& stage);

}  // namespace mote::train

#endif  // MOTE_TRAIN_RUN_PROGRAM_H_
