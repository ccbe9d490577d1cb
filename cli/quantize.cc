// SPDX-License-Identifier: Apache-2.0
// mote quantize: a float model becomes one of integers, by what it does on samples.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <map>

#include "base/host/file.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/tflite/writer.h"
#include "train/quantize/quantize.h"

namespace mote {
namespace {

using quantize::Calibration;

const std::map<std::string, Calibration> kCalibrations = {{"minmax", Calibration::kMinMax},
                                                          {"percentile", Calibration::kPercentile},
                                                          {"mse", Calibration::kMse},
                                                          {"entropy", Calibration::kEntropy}};

struct QuantizeFlags {
  std::string model, output;
  std::vector<std::string> samples;
  InputFlags input;
  std::string calibration = "minmax", activations = "int8";
  bool float_io = false;
};

/// The files that the samples' arguments name: of a folder, those in it, in the order of their
/// names.
Result<std::vector<std::filesystem::path>> sample_files(const std::vector<std::string>& arguments) {
  std::vector<std::filesystem::path> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!std::filesystem::is_directory(argument, error)) {
      files.emplace_back(argument);
      continue;
    }
    size_t first = files.size();
    for (const auto& entry : std::filesystem::directory_iterator(argument, error)) {
      if (entry.is_regular_file(error)) files.push_back(entry.path());
    }
    std::sort(files.begin() + static_cast<long>(first), files.end());
    if (files.size() == first) return fail("{}: the folder has no files", argument);
  }
  return files;
}

Result<std::vector<std::vector<Bytes>>> read_samples(const QuantizeFlags& flags,
                                                     const ModelFile& model) {
  MOTE_TRY(const auto files, sample_files(flags.samples));
  std::vector<std::vector<Bytes>> samples;
  for (const std::filesystem::path& file : files) {
    MOTE_TRY(std::vector<Bytes> sample, read_input(file, model.inputs, flags.input.options()));
    samples.push_back(std::move(sample));
  }
  return samples;
}

Result<ExitCode> quantize_model(const QuantizeFlags& flags) {
  MOTE_TRY(const ModelFile model, load_model(flags.model));
  if (!model.graph) {
    return fail("{}: is a .mote image; quantise the model that it was built from", flags.model);
  }
  MOTE_TRY(const auto samples, read_samples(flags, model));
  quantize::QuantizeOptions options;
  options.activations = flags.activations == "int16" ? DType::kInt16 : DType::kInt8;
  options.float_io = flags.float_io;
  const bool terminal = isatty(STDERR_FILENO);
  const auto progress = [&](size_t done, size_t all) {
    if (terminal) fmt::print(stderr, "\r\x1b[K{} of {} runs{}", done, all, done == all ? "\n" : "");
  };
  const auto named = [&](const Error& error) { return fail("{}: {}", flags.model, error.message); };
  auto ranges = quantize::observe(*model.graph, samples, kCalibrations.at(flags.calibration),
                                  quantize::levels_of(options.activations), progress);
  if (!ranges.ok()) return named(ranges.error());
  Result<Graph> integers = quantize::quantize_graph(*model.graph, *ranges, options);
  if (!integers.ok()) return named(integers.error());
  MOTE_TRY(const Bytes file, write_tflite(*integers));
  MOTE_CHECK_OK(write_file(flags.output, file));
  fmt::print("{}  {} bytes, {} before; {} activations, ranges by {} of {}\n", flags.output,
             grouped(static_cast<int64_t>(file.size())),
             grouped(static_cast<int64_t>(model.file_bytes)), flags.activations, flags.calibration,
             counted(samples.size(), "sample"));
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
      ->check(CLI::IsMember({"minmax", "percentile", "mse", "entropy"}))
      ->capture_default_str();
  command.add_option("--activations", flags->activations, "int8, or int16 with int8 weights")
      ->check(CLI::IsMember({"int8", "int16"}))
      ->capture_default_str();
  command.add_flag("--float-io", flags->float_io, "Inputs and outputs stay float32");
  return [flags] { return quantize_model(*flags); };
}

}  // namespace mote
