// SPDX-License-Identifier: Apache-2.0
#include "train/run/form_choice.h"

#include "base/host/file.h"
#include "train/report/quality.h"
#include "train/report/training_report.h"

namespace mote::train {
namespace {

double validation_score(Task task, const std::vector<Prediction>& predictions) {
  return task == Task::kAnomaly ? mean_anomaly(predictions) : score_of(predictions, task);
}

nlohmann::ordered_json or_null(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

std::optional<double> number(const nlohmann::ordered_json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number()) return std::nullopt;
  return json[key].get<double>();
}

}  // namespace

const char* name_of(Form form) {
  return form == Form::kAfterTraining ? "quantised after training" : "trained for it";
}

FormChoice choose_form(Task task, const std::vector<Prediction>& after_training,
                       const std::vector<Prediction>& trained_for_it) {
  FormChoice choice;
  choice.score = task == Task::kAnomaly ? "reconstruction error" : name_of_score(task);
  choice.examples = after_training.size();
  const double after = validation_score(task, after_training);
  const double trained = validation_score(task, trained_for_it);
  choice.after_training = after;
  choice.trained_for_it = trained;
  const bool afterwards_better = task == Task::kClassification ? after > trained : after < trained;
  if (afterwards_better) choice.taken = Form::kAfterTraining;
  choice.why =
      fmt::format("{} on {} validation examples{}", after == trained ? "as good" : "better",
                  choice.examples, after == trained ? ", and asked for" : "");
  return choice;
}

FormChoice choose_unseen() {
  FormChoice choice;
  choice.why = "there are no validation examples to compare it with the other form";
  return choice;
}

std::string figure_text(const FormChoice& choice, const std::optional<double>& figure) {
  if (!figure) return "-";
  return choice.score == "accuracy" ? fmt::format("{:.2f} %", 100 * *figure)
                                    : fmt::format("{:.4g}", *figure);
}

nlohmann::ordered_json choice_json(const FormChoice& choice) {
  return {{"form", name_of(choice.taken)},
          {"score", choice.score},
          {"examples", choice.examples},
          {"after_training", or_null(choice.after_training)},
          {"trained_for_it", or_null(choice.trained_for_it)},
          {"why", choice.why}};
}

std::optional<FormChoice> read_choice(const std::filesystem::path& run) {
  Result<std::string> text = read_text(run / "deployed.json");
  if (!text.ok()) return std::nullopt;
  try {
    const auto json = nlohmann::ordered_json::parse(*text);
    FormChoice choice;
    if (json.at("form") == name_of(Form::kAfterTraining)) choice.taken = Form::kAfterTraining;
    choice.score = json.at("score").get<std::string>();
    choice.examples = json.at("examples").get<size_t>();
    choice.after_training = number(json, "after_training");
    choice.trained_for_it = number(json, "trained_for_it");
    choice.why = json.at("why").get<std::string>();
    return choice;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace mote::train
