// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/report.h"

#include <algorithm>
#include <cstring>

#include "bench/mlperf/published.h"

namespace mote::mlperf {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

const char* metric_name(Metric metric) {
  switch (metric) {
    case Metric::kTop1:
      return "top_1_percent";
    case Metric::kAuc:
      return "auc";
    case Metric::kDetections:
      break;
  }
  return "false_positives_and_negatives";
}

Json windows_json(const std::vector<Record>& windows) {
  Json rows = Json::array();
  for (const Record& window : windows) {
    rows.push_back({{"file", window.file},
                    {"inferences", window.inference.iterations},
                    {"elapsed_s", window.elapsed_s()},
                    {"throughput", window.throughput()}});
  }
  return rows;
}

Json performance_json(const std::optional<Performance>& performance) {
  if (!performance) return {};
  return {{"median_throughput", performance->median_throughput()},
          {"windows", windows_json(performance->windows)}};
}

Json accuracy_json(const Task& task, const std::optional<Accuracy>& accuracy) {
  if (!accuracy) return {};
  const std::optional<double> quality = accuracy->quality(task);
  Json json = {{"files", accuracy->answers.size()}, {"inferences", accuracy->records.size()}};
  json["correct"] =
      task.metric == Metric::kTop1 ? Json(correct_answers(accuracy->answers)) : Json();
  json["top_1_percent"] = accuracy->top_1_percent;
  json["auc"] = or_null(accuracy->auc);
  json["metric"] = metric_name(task.metric);
  json["quality"] = or_null(quality);
  json["floor"] = task.floor;
  json["floor_met"] = quality ? Json(*quality >= task.floor) : Json();
  json["data_set_files"] = task.accuracy_files;
  return json;
}

/// The streaming task's accuracy. Its floor is a ceiling: of false positives, and of negatives.
Json listening_json(const Task& task, const Listening& listening) {
  const size_t missed = listening.detections.false_negatives_s.size();
  const size_t wrong = listening.detections.false_positives_s.size();
  return {{"recordings_s", listening.length_s},
          {"inferences", listening.frames},
          {"metric", metric_name(task.metric)},
          {"words", listening.words},
          {"true_positives", listening.detections.true_positives_s.size()},
          {"false_negatives", missed},
          {"false_positives", wrong},
          {"quality", nullptr},
          {"floor", task.floor},
          {"floor_met", static_cast<double>(std::max(missed, wrong)) <= task.floor},
          {"duty_cycle", listening.duty_cycle()}};
}

Json energy_json(const std::optional<Energy>& energy) {
  if (!energy) return {};
  return {{"median_uj", energy->median_uj()},
          {"estimate", true},
          {"active_mw", energy->active_mw},
          {"source", energy->source},
          {"windows", windows_json(energy->windows)}};
}

Json published_json(const Task& task) {
  Json rows = Json::array();
  for (const Published& row : published_results()) {
    if (std::strcmp(row.task, task.name) != 0) continue;
    rows.push_back({{"device", row.device},
                    {"core", row.core},
                    {"clock_mhz", row.clock_mhz},
                    {"stack", row.stack},
                    {"latency_ms", row.latency_ms},
                    {"energy_uj", or_null(row.energy_uj)}});
  }
  return rows;
}

/// Of one inference, from the windows that there are.
std::optional<double> latency_ms(const TaskResult& result) {
  if (result.performance) return 1000 / result.performance->median_throughput();
  if (result.energy) return result.energy->median_uj() / result.energy->active_mw;
  return {};
}

Json task_json(const BoardRun& run, size_t index) {
  const TaskResult& result = run.results[index];
  const DutFootprint& footprint = run.footprints[index];
  const Task& task = *result.task;
  const std::optional<double> ms = latency_ms(result);
  Json json = {{"task", task.name}, {"title", task.title}};
  json["model"] = footprint.model.empty() ? Json() : Json(footprint.model);
  json["vendor"] = result.device.vendor;
  json["input"] = result.random_input ? "random" : "data";
  json["latency_ms"] = or_null(ms);
  json["energy_uj"] = result.energy ? Json(result.energy->median_uj()) : Json();
  json["macs"] = task.macs ? Json(task.macs) : Json();
  const bool cycles = ms && run.clock_mhz && task.macs;
  json["cycles_per_mac"] =
      cycles ? Json(*ms * *run.clock_mhz * 1000 / static_cast<double>(task.macs)) : Json();
  json["ram_bytes"] = or_null(footprint.ram_bytes);
  json["flash_bytes"] = or_null(footprint.flash_bytes);
  json["performance"] = performance_json(result.performance);
  json["accuracy"] = result.listening ? listening_json(task, *result.listening)
                                      : accuracy_json(task, result.accuracy);
  json["energy"] = energy_json(result.energy);
  json["inferences_run"] = or_null(result.ran);
  json["inferences_skipped"] = or_null(result.skipped);
  json["host_s"] = result.host_s;
  json["published"] = published_json(task);
  return json;
}

Json run_json(const BoardRun& run) {
  Json json = {{"name", run.board}, {"title", run.title}, {"core", run.core}};
  json["clock_mhz"] = or_null(run.clock_mhz);
  json["virtual"] = run.dut.is_virtual;
  json["time"] = run.dut.time_note;
  json["active_mw"] = or_null(run.dut.active_mw);
  json["active_source"] = run.dut.power_source;
  json["tasks"] = Json::array();
  for (size_t i = 0; i < run.results.size(); ++i) json["tasks"].push_back(task_json(run, i));
  return json;
}

}  // namespace

Json mlperf_json(const std::string& division, const std::vector<BoardRun>& runs) {
  Json json = {{"schema", kMlperfSchema}, {"division", division}, {"boards", Json::array()}};
  for (const BoardRun& run : runs) json["boards"].push_back(run_json(run));
  return json;
}

}  // namespace mote::mlperf
