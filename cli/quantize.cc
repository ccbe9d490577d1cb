// SPDX-License-Identifier: Apache-2.0
// mote quantize: a float model becomes one of integers, by what it does on samples.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/host/file.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/samples.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/tflite/writer.h"
#include "train/quantize/recipe.h"

namespace mote {
namespace {

struct QuantizeFlags {
  std::string model, output;
  std::vector<std::string> samples;
  InputFlags input;
  std::string calibration = "minmax", activations = "int8";
  quantize::Recipe recipe;
};

void print_sensitivity(const quantize::Quantized& result) {
  Table table(
      {">operator", "name", ">error alone in 8 bits", ">other answers", "activations", "output"});
  for (const quantize::Sensitivity& row : result.sensitivity) {
    table.add({fmt::format("{}", row.node), row.name,
               fmt::format("{:.3f} %", 100 * row.distance.error),
               fmt::format("{}", row.distance.other_answers),
               result.wide.count(row.node) ? "int16" : "", shortened(row.output, 40)});
  }
  fmt::print("{}", table.text());
}

/// What each step did, as far as it was asked for.
void print_steps(const quantize::Recipe& recipe, const quantize::Quantized& result) {
  if (recipe.equalize) {
    const quantize::Equalization& e = result.equalization;
    fmt::print("equalised {}, by a factor of at most {:.3g}", counted(e.pairs, "layer pair"),
               e.largest_factor);
    if (e.refused > 0) fmt::print("; {} left with another activation than RELU between", e.refused);
    fmt::print("\n");
  }
  if (recipe.correct_bias) {
    fmt::print("corrected the biases of {}, by at most {:.3g} % of the layer's largest mean\n",
               counted(result.correction.layers, "layer"), 100 * result.correction.largest_shift);
  }
  if (!result.sensitivity.empty()) print_sensitivity(result);
  if (!result.wide.empty()) {
    fmt::print("{} with 16-bit activations\n", counted(result.wide.size(), "operator"));
  }
  const quantize::Distance& d = result.distance;
  fmt::print("beside the float model on the samples: error {:.3f} %, another answer on {} of {}\n",
             100 * d.error, d.other_answers, d.samples);
}

Result<ExitCode> quantize_model(QuantizeFlags flags) {
  MOTE_TRY(const ModelFile model, load_model(flags.model));
  if (!model.graph) {
    return fail("{}: is a .mote image; quantise the model that it was built from", flags.model);
  }
  MOTE_TRY(const Samples samples, read_samples(flags.samples, model.inputs, flags.input.options()));
  quantize::Recipe& recipe = flags.recipe;
  recipe.activations = flags.activations == "int16" ? DType::kInt16 : DType::kInt8;
  recipe.calibration = quantize::calibration_named(flags.calibration);
  const bool terminal = isatty(STDERR_FILENO);
  const auto progress = [&](const std::string& what, size_t done, size_t all) {
    if (!terminal) return;
    fmt::print(stderr, "\r\x1b[K{}: {} of {}{}", what, done, all, done == all ? "\n" : "");
  };
  Result<quantize::Quantized> made =
      quantize::quantize(*model.graph, samples.inputs, recipe, progress);
  if (!made.ok()) return fail("{}: {}", flags.model, made.error().message);
  MOTE_TRY(const Bytes file, write_tflite(made->graph));
  MOTE_CHECK_OK(write_file(flags.output, file));
  print_steps(recipe, *made);
  fmt::print("{}  {} bytes, {} before; {} activations, ranges by {} of {}\n", flags.output,
             grouped(static_cast<int64_t>(file.size())),
             grouped(static_cast<int64_t>(model.file_bytes)), flags.activations, flags.calibration,
             counted(samples.files.size(), "sample"));
  if (recipe.weight_bits == 4) {
    fmt::print("its 4-bit weights stand in bytes; mote build packs them for cores with SMLAD\n");
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_quantize(CLI::App& command) {
  auto flags = std::make_shared<QuantizeFlags>();
  command.add_option("model", flags->model, "A float .tflite or .onnx file")->required();
  command
      .add_option("--samples", flags->samples,
                  "Inputs as the model will meet them: files, or folders of files")
      ->required();
  flags->input.add_to(command);
  command.add_option("-o,--output", flags->output, "The .tflite file to write")->required();
  command
      .add_option("--calibration", flags->calibration,
                  "How a tensor's range is made of what it was on the samples")
      ->check(CLI::IsMember(quantize::kCalibrationNames))
      ->capture_default_str();
  command.add_option("--activations", flags->activations, "int8, or int16 with int8 weights")
      ->check(CLI::IsMember({"int8", "int16"}))
      ->capture_default_str();
  quantize::Recipe& recipe = flags->recipe;
  command.add_flag("--float-io", recipe.float_io, "Inputs and outputs stay float32");
  command
      .add_option("--weight-bits", recipe.weight_bits,
                  "8, or 4 for the weights of CONV_2D and FULLY_CONNECTED")
      ->check(CLI::IsMember({8, 4}))
      ->capture_default_str();
  command.add_flag("--equalize", recipe.equalize,
                   "Give the channels between two layers the same range in both first");
  command.add_flag(
      "--correct-bias", recipe.correct_bias,
      "Take the shift of each channel's mean, measured on the samples, out of the bias");
  CLI::Option* mixed =
      command.add_option("--mixed", recipe.mixed,
                         "Let so many operators, the most sensitive, have 16-bit activations");
  command
      .add_option("--max-loss", recipe.max_loss,
                  "As many as it takes for the answer to change on at most this percentage of the "
                  "samples (one output: for an error of so many percent)")
      ->check(CLI::Range(0.0, 100.0))
      ->excludes(mixed);
  command.add_flag("--sensitivity", recipe.sensitivity,
                   "Print the error that each operator alone in 8 bits makes");
  return [flags] { return quantize_model(*flags); };
}

}  // namespace mote
