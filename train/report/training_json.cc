// SPDX-License-Identifier: Apache-2.0
// Numbers that aren't (the AUC of one class alone) are null in JSON.
#include <cmath>

#include "train/report/training_report.h"

namespace mote::train {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json interval_json(const Interval& interval) {
  return Json::array({number(interval.low), number(interval.high)});
}

const char* task_name(Task task) {
  switch (task) {
    case Task::kRegression:
      return "regression";
    case Task::kAnomaly:
      return "anomaly";
    case Task::kClassification:
      break;
  }
  return "classification";
}

Json point_json(const RocPoint& p) {
  return {{"false_positive_rate", p.false_positive_rate},
          {"true_positive_rate", p.true_positive_rate},
          {"threshold", number(p.threshold)}};
}

Json roc_json(const NamedRoc& roc) {
  Json json = {{"name", roc.name}, {"auc", number(roc.auc)}};
  json["at_recall"] = roc.at_recall ? point_json(*roc.at_recall) : Json();
  json["points"] = Json::array();
  for (const RocPoint& p : roc.curve) {
    json["points"].push_back({p.false_positive_rate, p.true_positive_rate});
  }
  return json;
}

Json classification_json(const ClassificationMetrics& m) {
  Json json = {{"right", m.right},
               {"macro_precision", m.macro_precision},
               {"macro_recall", m.macro_recall},
               {"macro_f1", m.macro_f1},
               {"macro_auc", number(m.macro_auc)},
               {"confusion", m.confusion},
               {"classes", Json::array()}};
  for (const ClassMetrics& c : m.classes) {
    json["classes"].push_back({{"name", c.name},
                               {"examples", c.examples},
                               {"precision", c.precision},
                               {"recall", c.recall},
                               {"f1", c.f1},
                               {"auc", number(c.auc)}});
  }
  return json;
}

Json calibration_json(const CalibrationMetrics& m) {
  Json json = {{"error", m.error}, {"bins", Json::array()}};
  for (const ReliabilityBin& bin : m.bins) {
    json["bins"].push_back({{"low", bin.low},
                            {"high", bin.high},
                            {"examples", bin.examples},
                            {"confidence", bin.confidence},
                            {"accuracy", bin.accuracy}});
  }
  return json;
}

Json regression_json(const RegressionMetrics& m) {
  return {{"mean_absolute_error", m.mean_absolute_error},
          {"root_mean_squared_error", m.root_mean_squared_error},
          {"r_squared", number(m.r_squared)}};
}

Json fairness_json(const FairnessMetrics& f) {
  Json json = {{"column", f.column}, {"judged", f.judged}, {"groups", Json::array()}};
  json["gap"] = f.judged < 2 ? Json() : number(f.gap);
  json["gap_interval"] = f.judged < 2 ? Json() : interval_json(f.gap_interval);
  for (const GroupMetrics& g : f.groups) {
    json["groups"].push_back({{"value", g.value},
                              {"examples", g.examples},
                              {"score", number(g.score)},
                              {"interval", interval_json(g.interval)}});
  }
  return json;
}

void add_cost(const std::optional<Profile>& profile, Json* json) {
  (*json)["flash_bytes"] = profile ? Json(profile->footprint.flash_bytes()) : Json();
  (*json)["ram_bytes"] = profile ? Json(profile->footprint.ram_bytes()) : Json();
  (*json)["latency_ms"] = profile ? or_null(profile->latency_ms(profile->total)) : Json();
  (*json)["energy_uj"] = profile ? or_null(profile->energy_uj(profile->total)) : Json();
}

Json model_json(const ModelReport& m) {
  Json json = {{"name", m.name},
               {"where", m.where},
               {"examples", m.examples},
               {"score", number(m.score)},
               {"interval", interval_json(m.interval)}};
  json["classification"] = m.classification ? classification_json(*m.classification) : Json();
  json["calibration"] = m.calibration ? calibration_json(*m.calibration) : Json();
  json["regression"] = m.regression ? regression_json(*m.regression) : Json();
  json["roc"] = Json::array();
  for (const NamedRoc& roc : m.rocs) json["roc"].push_back(roc_json(roc));
  json["fairness"] = Json::array();
  for (const FairnessMetrics& f : m.fairness) json["fairness"].push_back(fairness_json(f));
  json["robustness"] = Json::array();
  for (const HardshipScore& h : m.robustness) {
    json["robustness"].push_back(
        {{"name", h.name}, {"score", number(h.score)}, {"interval", interval_json(h.interval)}});
  }
  add_cost(m.profile, &json);
  json["other_answers"] = or_null(m.other_answers);
  return json;
}

Json step_json(const compress::Variant& v) {
  Json json = {{"name", v.name}, {"how", v.how}, {"made", v.made}};
  json["score"] = v.made ? number(v.score) : Json();
  json["error"] = v.made ? number(v.error) : Json();
  json["file_bytes"] = v.made ? Json(v.file_bytes) : Json();
  json["compressed_bytes"] = v.made ? Json(v.compressed_bytes) : Json();
  add_cost(v.profile, &json);
  json["problem"] = v.problem.empty() ? Json() : Json(v.problem);
  json["best"] = v.best;
  json["why"] = v.best ? Json(v.why) : Json();
  return json;
}

Json budget_json(const BudgetOptions& b) {
  return {{"board", b.board.empty() ? Json() : Json(b.board)},
          {"max_ram_bytes", or_null(b.max_ram_bytes)},
          {"max_flash_bytes", or_null(b.max_flash_bytes)},
          {"max_latency_ms", or_null(b.max_latency_ms)},
          {"max_energy_uj", or_null(b.max_energy_uj)}};
}

}  // namespace

Json training_json(const TrainingReport& report) {
  Json json = {{"schema", "mote.training/1"},
               {"name", report.name},
               {"task", task_name(report.task)},
               {"score", report.score},
               {"classes", report.classes},
               {"examples", report.examples},
               {"skipped", report.skipped},
               {"recall", report.recall},
               {"log", report.log},
               {"budget", budget_json(report.budget)}};
  json["features"] = Json();
  if (report.features) {
    const FeatureComparison& f = *report.features;
    json["features"] = {{"board", f.board},
                        {"examples", f.examples},
                        {"bits", f.bits},
                        {"different_bits", f.different_bits}};
  }
  json["deployed"] = report.deployed ? choice_json(*report.deployed) : Json();
  json["stream"] = report.stream ? stream_json(*report.stream) : Json();
  json["models"] = Json::array();
  for (const ModelReport& m : report.models) json["models"].push_back(model_json(m));
  json["steps"] = Json::array();
  for (const compress::Variant& v : report.steps) json["steps"].push_back(step_json(v));
  return json;
}

}  // namespace mote::train
