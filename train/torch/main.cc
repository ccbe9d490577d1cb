// SPDX-License-Identifier: Apache-2.0
// mote-train: the half of `mote train` that needs libtorch. `mote` starts it; its options are for
// `mote`, not for people.
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <thread>

#include "base/host/file.h"
#include "compiler/tflite/writer.h"
#include "train/torch/libtorch.h"
#include "train/torch/script.h"
#include "train/torch/stages.h"

namespace {

/// Idle OpenMP threads shall sleep, not spin: the threads that compute features need the cores.
/// OpenMP reads this when the program is loaded, so the program is loaded again.
void sleep_when_idle(char** argv) {
  if (getenv("OMP_WAIT_POLICY")) return;
  setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  execv("/proc/self/exe", argv);  // where that fails, spinning it is
}

/// A step's tensors are some megabytes, freed at its end. Kept in the heap, they aren't given back
/// to the kernel and fetched again as zeroed pages: DS-CNN trains a quarter faster.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

/// Two threads at most: more wait for each other on networks this small. OMP_NUM_THREADS wins.
void limit_threads() {
  if (getenv("OMP_NUM_THREADS")) return;
  torch::set_num_threads(static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 2u)));
}

/// mote-train import: TorchScript to .tflite.
int import_script(int argc, char** argv) {
  std::string model, output;
  std::vector<int32_t> dims;
  CLI::App program("mote-train import: TorchScript to .tflite (started by mote)",
                   "mote-train import");
  program.add_option("model", model, "A TorchScript file")->required();
  program.add_option("--features", dims, "Shape of the input")->delimiter(',')->required();
  program.add_option("--output", output, "The .tflite file to write")->required();
  CLI11_PARSE(program, argc, argv);
  mote::Shape features;
  for (int32_t dim : dims) {
    if (features.rank < mote::kMaxRank) features.push_back(dim);
  }
  auto write = [&]() -> mote::Result<void> {
    MOTE_TRY(const mote::Graph graph, mote::train::read_script(model, features));
    MOTE_TRY(const mote::Bytes file, mote::write_tflite(graph));
    return mote::write_file(output, file);
  };
  const mote::Result<void> result = write();
  if (result.ok()) return 0;
  fmt::print(stderr, "{}\n", result.error().message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  sleep_when_idle(argv);
  if (argc > 1 && std::string(argv[1]) == "import") return import_script(argc - 1, argv + 1);
  mote::train::StageOptions options;
  CLI::App program("mote-train: learns a project's network (started by `mote train`)",
                   "mote-train");
  program.add_option("project", options.project, "A folder with mote.toml, or the file")
      ->required();
  program.add_option("--run", options.run, "Folder of what comes out")->required();
  program.add_option("--stage", options.stage, "What to train")
      ->check(CLI::IsMember({"float", "qat", "finetune"}))
      ->capture_default_str();
  program.add_option("--start", options.start, "A network to go on with");
  program.add_option("--set", options.overrides, "key=value, in place of mote.toml's")
      ->allow_extra_args(false);
  program.add_flag("--resume", options.resume, "Go on where an interrupted run stopped");
  program.add_flag("--keep-zeros", options.keep_zeros, "Weights that are 0 stay 0");
  program.add_option("--fold", options.fold, "This fold of --folds tests, from 0");
  program.add_option("--folds", options.folds, "Cross-validation");
  program.add_option("--test-group", options.test_group, "This group tests");
  program.add_option("--stop-after", options.stop_after, "So many epochs, to resume later");
  CLI11_PARSE(program, argc, argv);
  limit_threads();
  keep_freed_memory();
  try {
    mote::Result<void> result = mote::train::run_stage(options);
    if (result.ok()) return 0;
    fmt::print(stderr, "mote-train: error: {}\n", result.error().message);
  } catch (const std::exception& error) {  // libtorch's errors are exceptions
    fmt::print(stderr, "mote-train: error: {}\n", error.what());
  }
  return 1;
}
