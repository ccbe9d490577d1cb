// SPDX-License-Identifier: Apache-2.0
#include "train/run/program.h"

#include "base/host/process.h"

namespace mote::train {

Result<std::filesystem::path> find_training_program() {
  std::error_code ignored;
  const std::filesystem::path here =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const std::filesystem::path& folder : {here, here / ".." / "lib" / "mote"}) {
    if (std::filesystem::exists(folder / "mote-train", ignored)) return folder / "mote-train";
  }
  return fail(
      "mote-train isn't beside {}: mote was built without libtorch; "
      "apt-get install libtorch-dev libopenblas0-openmp, then build again",
      (here / "mote").string());
}

Result<void> run_training(const Stage& stage) {
  MOTE_TRY(const std::filesystem::path program, find_training_program());
  std::vector<std::string> arguments = {
      program.string(), stage.project.string(), "--run", stage.run.string(), "--stage", stage.name};
  for (const std::string& value : stage.overrides) {
    arguments.insert(arguments.end(), {"--set", value});
  }
  arguments.insert(arguments.end(), stage.more.begin(), stage.more.end());
  MOTE_TRY(const int code, run_attached(arguments));
  if (code == 0) return {};
  return fail("training stopped (mote-train ended with {}); {}", code,
              code >= 128 ? "mote train --resume goes on with it" : "it said why above");
}

}  // namespace mote::train
