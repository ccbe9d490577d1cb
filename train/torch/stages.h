// SPDX-License-Identifier: Apache-2.0
// What mote-train does, from a project to a learned network in its run folder.
#ifndef MOTE_TRAIN_TORCH_STAGES_H_
#define MOTE_TRAIN_TORCH_STAGES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote::train {

struct StageOptions {
  std::filesystem::path project, run;
  std::vector<std::string> overrides;
  std::string stage = "float";  // qat, finetune
  std::filesystem::path start;  // a .tflite or .onnx network to go on with
  bool resume = false;
  bool keep_zeros = false;   // finetune: weights that are 0 stay 0
  int fold = -1, folds = 0;  // cross-validation: this fold tests
  std::string test_group;    // this group tests
  int stop_after = 0;        // epochs of this call
};

/// Errors: the project's, the data's, the trainer's.
Result<void> run_stage(const StageOptions& options);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_STAGES_H_
