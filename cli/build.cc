// SPDX-License-Identifier: Apache-2.0
// mote build: a model as an updatable image or as C++ source.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/host/file.h"
#include "boards/target.h"
#include "cli/board_target.h"
#include "cli/compile_flags.h"
#include "cli/explore.h"
#include "cli/model_file.h"
#include "cli/table.h"
#include "cli/target_size.h"
#include "cli/verbs.h"
#include "compiler/cpp_writer.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "compiler/streaming.h"
#include "ir/text.h"

namespace mote {
namespace {

struct BuildOptions {
  std::string model, signature, emit = "image", output_dir = ".", name, target, dump_after;
  int32_t stream_rows = 0;  // 0: not streamed
  std::string optimize;
  CompileFlags compile;
  bool explore = false, json = false;
};

struct OutputFile {
  std::filesystem::path path;
  Bytes bytes;
};

Bytes to_bytes(const std::string& text) {
  return Bytes(text.begin(), text.end());
}

/// Everything is made before anything is written: a failure leaves no half output.
std::vector<OutputFile> make_outputs(const Plan& plan, const BuildOptions& options) {
  std::filesystem::path folder = options.output_dir;
  if (options.emit == "cpp") {
    CppFiles files = write_cpp(plan, options.name, options.model);
    return {{folder / (options.name + ".h"), to_bytes(files.header)},
            {folder / (options.name + ".cc"), to_bytes(files.source)}};
  }
  return {{folder / (options.name + ".mote"), write_image(plan)},
          {folder / (options.name + "_kernels.cc"), to_bytes(write_registration(plan.kernels()))}};
}

Result<PassObserver> dumper(const std::string& wanted) {
  if (wanted.empty()) return PassObserver();
  std::string known = "all";
  bool found = wanted == "all";
  for (const Pass& pass : pipeline()) {
    known += fmt::format(", {}", pass.name);
    found = found || pass.name == wanted;
  }
  if (!found) return fail("--dump-after {}: no such pass; there are: {}", wanted, known);
  return PassObserver([wanted](const Pass& pass, const Graph& graph) {
    if (wanted != "all" && pass.name != wanted) return;
    fmt::print("// after {}: {}\n{}", pass.name, pass.what, print(graph, Constants::kElided));
  });
}

Result<Plan> make_plan(const Graph& graph, const BuildOptions& options,
                       const PassObserver& observer, std::string* note) {
  if (!options.optimize.empty()) {
    MOTE_TRY(Variant best,
             best_variant(graph, options.model, options.target, options.compile, options.optimize));
    *note = fmt::format("kernels of {}, {}\n", best.kernels.name, best.arrangement.what);
    MOTE_TRY(Plan plan, compile(best.arrangement.graph, best.kernels, observer));
    plan.weights_in_ram = best.weights_in_ram;
    return plan;
  }
  MOTE_TRY(Target target, target_of_board(options.target));
  return compile_model(graph, options.model, target, options.compile, observer, note);
}

Result<ExitCode> build(BuildOptions options) {
  MOTE_TRY(PassObserver observer, dumper(options.dump_after));
  MOTE_TRY(Graph graph, load_graph(options.model, options.signature));
  if (options.stream_rows != 0) {
    Result<Graph> streamed = stream_over_time(std::move(graph), options.stream_rows);
    if (!streamed.ok()) return fail("{}: {}", options.model, streamed.error().message);
    graph = *std::move(streamed);
  }
  if (options.name.empty()) {
    options.name = identifier(std::filesystem::path(options.model).stem().string());
  }
  if (!is_identifier(options.name)) {
    return fail("--name {}: must be a C identifier (letters, digits, _)", options.name);
  }
  if (options.target.empty() && (options.explore || !options.optimize.empty())) {
    return fail("--explore and --optimize measure on a board: name it with --target");
  }
  if (options.explore) {
    MOTE_TRY(std::string table,
             explore_text(graph, options.model, options.target, options.compile, options.json));
    fmt::print("{}", table);
    return kSuccess;
  }
  std::string note;
  MOTE_TRY(Plan plan, make_plan(graph, options, observer, &note));

  std::string sizes;
  if (!options.target.empty()) {
    MOTE_TRY(sizes, target_size_text(plan, options.name, options.target));
  }
  std::vector<OutputFile> outputs = make_outputs(plan, options);
  MOTE_CHECK_OK(make_folder(options.output_dir));
  for (const OutputFile& output : outputs) {
    MOTE_CHECK_OK(write_file(output.path, output.bytes));
    fmt::print("{}  {} bytes\n", output.path.string(),
               grouped(static_cast<int64_t>(output.bytes.size())));
  }
  if (plan.weights_in_ram && options.emit == "image") {
    note += "weights in RAM: copy the image there when the firmware starts, and open it there\n";
  }
  fmt::print("{}arena {} bytes at a multiple of 16 (lower bound {})\n{}", note,
             grouped(plan.arena_bytes), grouped(plan.arena_lower_bound_bytes), sizes);
  return kSuccess;
}

}  // namespace

VerbAction setup_build(CLI::App& command) {
  auto options = std::make_shared<BuildOptions>();
  command.add_option("model", options->model, "A .tflite file or a graph text")->required();
  add_signature_option(command, &options->signature);
  command
      .add_option("--emit", options->emit,
                  "image: NAME.mote and NAME_kernels.cc, the registration of its kernels; "
                  "cpp: NAME.h and NAME.cc")
      ->check(CLI::IsMember({"image", "cpp"}))
      ->capture_default_str();
  command.add_option("-o,--output-dir", options->output_dir, "Folder for the files")
      ->capture_default_str();
  command.add_option("--name", options->name, "Name of the model in files and code");
  command.add_option(
      "--target", options->target,
      "Choose kernels for this core and report the flash that the C++ takes on it: " +
          target_names());
  command.add_option("--stream", options->stream_rows,
                     "Give each run this many new rows of time (dimension 1 of the input); the "
                     "model keeps the rest of its window");
  command
      .add_option("--optimize", options->optimize,
                  "Measure every way to compile the model on --target and take the best in this")
      ->check(CLI::IsMember({"latency", "ram", "flash"}));
  command.add_flag("--explore", options->explore,
                   "Only measure them, and print what each takes: latency, RAM and flash");
  command.add_flag("--json", options->json, "With --explore: print JSON (docs/json.md)");
  add_compile_flags(command, &options->compile);
  command.add_option("--dump-after", options->dump_after,
                     "Print the graph after this pass, or after all");
  return [options] { return build(*options); };
}

}  // namespace mote
