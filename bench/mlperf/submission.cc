// SPDX-License-Identifier: Apache-2.0
// What the official tools look for in these texts is written here character for character; the rest
// is as the official runner has it, for people who know its logs.
#include "bench/mlperf/submission.h"

#include <nlohmann/json.hpp>

namespace mote::mlperf {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRule = "---------------------------------------------------------";

/// "1121.201530 ulp-mlperf: ".
std::string stamp(std::time_t at) {
  char text[32];
  std::tm local{};
  localtime_r(&at, &local);
  std::strftime(text, sizeof(text), "%m%d.%H%M%S", &local);
  return fmt::format("{} ulp-mlperf: ", text);
}

/// The shortest number that reads as this float, as a double.
double printed(float value) {
  return std::stod(fmt::format("{}", value));
}

/// As Python prints it: 10.0, 10.25.
std::string python_text(double value) {
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

Json infer_json(const Record& record, bool throughput) {
  const Inference& inference = record.inference;
  Json json = {{"start_time", inference.start_us}, {"end_time", inference.end_us}};
  json["results"] = Json::array();
  for (float value : inference.results) json["results"].push_back(printed(value));
  json["elapsed_time"] = inference.elapsed_us();
  json["total_inferences"] = 1;
  json["iterations"] = inference.iterations;
  json["warmups"] = inference.warmups;
  if (throughput) json["throughput"] = record.throughput();
  return json;
}

Json record_json(const Record& record, const Dut& dut, const char* mode) {
  const LabelledFile& truth = record.truth;
  Json json = {{"file", truth.file}, {"classes", truth.classes}, {"class", truth.label}};
  json["bytes_to_send"] = truth.window_bytes ? Json(truth.window_bytes) : Json();
  json["stride"] = truth.stride_bytes ? Json(truth.stride_bytes) : Json();
  json["infer"] = infer_json(record, *mode == 'p');
  json["mode"] = mode;
  json["mote"] = {{"board", dut.board}, {"virtual", dut.is_virtual}, {"time", dut.time_note}};
  return json;
}

std::string log_head(const TaskResult& result, const Dut& dut) {
  std::string text = fmt::format("Device name retrieved: {}\nDevice profile retrieved: {}\n",
                                 result.device.vendor, result.device.profile);
  text += fmt::format("Device model retrieved: {}\n", result.device.model);
  text += fmt::format("Board: {}, {}\n", dut.board, dut.is_virtual ? "virtual" : "hardware");
  if (!dut.time_note.empty()) text += fmt::format("Time: {}\n", dut.time_note);
  if (result.random_input) text += "Input: random bytes, not the benchmark's data\n";
  return text;
}

std::string log_text(const std::vector<Record>& records) {
  std::string text;
  size_t window = 0;
  for (const Record& record : records) {
    const std::string at = stamp(record.at);
    text += fmt::format("{}Loading file {} segment {}\n{}Load complete.\n", at, record.file,
                        record.segment, at);
    text += fmt::format("Running inference with {}/{} (warmup/measured) iterations ...   done\n",
                        record.inference.warmups, record.inference.iterations);
    text += fmt::format("{}Performance results for window {}:\n", at, ++window);
    text += fmt::format("{}  # Inferences : {:>13}\n", at, record.inference.iterations);
    text += fmt::format("{}  Runtime      : {:>10.3f} sec.\n", at, record.elapsed_s());
    text += fmt::format("{}  Throughput   : {:>10.3f} inf./sec.\n", at, record.throughput());
    text += fmt::format("{}  m-results    : [{}]\n", at, fmt::join(record.inference.results, ", "));
  }
  return text;
}

struct Files {
  std::string log, results;
  Json json = Json::array();
};

Result<void> write_files(const std::filesystem::path& folder, const Files& files) {
  MOTE_CHECK_OK(make_folder(folder));
  MOTE_CHECK_OK(write_text(folder / "log.txt", files.log + files.results));
  MOTE_CHECK_OK(write_text(folder / "results.txt", files.results));
  return write_text(folder / "results.json",
                    files.json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Files files_of(const TaskResult& result, const Dut& dut, const std::vector<Record>& records,
               const char* mode, std::string results) {
  Files files{.log = log_head(result, dut) + log_text(records), .results = std::move(results)};
  for (const Record& record : records) files.json.push_back(record_json(record, dut, mode));
  return files;
}

void add_power(const Energy& energy, Json* records) {
  for (Json& json : *records) {
    json["power"] = {{"samples", Json::array()},
                     {"timestamps", Json::array()},
                     {"estimate", true},
                     {"active_mw", energy.active_mw},
                     {"source", energy.source}};
  }
}

Result<void> write_task(const std::filesystem::path& folder, const TaskResult& result,
                        const Dut& dut) {
  // The streaming task has no accuracy run: its counts stand with its performance and energy.
  const std::string heard = result.listening ? listening_text(*result.listening) : "";
  if (result.performance) {
    const std::string text = performance_text(*result.performance) + heard;
    MOTE_CHECK_OK(write_files(folder / "performance",
                              files_of(result, dut, result.performance->windows, "p", text)));
  }
  if (result.accuracy) {
    const std::string text = accuracy_text(*result.accuracy);
    MOTE_CHECK_OK(write_files(folder / "accuracy",
                              files_of(result, dut, result.accuracy->records, "a", text)));
  }
  if (result.energy) {
    const Energy& energy = *result.energy;
    Files files = files_of(result, dut, energy.windows, "e", energy_text(energy) + heard);
    add_power(energy, &files.json);
    MOTE_CHECK_OK(write_files(folder / "energy", files));
  }
  return {};
}

Json system_json(const Submission& submission) {
  const System& system = submission.system;
  return {{"Submitter", submission.submitter},
          {"Division", submission.division},
          {"Status", submission.dut->is_virtual ? "RDI" : "Available"},
          {"System Name", system.name},
          {"Board Name", system.board},
          {"Processor(s) Name", system.processor},
          {"Processor(s) Frequencies", system.frequency},
          {"Processor memory type and capacity", system.memory},
          {"Accelerator", ""},
          {"Accelerator(s) Frequencies", ""},
          {"Accelerator memory type and capacity", ""},
          {"Hardware Notes", system.hardware_notes},
          {"Inference Framework", system.framework},
          {"Software Libraries", ""},
          {"Software Notes", system.software_notes}};
}

}  // namespace

std::string performance_text(const Performance& performance) {
  std::string text;
  for (size_t i = 0; i < performance.windows.size(); ++i) {
    const Record& window = performance.windows[i];
    text += fmt::format("Performance results for window {}\n", i + 1);
    text += fmt::format("    # Inferences : {}\n", window.inference.iterations);
    text += fmt::format("    Runtime: {} sec.\n", python_text(window.elapsed_s()));
    text += fmt::format("    Throughput: {} inf./sec.\n", python_text(window.throughput()));
    if (window.elapsed_s() >= 10) text += "    Runtime requirements have been met.\n";
  }
  const std::string at = stamp(performance.windows.back().at);
  return text + fmt::format("{0}{1}\n{0}Median throughput is {2:>10.3f} inf./sec.\n{0}{1}\n", at,
                            kRule, performance.median_throughput());
}

std::string accuracy_text(const Accuracy& accuracy) {
  const std::string at = stamp(accuracy.records.back().at);
  std::string text = fmt::format("{}Top 1% = {:2.1f}\n", at, accuracy.top_1_percent);
  if (accuracy.auc) text += fmt::format("{}AUC = {:.3f}\n", at, *accuracy.auc);
  return text;
}

std::string energy_text(const Energy& energy) {
  std::string text = fmt::format(
      "Power Edition Output\nESTIMATE, not measured: {} mW while the board infers ({})\n",
      energy.active_mw, energy.source);
  for (size_t i = 0; i < energy.windows.size(); ++i) {
    const Record& window = energy.windows[i];
    const double uj = energy.uj(window);
    text += fmt::format("Energy data for trial {}\n", i);
    text += fmt::format("  Elapsed time  : {}\n", python_text(window.elapsed_s()));
    text += fmt::format("  Inferences    : {}\n", window.inference.iterations);
    text += fmt::format("  Power         : {:5.4f} mW.\n", energy.active_mw);
    text += fmt::format("  Total Energy  : {:.3f} uJ\n",
                        uj * static_cast<double>(window.inference.iterations));
    text += fmt::format("  Energy/Inf    : {:.3f} uJ/inf\n", uj);
  }
  return text + fmt::format("{0}\nMedian energy cost is {1:5.4f} uJ/inf.\n{0}\n", kRule,
                            energy.median_uj());
}

std::string listening_text(const Listening& listening) {
  const Detections& counts = listening.detections;
  std::string text = "Features were computed by the runner and are not in these times\n";
  text += fmt::format("Accuracy: {} True positives, {} False negatives, {} False positives\n",
                      counts.true_positives_s.size(), counts.false_negatives_s.size(),
                      counts.false_positives_s.size());
  text += fmt::format("Average duty cycle: {:.5g}\n", listening.duty_cycle());
  text += fmt::format("Average period: {:.5g} s\n", kFrame_s);
  return text + fmt::format("Estimated throughput: {:.5g} inf./sec.\n", 1 / listening.inference_s);
}

Result<void> write_submission(const std::filesystem::path& folder, const Submission& submission) {
  const std::filesystem::path root = folder / submission.division / submission.submitter;
  MOTE_CHECK_OK(make_folder(root / "systems"));
  MOTE_CHECK_OK(write_text(
      root / "systems" / (submission.system.name + ".json"),
      system_json(submission).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
  for (const TaskResult& result : *submission.results) {
    MOTE_CHECK_OK(write_task(root / "results" / submission.system.name / result.task->folder,
                             result, *submission.dut));
  }
  return {};
}

}  // namespace mote::mlperf
