// SPDX-License-Identifier: Apache-2.0
// One function per level of the folder, as the checker walks it: division, submitter, system,
// model, run. A level that is broken ends its own branch only.
#include "bench/mlperf/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/host/file.h"
#include "bench/mlperf/check_files.h"
#include "bench/mlperf/task.h"

namespace mote::mlperf {
namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

constexpr double kLeastWindow_s = 10;
constexpr size_t kWindows = 5;
constexpr uint64_t kMostFileBytes = 500u << 20;
constexpr int kWakeWords = 50;  // in the official recording
const std::set<std::string> kRunFiles = {"log.txt", "results.json", "results.txt"};

std::vector<Path> folders_in(const Path& path) {
  std::vector<Path> folders;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path, ignored)) {
    if (entry.is_directory(ignored)) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

bool is_there(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

const Task* task_of_folder(const std::string& folder) {
  for (const Task& task : tasks()) {
    if (folder == task.folder) return &task;
  }
  return nullptr;
}

std::string model_folders() {
  std::string names;
  for (const Task& task : tasks())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", task.folder);
  return names;
}

class Checker {
 public:
  explicit Checker(const Path& root) : root_(root) {}

  CheckReport check() {
    for (const Path& division : folders_in(root_)) {
      const std::string name = division.filename();
      if (name == "closed" || name == "open") {
        closed_ = name == "closed";
        for (const Path& submitter : folders_in(division)) check_submitter(submitter);
      } else if (!name.starts_with(".") && name != "assets") {
        review(division, "division", "is no division; there are closed and open");
      }
    }
    return std::move(report_);
  }

 private:
  void add(bool rejects, const Path& path, const char* rule, std::string what) {
    report_.findings.push_back({rejects, path.lexically_relative(root_), rule, std::move(what)});
  }
  void reject(const Path& path, const char* rule, std::string what) {
    add(true, path, rule, std::move(what));
  }
  void review(const Path& path, const char* rule, std::string what) {
    add(false, path, rule, std::move(what));
  }

  void check_submitter(const Path& submitter) {
    check_tree(submitter);
    for (const Path& system : folders_in(submitter / "results")) {
      check_system(submitter / "systems" / (system.filename().string() + ".json"));
      const std::vector<Path> models = folders_in(system);
      if (models.empty()) review(system, "layout", "holds no task's results");
      for (const Path& model : models) check_model(model);
    }
  }

  /// What the checker refuses of files whatever they hold.
  void check_tree(const Path& submitter) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(submitter, ignored)) {
      const Path& path = entry.path();
      const std::string name = path.filename();
      if (entry.is_symlink(ignored)) {
        reject(path, "layout", "is a symbolic link; put the file itself there");
      } else if (entry.is_directory(ignored)) {
        if (name == "__pycache__") reject(path, "layout", "is rubbish of Python; remove it");
        if (std::filesystem::is_empty(path, ignored)) reject(path, "layout", "is an empty folder");
      } else if (entry.file_size(ignored) > kMostFileBytes) {
        reject(path, "layout", "is larger than 500 MiB");
      }
      if (name.starts_with(".")) review(path, "layout", "has a name that starts with a point");
      if (name.find(' ') != std::string::npos) review(path, "layout", "has a blank in its name");
    }
  }

  void check_system(const Path& path) {
    Result<std::string> text = read_text(path);
    if (!text.ok()) return reject(path, "system", "is missing: it describes the system");
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) return reject(path, "system", "is no JSON object");
    std::string status = json.contains("Status") && json["Status"].is_string()
                             ? json["Status"].get<std::string>()
                             : "";
    for (char& c : status) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (status != "available" && status != "preview" && status != "rdi") {
      reject(path, "system", "\"Status\" must be Available, Preview or RDI");
    }
    if (json.contains("system_type") && !json["system_type"].is_null()) {
      reject(path, "system", "\"system_type\" must not be there");
    }
    for (const char* key :
         {"Board Name", "Processor(s) Name", "Processor(s) Frequencies", "Inference Framework"}) {
      if (!json.contains(key)) review(path, "system", fmt::format("doesn't say \"{}\"", key));
    }
  }

  void check_model(const Path& model) {
    const Task* task = task_of_folder(model.filename());
    if (!task) {
      return reject(model, "model",
                    fmt::format("is no task of the benchmark; there are {}", model_folders()));
    }
    report_.results.push_back(model.lexically_relative(root_));
    if (std::string_view(task->folder) == "ic2" && !is_there(model.parent_path() / "ic")) {
      reject(model, "sizes", "the larger task needs results of the smaller, ic, too");
    }
    const Path energy = model / "energy";
    if (task->metric == Metric::kDetections) {
      return check_wake_words(is_there(energy) ? energy : model / "performance", is_there(energy));
    }
    check_accuracy(*task, model / "accuracy");
    check_performance(model / "performance");
    if (is_there(energy)) check_energy(energy);
  }

  /// The text of a run's results.txt, its files looked at. Nothing: it isn't there, which is said.
  std::optional<std::string> run_text(const Path& run, const char* rule) {
    Result<std::string> text = read_text(run / "results.txt");
    if (!text.ok()) {
      reject(run / "results.txt", rule, "is missing");
      return {};
    }
    std::set<std::string> missing = kRunFiles;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(run, ignored)) {
      if (!missing.erase(entry.path().filename()) &&
          !entry.path().filename().string().ends_with(".png")) {
        review(entry.path(), "files", "is no file of the runner");
      }
    }
    for (const std::string& name : missing) review(run / name, "files", "is missing");
    check_measured(run / "results.json");
    return *text;
  }

  /// What results.json says of how the run came about.
  void check_measured(const Path& path) {
    const Json json = records_of(path);
    if (json.empty()) return;
    const Json& first = json[0];
    if (first.is_object() && first.contains("mote") && first["mote"].is_object() &&
        first["mote"].value("virtual", Json(false)) == true) {
      review(path, "system under test", "was run on a virtual board; submit a run on the real one");
    }
  }

  /// The list in results.json; empty if it can't be read, which is said.
  Json records_of(const Path& path) {
    Result<std::string> text = read_text(path);
    if (!text.ok()) return Json::array();
    Json json = Json::parse(*text, nullptr, false);
    if (json.is_array()) return json;
    review(path, "files", "is no JSON list");
    return Json::array();
  }

  void check_accuracy(const Task& task, const Path& run) {
    const std::optional<std::string> found = run_text(run, "accuracy");
    if (!found) return;
    const std::string& text = *found;
    const Path path = run / "results.txt";
    const bool area = task.metric == Metric::kAuc;
    const std::optional<double> reached = area ? auc_of(text) : top_1_of(text);
    const char* what = area ? "AUC" : "Top 1%";
    if (!reached) {
      reject(path, "accuracy", fmt::format("has no line \"{} = \" with the accuracy", what));
    } else if (closed_ && *reached < task.floor) {
      reject(
          path, "accuracy",
          fmt::format("{} is {}; the closed division's floor is {}", what, *reached, task.floor));
    }
    check_data_set(task, run / "results.json");
  }

  void check_data_set(const Task& task, const Path& path) {
    std::set<std::string> files;
    for (const Json& record : records_of(path)) {
      if (record.is_object() && record.contains("file") && record["file"].is_string()) {
        files.insert(record["file"]);
      }
    }
    if (files.empty() || files.size() == task.accuracy_files) return;
    reject(path, "data set",
           fmt::format("has answers on {} files; the benchmark's data set has {}", files.size(),
                       task.accuracy_files));
  }

  /// The rules' number of windows, each long enough. `lengths_s` is empty where the text says none.
  void check_windows(const Path& path, const char* rule, const std::vector<double>& lengths_s) {
    if (lengths_s.size() != kWindows) {
      reject(path, rule,
             fmt::format("has {} windows; there must be {}", lengths_s.size(), kWindows));
    }
    for (size_t i = 0; i < lengths_s.size(); ++i) {
      if (lengths_s[i] >= kLeastWindow_s) continue;
      reject(path, rule,
             fmt::format("window {} takes {} s; it must take {} or more", i + 1, lengths_s[i],
                         kLeastWindow_s));
    }
  }

  void check_performance(const Path& run) {
    const std::optional<std::string> found = run_text(run, "performance");
    if (!found) return;
    const std::string& text = *found;
    const Path path = run / "results.txt";
    if (!number_after(text, " Median throughput is ", " inf./sec.")) {
      reject(path, "performance", "has no line \"Median throughput is x inf./sec.\"");
    }
    check_windows(path, "performance", numbers_after(text, " Runtime: ", " sec."));
  }

  void check_energy(const Path& run) {
    const std::optional<std::string> found = run_text(run, "energy");
    if (!found) return;
    const Path path = run / "results.txt";
    if (!number_after(*found, "Median energy cost is ", " uJ/inf")) {
      reject(path, "energy", "has no line \"Median energy cost is x uJ/inf.\"");
    }
    check_windows(path, "energy", numbers_after(*found, "Elapsed time  : "));
    if (found->find("ESTIMATE") != std::string::npos) {
      review(path, "energy", "is an estimate; submit what a power monitor measured");
    }
  }

  void check_wake_words(const Path& run, bool energy) {
    const std::optional<std::string> found = run_text(run, "wake words");
    if (!found) return;
    const std::string& text = *found;
    const Path path = run / "results.txt";
    if (!number_after(text, "Estimated throughput:", " inf./sec.")) {
      reject(path, "wake words", "has no line \"Estimated throughput: x inf./sec.\"");
    }
    if (!number_after(text, "Average duty cycle:")) {
      reject(path, "wake words", "has no line \"Average duty cycle: x\"");
    }
    if (energy && !number_after(text, "Power         : ", " mW")) {
      reject(path, "energy", "has no line \"Power : x mW.\"");
    }
    const std::optional<WakeWords> words = wake_words_of(text);
    if (!words) return reject(path, "wake words", "has no line \"Accuracy: n True positives, …\"");
    if (words->true_positives + words->false_negatives != kWakeWords) {
      reject(path, "wake words",
             fmt::format("is about {} wake words; the recording has {}",
                         words->true_positives + words->false_negatives, kWakeWords));
    }
    constexpr int kMost = 8;
    if (closed_ && (words->false_positives > kMost || words->false_negatives > kMost)) {
      reject(path, "accuracy",
             fmt::format("{} false positives and {} false negatives; the closed "
                         "division allows {} of each",
                         words->false_positives, words->false_negatives, kMost));
    }
  }

  Path root_;
  bool closed_ = false;
  CheckReport report_;
};

}  // namespace

bool CheckReport::accepted() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.rejects; });
}

Result<CheckReport> check_submission(const Path& folder) {
  if (!is_there(folder / "closed") && !is_there(folder / "open")) {
    return fail(
        "{}: holds neither closed/ nor open/; name the folder that `mote bench mlperf --out` "
        "wrote",
        folder.string());
  }
  CheckReport report = Checker(folder).check();
  if (report.results.empty() && report.accepted()) {
    return fail("{}: holds no results: <division>/<submitter>/results/<system>/<task>/…",
                folder.string());
  }
  return report;
}

}  // namespace mote::mlperf
