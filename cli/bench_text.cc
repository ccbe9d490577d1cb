// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_text.h"

#include <fmt/format.h>

#include "cli/table.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kUnknown = "-";

std::string significant(const Json& value) {
  return value.is_number() ? fmt::format("{:.4g}", value.get<double>()) : kUnknown;
}

std::string whole(const Json& value) {
  return value.is_number() ? grouped(value.get<int64_t>()) : kUnknown;
}

/// Four digits or, from 1,000 on, all.
std::string large(const Json& value) {
  if (!value.is_number()) return kUnknown;
  const double number = value;
  return number < 1000 ? fmt::format("{:.4g}", number)
                       : grouped(static_cast<int64_t>(number + 0.5));
}

bool listens(const Json& accuracy) {
  return accuracy.is_object() && accuracy.contains("words");
}

std::string quality_of(const Json& accuracy, const Json& value) {
  if (!value.is_number()) return kUnknown;
  if (listens(accuracy)) return fmt::format("{} of each", value.get<double>());
  return accuracy["metric"] == "auc" ? fmt::format("AUC {:.3f}", value.get<double>())
                                     : fmt::format("{:.1f} %", value.get<double>());
}

std::string accuracy_of(const Json& accuracy, bool closed) {
  if (accuracy.is_null()) return kUnknown;
  if (listens(accuracy)) {
    return fmt::format("{} missed, {} false{}", accuracy["false_negatives"].get<size_t>(),
                       accuracy["false_positives"].get<size_t>(),
                       closed && accuracy["floor_met"] == false ? " (too many)" : "");
  }
  return quality_of(accuracy, accuracy["quality"]) +
         (closed && accuracy["floor_met"] == false ? " (too low)" : "");
}

std::string files_of(const Json& accuracy) {
  if (accuracy.is_null()) return kUnknown;
  if (listens(accuracy)) {
    return fmt::format("{} of {}", accuracy["true_positives"].get<size_t>(),
                       accuracy["words"].get<size_t>());
  }
  if (!accuracy["correct"].is_number()) return fmt::format("{}", accuracy["files"].get<size_t>());
  return fmt::format("{} of {}", accuracy["correct"].get<size_t>(),
                     accuracy["files"].get<size_t>());
}

std::string measured(const Json& board, bool closed) {
  Table table({"task", ">ms", ">inf./s", ">µJ", ">cycles/MAC", ">accuracy", ">right", ">floor",
               ">RAM", ">flash"});
  for (const Json& task : board["tasks"]) {
    const Json &performance = task["performance"], &accuracy = task["accuracy"];
    table.add({task["task"], large(task["latency_ms"]),
               performance.is_null() ? kUnknown : significant(performance["median_throughput"]),
               large(task["energy_uj"]), significant(task["cycles_per_mac"]),
               accuracy_of(accuracy, closed), files_of(accuracy),
               accuracy.is_null() ? kUnknown : quality_of(accuracy, accuracy["floor"]),
               whole(task["ram_bytes"]), whole(task["flash_bytes"])});
  }
  return table.text();
}

/// What was published on this board's core, and how many times as fast this is.
std::string published(const Json& board) {
  Table table({"task", "published on", ">MHz", "with", ">ms", ">µJ", ">times as fast here"});
  size_t rows = 0;
  for (const Json& task : board["tasks"]) {
    for (const Json& row : task["published"]) {
      if (row["core"] != board["core"]) continue;
      ++rows;
      std::string ratio = kUnknown;
      if (task["latency_ms"].is_number()) {
        ratio = fmt::format("{:.2f}",
                            row["latency_ms"].get<double>() / task["latency_ms"].get<double>());
      }
      table.add({task["task"], row["device"], significant(row["clock_mhz"]), row["stack"],
                 large(row["latency_ms"]), large(row["energy_uj"]), ratio});
    }
  }
  return rows ? "\n" + table.text() : "";
}

/// What one must know to read the figures.
std::string notes(const Json& board) {
  std::string text;
  const std::string time = board["time"];
  if (!time.empty()) text += "time: " + time + "\n";
  uint64_t run = 0, skipped = 0;
  for (const Json& task : board["tasks"]) {
    if (!task["inferences_run"].is_number()) continue;
    run += task["inferences_run"].get<uint64_t>();
    skipped += task["inferences_skipped"].get<uint64_t>();
  }
  if (run) {
    text += fmt::format("inferences: {} ran, {} were skipped\n", grouped(static_cast<int64_t>(run)),
                        grouped(static_cast<int64_t>(skipped)));
  }
  std::string random;
  for (const Json& task : board["tasks"]) {
    if (task["input"] == "random") random += " " + task["task"].get<std::string>();
  }
  if (!random.empty())
    text += "time and energy measured on random bytes, not the benchmark's data:" + random + "\n";
  for (const Json& task : board["tasks"]) {
    if (!listens(task["accuracy"])) continue;
    text +=
        fmt::format("{}: duty cycle {:.3g}; features are computed by the runner, not the board\n",
                    task["task"].get<std::string>(), task["accuracy"]["duty_cycle"].get<double>());
  }
  for (const Json& task : board["tasks"]) {
    if (task["energy"].is_null()) continue;
    text +=
        fmt::format("energy: an estimate, {:g} mW while active ({})\n",
                    board["active_mw"].get<double>(), board["active_source"].get<std::string>());
    break;
  }
  return text;
}

std::string board_text(const Json& board, bool closed) {
  std::string head =
      fmt::format("{}: {}", board["name"].get<std::string>(), board["core"].get<std::string>());
  if (board["clock_mhz"].is_number()) {
    head += fmt::format(" at {:g} MHz", board["clock_mhz"].get<double>());
  }
  head += board["virtual"] == true ? ", virtual" : ", hardware";
  return head + "\n\n" + measured(board, closed) + published(board) + "\n" + notes(board);
}

}  // namespace

std::string mlperf_text(const Json& report) {
  std::string text;
  for (const Json& board : report["boards"]) {
    if (!text.empty()) text += "\n";
    text += board_text(board, report["division"] == "closed");
  }
  return text;
}

}  // namespace mote
