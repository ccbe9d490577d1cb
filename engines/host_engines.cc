// SPDX-License-Identifier: Apache-2.0
// The engines that live in this process.
#include <chrono>
#include <cstring>
#include <type_traits>

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

/// What the three have in common: a runner whose run(inputs, after_step) does one inference, and
/// whose reset() forgets the ones before.
template <typename Runner>
class HostLoop : public Engine {
 public:
  HostLoop(std::string name, Runner runner) : name_(std::move(name)), runner_(std::move(runner)) {}

  std::string name() const override { return name_; }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    std::vector<Values> outputs;
    MOTE_CHECK_OK(runner_.reset());
    auto start = Clock::now();
    for (const Values& sample : samples) {
      MOTE_TRY(Values output, runner_.run(sample));
      outputs.push_back(std::move(output));
    }
    std::chrono::duration<double> elapsed = Clock::now() - start;
    statistics_.seconds_per_inference =
        samples.empty() ? 0 : elapsed.count() / static_cast<double>(samples.size());
    return outputs;
  }

  Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                   const std::vector<Probe>& probes) override {
    return trace_runner(runner_, samples, probes);
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
  Runner runner_;
  RunStatistics statistics_;
};

template <typename Runner>
EnginePtr make_loop(const char* name, Runner runner) {
  return std::make_unique<HostLoop<Runner>>(name, std::move(runner));
}

}  // namespace

Result<EnginePtr> make_interpreter_engine(const Graph& graph) {
  MOTE_TRY(Interpreter interpreter, Interpreter::make(graph));
  return make_loop("interpreter", std::move(interpreter));
}

Result<EnginePtr> make_plan_engine(const Plan& plan) {
  return make_loop("host kernels", PlanRunner(plan));
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

Result<EnginePtr> make_image_engine(const ImageModel& model) {
  MOTE_TRY(HostEngine engine, HostEngine::make(model.image));
  return make_loop("image", std::move(engine));
}

}  // namespace mote
