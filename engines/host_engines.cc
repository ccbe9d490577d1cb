// SPDX-License-Identifier: Apache-2.0
// The engines that live in this process.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>
#include <numeric>
#include <type_traits>

#include "base/host/parallel.h"
#include "compiler/image_writer.h"
#include "engines/engine.h"
#include "engines/host_engine.h"
#include "engines/plan_runner.h"
#include "ir/interpreter.h"
#include "ops/book.h"
#include "runtime/image.h"

namespace mote {
namespace {

using Clock = std::chrono::steady_clock;

/// What the three have in common: runners, one for each job, whose run(inputs, after_step) does one
/// inference, and whose reset() forgets the ones before.
template <typename Runner>
class HostLoop : public Engine {
 public:
  HostLoop(std::string name, std::vector<Runner> runners, Batch batch)
      : name_(std::move(name)), runners_(std::move(runners)), batch_(std::move(batch)) {}

  std::string name() const override { return name_; }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    std::vector<Values> outputs(samples.size());
    std::vector<double> seconds(runners_.size());
    for (Runner& runner : runners_) MOTE_CHECK_OK(runner.reset());
    statistics_.jobs = job_count(static_cast<unsigned>(runners_.size()), samples.size());
    std::mutex mutex;
    size_t done = 0;
    auto run_sample = [&](size_t worker, size_t i) -> Result<void> {
      auto start = Clock::now();
      MOTE_TRY(outputs[i], runners_[worker].run(samples[i]));
      seconds[worker] += std::chrono::duration<double>(Clock::now() - start).count();
      if (!batch_.progress) return {};
      std::lock_guard lock(mutex);
      batch_.progress(++done);
      return {};
    };
    MOTE_CHECK_OK(for_each_in_parallel(samples.size(), statistics_.jobs, run_sample));
    double all = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    statistics_.seconds_per_inference =
        samples.empty() ? 0 : all / static_cast<double>(samples.size());
    return outputs;
  }

  Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                   const std::vector<Probe>& probes) override {
    return trace_runner(runners_.front(), samples, probes);
  }

  bool has_arena() const override { return !std::is_same_v<Runner, Interpreter>; }
  RunStatistics statistics() const override { return statistics_; }

 private:
  template <typename R>
  static Result<std::vector<Bytes>> trace_runner(R& runner, const std::vector<Values>& samples,
                                                 const std::vector<Probe>& probes) {
    std::vector<Bytes> seen;
    auto look = [&](uint32_t next) {
      while (seen.size() < probes.size() && probes[seen.size()].step < next) {
        const uint8_t* from = runner.arena() + probes[seen.size()].offset;
        seen.emplace_back(from, from + probes[seen.size()].bytes);
      }
    };
    MOTE_CHECK_OK(runner.reset());
    for (size_t i = 0; i + 1 < samples.size(); ++i) MOTE_CHECK_OK(runner.run(samples[i]));
    MOTE_CHECK_OK(runner.run(samples.back(), look));
    return seen;
  }
  static Result<std::vector<Bytes>> trace_runner(Interpreter&, const std::vector<Values>&,
                                                 const std::vector<Probe>&) {
    return fail("the interpreter has no arena to look into");
  }

  std::string name_;
  std::vector<Runner> runners_;
  Batch batch_;
  RunStatistics statistics_;
};

template <typename Runner>
EnginePtr make_loop(const char* name, std::vector<Runner> runners, const Batch& batch) {
  return std::make_unique<HostLoop<Runner>>(name, std::move(runners), batch);
}

bool has_variables(const Graph& graph) {
  bool found = false;
  for_each_graph(graph, [&](const Graph& one) {
    for (const Tensor& tensor : one.tensors) found |= tensor.variable;
  });
  return found;
}

/// As many runners as the batch has jobs, each made by `make`.
template <typename Make>
auto make_runners(const Batch& batch, bool has_state, const Make& make)
    -> Result<std::vector<std::decay_t<decltype(*make())>>> {
  std::vector<std::decay_t<decltype(*make())>> runners;
  for (size_t jobs = has_state ? 1 : job_count(batch.jobs, SIZE_MAX); jobs > 0; --jobs) {
    MOTE_TRY(auto runner, make());
    runners.push_back(std::move(runner));
  }
  return runners;
}

}  // namespace

Result<EnginePtr> make_interpreter_engine(const Graph& graph, const Batch& batch) {
  MOTE_TRY(auto interpreters,
           make_runners(batch, has_variables(graph), [&] { return Interpreter::make(graph); }));
  return make_loop("interpreter", std::move(interpreters), batch);
}

Result<EnginePtr> make_plan_engine(const Plan& plan) {
  std::vector<PlanRunner> runners;
  runners.emplace_back(plan);
  return make_loop("host kernels", std::move(runners), {});
}

ImageModel image_model(const Plan& plan) {
  ImageModel model;
  model.image = write_image(plan);
  for (const PlanTensor& t : plan.inputs) {
    model.input_bytes.push_back(plan.graph.tensor(t.tensor).bytes());
  }
  for (const PlanTensor& t : plan.outputs) {
    model.output_bytes.push_back(plan.graph.tensor(t.tensor).bytes());
  }
  model.kernels = plan.kernels();
  model.arena_bytes = plan.arena_bytes;
  model.in_ram = plan.weights_in_ram;
  return model;
}

ImageModel image_model(const Bytes& image) {
  ImageModel model;
  model.image = image;
  ImageHeader header;
  std::memcpy(&header, image.data(), sizeof header);
  for (uint32_t i = 0; i < header.input_count + uint32_t{header.output_count}; ++i) {
    ImageTensor tensor;
    std::memcpy(&tensor, image.data() + header.tensors_offset + i * sizeof tensor, sizeof tensor);
    (i < header.input_count ? model.input_bytes : model.output_bytes).push_back(tensor.bytes);
  }
  for (uint32_t i = 0; i < header.kernel_count; ++i) {
    uint32_t id;
    std::memcpy(&id, image.data() + header.kernels_offset + i * sizeof id, sizeof id);
    for (const KernelInfo* kernel : kernel_book()) {
      if (kernel->id() == id) model.kernels.push_back(kernel);
    }
  }
  model.arena_bytes = header.arena_bytes;
  return model;
}

bool ImageModel::has_state() const {
  ImageHeader header = {};
  std::memcpy(&header, image.data(), std::min(image.size(), sizeof header));
  return header.state_bytes != 0;
}

Result<EnginePtr> make_image_engine(const ImageModel& model, const Batch& batch) {
  MOTE_TRY(auto engines,
           make_runners(batch, model.has_state(), [&] { return HostEngine::make(model.image); }));
  return make_loop("image", std::move(engines), batch);
}

}  // namespace mote
