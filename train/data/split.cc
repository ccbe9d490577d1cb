// SPDX-License-Identifier: Apache-2.0
#include "train/data/split.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "train/data/sha1.h"

namespace mote::train {
namespace {

/// Examples that stay together.
struct Unit {
  std::set<int> labels;
  uint64_t hash = 0;
  std::string name;
  std::vector<size_t> examples;
};

bool fixed(const Example& example) {
  return example.extra || example.test_only;
}

std::string unit_name(const Example& example, bool by_group) {
  bool grouped = by_group && !example.group.empty();
  return grouped ? "group " + example.group : "file " + example.path;
}

/// The units of the examples that `wanted` accepts and that aren't fixed, in order.
template <typename Wanted>
std::vector<Unit> units_of(const Dataset& dataset, bool by_group, uint32_t seed, Wanted wanted) {
  std::map<std::string, Unit> by_name;
  for (size_t i = 0; i < dataset.examples.size(); ++i) {
    const Example& example = dataset.examples[i];
    if (fixed(example) || !wanted(example, i)) continue;
    Unit& unit = by_name[unit_name(example, by_group)];
    unit.labels.insert(example.label);
    unit.examples.push_back(i);
  }
  std::vector<Unit> units;
  for (auto& [name, unit] : by_name) {
    auto hash = sha1(fmt::format("{} {}", seed, name));
    unit.hash = uint64_t{hash[0]} << 32 | hash[1];
    unit.name = name;
    units.push_back(std::move(unit));
  }
  std::sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
    return std::tie(a.labels, a.hash, a.name) < std::tie(b.labels, b.hash, b.name);
  });
  return units;
}

void assign(Dataset* dataset, const Unit& unit, Split split) {
  for (size_t i : unit.examples) dataset->examples[i].split = split;
}

/// Takes `part` of the units out, evenly spread; gives them the split.
void take(Dataset* dataset, double part, Split split, std::vector<Unit>* units) {
  std::vector<Unit> left;
  double count = 0;
  for (Unit& unit : *units) {
    double before = std::floor(count * part + 0.5);
    bool taken = std::floor(++count * part + 0.5) > before;
    if (taken) {
      assign(dataset, unit, split);
    } else {
      left.push_back(std::move(unit));
    }
  }
  *units = std::move(left);
}

/// A part of a whole as a part of what another part leaves.
double part_of_rest(double part, double taken) {
  return taken < 1 ? std::min(1.0, part / (1 - taken)) : 0;
}

void assign_fixed(Dataset* dataset) {
  for (Example& example : dataset->examples) {
    example.split = example.test_only && !example.extra ? Split::kTest : Split::kTrain;
  }
}

bool any(const Example&, size_t) {
  return true;
}

Result<void> assign_given(const SplitOptions& options,
                          const std::vector<std::optional<Split>>& given, Dataset* dataset) {
  bool test = false, validation = false;
  for (size_t i = 0; i < dataset->examples.size(); ++i) {
    Example& example = dataset->examples[i];
    if (fixed(example) || !given[i]) continue;
    example.split = *given[i];
    test |= example.split == Split::kTest;
    validation |= example.split == Split::kValidation;
  }
  if (!test) {
    return fail(
        "split.by is \"given\", but the data says of no example that it is for testing "
        "(docs/training.md, \"Splits\"); split by file, group or hash");
  }
  if (validation) return {};
  auto units = units_of(*dataset, false, options.seed, [&](const Example& example, size_t) {
    return example.split == Split::kTrain;
  });
  take(dataset, options.validation, Split::kValidation, &units);
  return {};
}

void assign_hash(const Project& project, Dataset* dataset) {
  for (Example& example : dataset->examples) {
    if (fixed(example)) continue;
    std::string name = example.group;
    if (name.empty()) {
      bool speech = project.data.format == DataFormat::kSpeechCommands;
      name = speech ? std::filesystem::path(example.path).filename().string() : example.path;
    }
    example.split = hash_split(name, project.split);
  }
}

}  // namespace

Split hash_split(std::string_view name, const SplitOptions& options) {
  constexpr uint32_t kMost = (1u << 27) - 1;
  double part = static_cast<double>(sha1(name)[4] & kMost) / kMost;
  if (part < options.validation) return Split::kValidation;
  return part < options.validation + options.test ? Split::kTest : Split::kTrain;
}

Result<void> assign_split(const Project& project, const std::vector<std::optional<Split>>& given,
                          Dataset* dataset) {
  const SplitOptions& options = project.split;
  assign_fixed(dataset);
  if (options.by == SplitBy::kGiven) return assign_given(options, given, dataset);
  if (options.by == SplitBy::kHash) return assign_hash(project, dataset), Result<void>();
  bool by_group = options.by == SplitBy::kGroup;
  if (by_group && groups_of(*dataset).size() < 2) {
    return fail(
        "split.by is \"group\", but the data has {}; set data.group_pattern, or split by "
        "file",
        groups_of(*dataset).empty() ? "no groups" : "only one group");
  }
  std::vector<Unit> units = units_of(*dataset, by_group, options.seed, any);
  take(dataset, options.test, Split::kTest, &units);
  take(dataset, part_of_rest(options.validation, options.test), Split::kValidation, &units);
  return {};
}

void assign_fold(Dataset* dataset, const SplitOptions& options, int fold, int folds) {
  assign_fixed(dataset);
  bool by_group = options.by == SplitBy::kGroup || options.by == SplitBy::kHash;
  std::vector<Unit> units = units_of(*dataset, by_group, options.seed, any), left;
  for (size_t i = 0; i < units.size(); ++i) {
    bool test = i % static_cast<size_t>(folds) == static_cast<size_t>(fold);
    assign(dataset, units[i], test ? Split::kTest : Split::kTrain);
    if (!test) left.push_back(std::move(units[i]));
  }
  take(dataset, part_of_rest(options.validation, 1.0 / folds), Split::kValidation, &left);
}

void assign_group(Dataset* dataset, const SplitOptions& options, const std::string& group) {
  assign_fixed(dataset);
  for (Example& example : dataset->examples) {
    if (!fixed(example) && example.group == group) example.split = Split::kTest;
  }
  bool by_group = options.by == SplitBy::kGroup || options.by == SplitBy::kHash;
  auto units = units_of(*dataset, by_group, options.seed,
                        [&](const Example& example, size_t) { return example.group != group; });
  take(dataset, options.validation, Split::kValidation, &units);
}

std::vector<std::string> groups_of(const Dataset& dataset) {
  std::set<std::string> groups;
  for (const Example& example : dataset.examples) {
    if (!example.group.empty()) groups.insert(example.group);
  }
  return {groups.begin(), groups.end()};
}

}  // namespace mote::train
