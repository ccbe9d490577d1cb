// SPDX-License-Identifier: Apache-2.0
// The ways in which mote can run a model, behind one interface, so that `mote run` can offer them
// and `mote verify` can compare them: the reference interpreter, the plan on the host's kernels,
// the image in the runtime, the generated C++ compiled for the host, and a virtual board.
#ifndef MOTE_ENGINES_ENGINE_H_
#define MOTE_ENGINES_ENGINE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/plan.h"

namespace mote {

/// The bytes of each input, or of each output, of one inference.
using Values = std::vector<Bytes>;

/// A look into the arena: `bytes` bytes at `offset` as they are when a run first goes on behind
/// step `step`, which in a model with control flow it may jump over.
struct Probe {
  uint32_t step = 0;
  uint32_t offset = 0;
  uint32_t bytes = 0;
};

/// Instructions of one function, without those of functions that it calls.
struct FunctionInstructions {
  std::string name;
  uint64_t instructions = 0;
};

/// What an engine can tell about a run besides the outputs.
struct RunStatistics {
  double seconds_per_inference = 0;  // of one thread, on the host's clock; 0 if it means nothing
  size_t jobs = 1;                   // how many samples ran at a time
  // Of a virtual board; 0 or empty elsewhere. Exact: the mean over the samples, rounded down.
  uint64_t instructions_per_inference = 0;
  std::vector<FunctionInstructions> functions;  // per inference, the largest first
  uint32_t stack_peak_bytes = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;
  /// Resets the model, then runs every sample: a model with variables sees them as one sequence.
  /// The result has one Values per sample. Errors: that of the first sample that can't be run.
  virtual Result<std::vector<Values>> run(const std::vector<Values>& samples) = 0;
  /// Whether trace() works.
  virtual bool has_arena() const { return true; }
  /// The same, and looks at the arena during the last sample; probes are sorted by step. REQUIRES:
  /// has_arena(), at least one sample.
  virtual Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                           const std::vector<Probe>& probes) = 0;
  /// Of the last run().
  virtual RunStatistics statistics() const { return {}; }
};

using EnginePtr = std::unique_ptr<Engine>;

/// How the samples of one run() share this machine: each job has a model of its own, so that the
/// bits are those of one job. Models with variables take one job.
struct Batch {
  unsigned jobs = 1;  // samples at a time; 0: as many as there are cores
  /// Called now and then with the number of samples that are done; one call at a time.
  std::function<void(size_t done)> progress = {};
};

/// A model as a device sees it: what `mote run` can execute even without the graph.
struct ImageModel {
  Bytes image;
  std::vector<uint64_t> input_bytes, output_bytes;
  std::vector<const KernelInfo*> kernels;  // all that the image calls
  uint32_t arena_bytes = 0;
  bool in_ram = false;  // Plan::weights_in_ram

  /// Whether a run depends on the runs before it.
  bool has_state() const;
};
ImageModel image_model(const Plan& plan);
/// REQUIRES: the image passed open().
ImageModel image_model(const Bytes& image);

/// The interpreter over `graph`: the truth. It has no arena.
/// REQUIRES: the graph outlives the engine.
Result<EnginePtr> make_interpreter_engine(const Graph& graph, const Batch& batch = {});
/// The plan on the host's kernels. REQUIRES: the plan outlives the engine.
Result<EnginePtr> make_plan_engine(const Plan& plan);
/// The image in the runtime, on the host.
Result<EnginePtr> make_image_engine(const ImageModel& model, const Batch& batch = {});
/// The generated C++, compiled with the host's c++ ($CXX or g++). Errors: no compiler.
/// REQUIRES: the plan outlives the engine.
Result<EnginePtr> make_cpp_engine(const Plan& plan);
/// The image in firmware on the virtual board `board`; a job is an emulator. Errors: unknown board,
/// a missing compiler or QEMU, a model that doesn't fit.
Result<EnginePtr> make_board_engine(const ImageModel& model, const std::string& board,
                                    const Batch& batch = {});

}  // namespace mote

#endif  // MOTE_ENGINES_ENGINE_H_
