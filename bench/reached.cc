// SPDX-License-Identifier: Apache-2.0
#include "bench/reached.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/host/process.h"
#include "bench/common.h"
#include "boards/target.h"
#include "cli/model_file.h"
#include "compiler/pipeline.h"
#include "engines/engine.h"

namespace mote::bench {
namespace {

constexpr std::array kCores = {"cortex-m0",  "cortex-m4",  "cortex-m7",
                               "cortex-m33", "cortex-m55", "rv32imc"};

Result<Profile> profile_on(const Graph& graph, const std::string& model, const std::string& core) {
  MOTE_TRY(BoardTarget target, find_target(core));
  MOTE_TRY(Target kernels, target_of_core(core));
  MOTE_TRY(Plan plan, compile(graph, kernels));
  return profile_model(plan, model, target, sample_of(graph));
}

Result<Plan> host_plan(const Graph& graph) {
  MOTE_TRY(Target host, target_of_core("host"));
  return compile(graph, host);
}

/// The number behind "Collected :" in what callgrind prints.
Result<int64_t> collected(const std::string& printed) {
  const std::string before = "Collected : ";
  size_t at = printed.find(before);
  if (at == std::string::npos) return fail("valgrind counted nothing:\n{}", printed);
  return std::atoll(printed.c_str() + at + before.size());
}

std::filesystem::path file_of(const std::filesystem::path& models, const std::string& model) {
  return models / (model + "_int8.tflite");
}

}  // namespace

Result<Reached> measure(const std::filesystem::path& models, const std::filesystem::path& tones,
                        void (*progress)(const std::string&)) {
  Reached reached;
  std::map<std::string, std::filesystem::path> files = {{"tones", tones}};
  for (const char* model : kModels) files[model] = file_of(models, model);
  for (const auto& [model, path] : files) {
    if (!std::filesystem::exists(path)) continue;
    MOTE_TRY(Graph graph, load_graph(path));
    reached.tflite_bytes[model] = std::filesystem::file_size(path);
    for (const char* core : kCores) {
      progress(model + " on " + core);
      MOTE_TRY(reached.profiles[core][model], profile_on(graph, model, core));
    }
  }
  return reached;
}

Result<void> measure_host(const std::filesystem::path& models, Reached* reached) {
  constexpr int kRounds = 20, kTogether = 10;
  for (const char* model : kModels) {
    if (!std::filesystem::exists(file_of(models, model))) continue;
    MOTE_TRY(Graph graph, load_graph(file_of(models, model)));
    MOTE_TRY(Plan plan, host_plan(graph));
    MOTE_TRY(EnginePtr engine, make_plan_engine(plan));
    std::vector<Values> samples(kTogether, sample_of(graph));
    double fastest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < kRounds; ++i) {
      MOTE_TRY(std::vector<Values> ignored, engine->run(samples));
      fastest = std::min(fastest, engine->statistics().seconds_per_inference);
    }
    reached->host_us[model] = fastest * 1e6;
  }
  return {};
}

Result<void> run_once(const std::filesystem::path& file) {
  MOTE_TRY(Graph graph, load_graph(file));
  MOTE_TRY(Plan plan, host_plan(graph));
  MOTE_TRY(EnginePtr engine, make_plan_engine(plan));
  MOTE_TRY(std::vector<Values> ignored, engine->run({sample_of(graph)}));
  return {};
}

Result<void> count_on_host(const std::filesystem::path& models, Reached* reached) {
  MOTE_TRY(std::filesystem::path valgrind, find_program("valgrind", "valgrind"));
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  for (const char* model : kModels) {
    if (!std::filesystem::exists(file_of(models, model))) continue;
    MOTE_TRY(ProcessOutcome outcome,
             run_process({valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null",
                          "--toggle-collect=mote::PlanRunner::run(*", self, "--once",
                          file_of(models, model)}));
    MOTE_TRY(reached->host_instructions[model], collected(outcome.output));
  }
  return {};
}

}  // namespace mote::bench
