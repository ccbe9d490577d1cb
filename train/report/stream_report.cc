// SPDX-License-Identifier: Apache-2.0
#include "train/report/stream_report.h"

#include <cmath>

namespace mote::train {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json interval_json(const Interval& interval) {
  return Json::array({interval.low, interval.high});
}

std::string class_named(const StreamReport& report, int label) {
  return report.classes[static_cast<size_t>(label)];
}

Json point_json(const StreamPoint& p) {
  return {{"threshold", p.threshold},
          {"false_accepts_per_hour", p.false_accepts_per_hour},
          {"false_reject_rate", number(p.false_reject_rate)}};
}

Json words_json(const StreamReport& report) {
  Json words = Json::array();
  for (const auto& [label, one] : report.metrics.words) {
    const double accepts = static_cast<double>(one.false_accepts);
    words.push_back({{"name", class_named(report, label)},
                     {"words", one.words},
                     {"missed", one.words - one.found},
                     {"false_accepts", one.false_accepts},
                     {"false_accepts_per_hour", accepts / report.metrics.hours},
                     {"latency_s", number(median(one.latencies_s))}});
  }
  return words;
}

Json heard_json(const StreamReport& report) {
  Json all = Json::array();
  for (size_t i = 0; i < report.recordings.size(); ++i) {
    for (const HeardWord& word : report.recordings[i].heard) {
      all.push_back({{"recording", i},
                     {"at_s", word.at_s},
                     {"word", class_named(report, word.label)},
                     {"score", word.score},
                     {"right", word.found.has_value()}});
    }
  }
  return all;
}

void add_options(const StreamReport& report, Json* json) {
  const StreamOptions& o = report.options;
  (*json)["window_s"] = o.window_s;
  (*json)["hop_s"] = o.step_s;
  (*json)["smoothing"] = o.smoothing;
  (*json)["refractory_s"] = o.refractory_s;
  (*json)["tolerance_s"] = o.tolerance_s;
  (*json)["not_words"] = Json::array();
  for (int label : o.silent) (*json)["not_words"].push_back(class_named(report, label));
  (*json)["threshold"] = o.threshold;
  (*json)["wanted_false_accepts_per_hour"] = report.wanted_per_hour;
  (*json)["chosen"] = report.chosen ? point_json(*report.chosen) : Json();
}

void add_metrics(const StreamMetrics& m, Json* json) {
  const bool words = m.all.words > 0;
  (*json)["hours"] = m.hours;
  (*json)["words"] = m.all.words;
  (*json)["missed"] = m.all.words - m.all.found;
  (*json)["false_reject_rate"] = number(m.false_reject_rate);
  (*json)["false_reject_interval"] = words ? interval_json(m.reject_interval) : Json();
  (*json)["false_accepts"] = m.all.false_accepts;
  (*json)["false_accepts_per_hour"] = m.false_accepts_per_hour;
  (*json)["false_accepts_interval"] = interval_json(m.per_hour_interval);
  (*json)["latency_s"] = number(median(m.all.latencies_s));
}

}  // namespace

double median(const std::vector<double>& values) {
  if (values.empty()) return NAN;
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

StreamReport judge_streams(const std::vector<std::string>& names, std::vector<Stream> streams,
                           const std::vector<std::string>& classes, StreamOptions options,
                           std::optional<double> threshold, double wanted_per_hour) {
  for (Stream& stream : streams) stream.scores = smoothed(stream.scores, options.smoothing);
  StreamReport report;
  report.classes = classes;
  report.wanted_per_hour = wanted_per_hour;
  report.curve = operating_curve(streams, classes.size(), options);
  report.chosen = choose_threshold(report.curve, wanted_per_hour);
  options.threshold = threshold       ? *threshold
                      : report.chosen ? report.chosen->threshold
                                      : report.curve.back().threshold;
  report.options = options;
  std::vector<std::vector<HeardWord>> heard;
  for (size_t i = 0; i < streams.size(); ++i) {
    heard.push_back(detect(streams[i], options));
    size_t words = 0;
    for (const Mark& mark : streams[i].marks) words += options.silent.count(mark.label) == 0;
    report.recordings.push_back({names[i], streams[i].seconds, words, heard.back()});
  }
  report.metrics = stream_metrics(streams, heard, classes.size(), options);
  return report;
}

nlohmann::ordered_json stream_json(const StreamReport& report) {
  Json json = {{"recordings", Json::array()}};
  for (const StreamReport::Heard& one : report.recordings) {
    json["recordings"].push_back(
        {{"name", one.name}, {"seconds", one.seconds}, {"words", one.words}});
  }
  add_options(report, &json);
  add_metrics(report.metrics, &json);
  json["by_word"] = words_json(report);
  json["during"] = Json::array();
  for (const auto& [label, count] : report.metrics.during) {
    json["during"].push_back({{"name", label < 0 ? Json() : Json(class_named(report, label))},
                              {"false_accepts", count}});
  }
  json["curve"] = Json::array();
  for (const StreamPoint& p : report.curve) json["curve"].push_back(point_json(p));
  json["heard"] = heard_json(report);
  return json;
}

}  // namespace mote::train
