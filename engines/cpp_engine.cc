// SPDX-License-Identifier: Apache-2.0
// Writes the plan as C++ into a temporary folder, compiles it with a small main program around it
// and talks to that program through files.
#include "base/host/file.h"
#include "base/host/process.h"
#include "compiler/cpp_writer.h"
#include "engines/embedded.h"
#include "engines/engine.h"
#include "engines/exchange.h"
#include "engines/host_compiler.h"

namespace mote {
namespace {

constexpr const char* kModelName = "model";

std::string table(const Plan& plan, const char* name, const std::vector<PlanTensor>& tensors) {
  std::string text = fmt::format("const Place {}[] = {{", name);
  for (const PlanTensor& place : tensors) {
    text += fmt::format("{{{}, {}}}, ", place.offset, plan.graph.tensor(place.tensor).bytes());
  }
  return text + "};\n";
}

std::string harness(const Plan& plan) {
  const std::string marker = "TABLES\n";
  std::string text = harness_sources().at("engines/cpp_harness.cc.in");
  return text.replace(text.find("\n" + marker) + 1, marker.size(),
                      table(plan, "kInputs", plan.inputs) + table(plan, "kOutputs", plan.outputs));
}

class CppEngine : public Engine {
 public:
  CppEngine(const Plan& plan, TempFolder folder) : plan_(plan), folder_(std::move(folder)) {}

  std::string name() const override { return "generated C++"; }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    return exchange_run(image_model(plan_).output_bytes, folder_.path(), samples, starter());
  }
  Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                   const std::vector<Probe>& probes) override {
    return exchange_trace(folder_.path(), samples, probes, starter());
  }

  Result<void> build() {
    CppFiles files = write_cpp(plan_, kModelName, plan_.graph.name);
    MOTE_CHECK_OK(write_text(folder_.path() / "model.h", files.header));
    MOTE_CHECK_OK(write_text(folder_.path() / "model.cc", files.source));
    MOTE_CHECK_OK(write_text(folder_.path() / "main.cc", harness(plan_)));
    MOTE_TRY(std::vector<std::string> command, host_compiler());
    for (const std::string& more :
         {std::string("-std=c++17"), std::string("-O1"), std::string("-o"), path("model"),
          path("model.cc"), path("main.cc")}) {
      command.push_back(more);
    }
    MOTE_TRY(ProcessOutcome outcome, run_process(command, 600));
    if (outcome.exit_code != 0) {
      return fail("the generated C++ doesn't compile with {}:\n{}", command[0], outcome.output);
    }
    return {};
  }

 private:
  std::string path(const char* name) const { return (folder_.path() / name).string(); }

  StartProgram starter() const {
    return [this](const std::vector<std::string>& arguments) -> Result<void> {
      // The program works in its own folder; env -C changes to it.
      std::vector<std::string> command = {"env", "-C", folder_.path().string(), "./model"};
      command.insert(command.end(), arguments.begin(), arguments.end());
      MOTE_TRY(ProcessOutcome outcome, run_process(command, 600));
      if (outcome.exit_code == 0) return {};
      return fail("the generated C++ ended with exit code {}: {}", outcome.exit_code,
                  outcome.output);
    };
  }

  const Plan& plan_;
  TempFolder folder_;
};

}  // namespace

Result<EnginePtr> make_cpp_engine(const Plan& plan) {
  MOTE_TRY(TempFolder folder, TempFolder::make());
  auto engine = std::make_unique<CppEngine>(plan, std::move(folder));
  MOTE_CHECK_OK(engine->build());
  return EnginePtr(std::move(engine));
}

}  // namespace mote
