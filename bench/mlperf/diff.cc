// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/diff.h"

#include <algorithm>
#include <set>

#include "base/host/file.h"

namespace mote::mlperf {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAccuracy = "accuracy";

/// The measures in the order in which rows have them. Of all but accuracy, less is better.
struct Measure {
  const char* name;
  double DiffLimits::*limit;
};
constexpr Measure kMeasures[] = {
    {"latency_ms", &DiffLimits::latency}, {"instructions", &DiffLimits::instructions},
    {"energy_uj", &DiffLimits::energy},   {"ram_bytes", &DiffLimits::ram},
    {"flash_bytes", &DiffLimits::flash},  {kAccuracy, &DiffLimits::accuracy},
};

const Json& at(const Json& json, const char* key) {
  static const Json nothing;
  return json.is_object() && json.contains(key) ? json[key] : nothing;
}

std::string text_at(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_string() ? value.get<std::string>() : "?";
}

const Json& list_at(const Json& json, const char* key) {
  static const Json nothing = Json::array();
  const Json& value = at(json, key);
  return value.is_array() ? value : nothing;
}

void add(const Json& from, std::map<std::string, double>* to) {
  for (const Measure& measure : kMeasures) {
    const Json& value = at(from, measure.name);
    if (value.is_number() && measure.name != kAccuracy) (*to)[measure.name] = value;
  }
}

void add_profile(const Json& profile, Measures* measures) {
  const std::string model = std::filesystem::path(text_at(profile, "model")).filename();
  add(profile, &(*measures)[model + " on " + text_at(at(profile, "board"), "name")]);
}

void add_board(const Json& board, Measures* measures) {
  for (const Json& task : list_at(board, "tasks")) {
    auto& values = (*measures)[text_at(task, "task") + " on " + text_at(board, "name")];
    add(task, &values);
    const Json& quality = at(at(task, "accuracy"), "quality");
    if (!quality.is_number()) continue;
    const bool area = text_at(at(task, "accuracy"), "metric") == "auc";
    values[kAccuracy] = quality.get<double>() * (area ? 100 : 1);
  }
}

DiffRow row_of(const std::string& what, const Measure& measure, double before, double after,
               const DiffLimits& limits) {
  DiffRow row{.what = what,
              .measure = measure.name,
              .old_value = before,
              .new_value = after,
              .worse = {},
              .limit = limits.*measure.limit};
  if (measure.name == kAccuracy) {
    row.worse = before - after;
  } else if (before != 0) {
    row.worse = 100 * (after - before) / before;
  } else if (after == 0) {
    row.worse = 0;
  }
  constexpr double kRounding = 1e-9;
  row.regression = !row.worse || *row.worse > row.limit + kRounding;
  return row;
}

}  // namespace

Result<Measures> read_measures(const std::filesystem::path& path) {
  MOTE_TRY(const std::string text, read_text(path));
  const Json json = Json::parse(text, nullptr, false);
  const std::string schema = text_at(json, "schema");
  Measures measures;
  if (schema == "mote.profile/1") {
    add_profile(json, &measures);
  } else if (schema == "mote.profile-comparison/1") {
    for (const Json& profile : list_at(json, "profiles")) add_profile(profile, &measures);
  } else if (schema == "mote.mlperf/1") {
    for (const Json& board : list_at(json, "boards")) add_board(board, &measures);
  } else {
    return fail(
        "{}: is neither a profile nor a benchmark run; write one with `mote profile --json` "
        "or `mote bench mlperf --json`",
        path.string());
  }
  std::erase_if(measures, [](const auto& entry) { return entry.second.empty(); });
  if (measures.empty()) return fail("{}: holds no measurement", path.string());
  return measures;
}

size_t Diff::regressions() const {
  return static_cast<size_t>(
      std::count_if(rows.begin(), rows.end(), [](const DiffRow& row) { return row.regression; }));
}

Diff compare_measures(const Measures& before, const Measures& after, const DiffLimits& limits) {
  std::set<std::string> names;
  for (const Measures* side : {&before, &after}) {
    for (const auto& [what, values] : *side) names.insert(what);
  }
  Diff diff;
  for (const std::string& what : names) {
    for (const Measure& measure : kMeasures) {
      const auto value = [&](const Measures& side) -> std::optional<double> {
        const auto found = side.find(what);
        if (found == side.end() || !found->second.count(measure.name)) return {};
        return found->second.at(measure.name);
      };
      const auto old_value = value(before), new_value = value(after);
      if (old_value && new_value) {
        diff.rows.push_back(row_of(what, measure, *old_value, *new_value, limits));
      } else if (old_value || new_value) {
        diff.rows.push_back({.what = what,
                             .measure = measure.name,
                             .old_value = old_value,
                             .new_value = new_value,
                             .worse = {},
                             .limit = limits.*measure.limit,
                             .regression = !new_value});
      }
    }
  }
  return diff;
}

Json diff_json(const Diff& diff) {
  const auto or_null = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json();
  };
  Json json = {{"schema", "mote.bench-diff/1"}, {"regressions", diff.regressions()}};
  json["rows"] = Json::array();
  for (const DiffRow& row : diff.rows) {
    json["rows"].push_back({{"what", row.what},
                            {"measure", row.measure},
                            {"old", or_null(row.old_value)},
                            {"new", or_null(row.new_value)},
                            {"worse", or_null(row.worse)},
                            {"limit", row.limit},
                            {"regression", row.regression}});
  }
  return json;
}

}  // namespace mote::mlperf
