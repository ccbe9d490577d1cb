// SPDX-License-Identifier: Apache-2.0
// A record's lower() chooses the kernel, so the sample cases are lowered for every kind of target.
#include "cli/coverage.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "ir/lowering.h"
#include "ir/verifier.h"

namespace mote {
namespace {

using Names = std::vector<std::string>;

std::string form_of(const KernelInfo& kernel) {
  std::string_view file = kernel.source.substr(kernel.source.rfind('/') + 1);
  return std::string(file.substr(0, file.find('.')));
}

/// In order of the alphabet, but what every core has comes first.
Names sorted_forms(const std::set<std::string>& forms) {
  Names names(forms.begin(), forms.end());
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name == "reference"; });
  return names;
}

std::string types_text(const Names& names) {
  bool same = std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) == names.end();
  if (same && !names.empty()) return names[0];
  return fmt::format("{}", fmt::join(names, ", "));
}

Names names_of(const std::vector<DType>& types) {
  Names names;
  for (DType type : types) names.emplace_back(name_of(type));
  return names;
}

/// "int8 -> float32", or "int8" where inputs and outputs are all that.
std::string row_text(const TypeRow& row) {
  std::string inputs = types_text(names_of(row.inputs)),
              outputs = types_text(names_of(row.outputs));
  if (inputs == outputs || outputs.empty()) return inputs;
  return inputs.empty() ? outputs : fmt::format("{} -> {}", inputs, outputs);
}

/// Fills in the kernels that the record's cases of these types call, and their forms.
void cover(const OperatorRecord& record, const std::vector<Graph>& cases, const TypeRow& row,
           TypeCoverage* coverage) {
  OperatorRecord only = record;
  only.types = {row};
  std::set<std::string> forms;
  for (const Graph& graph : cases) {
    for (const Node& node : graph.nodes) {
      Node typed = node;
      typed.record = &only;
      if (node.record->name != record.name || !accepts_types(graph, typed)) continue;
      for (const Target& target : distinct_targets()) {
        Result<LoweredNode> lowered = lower_node(graph, node, target);
        for (size_t i = 0; lowered.ok() && i < lowered->steps.size(); ++i) {
          const KernelInfo* kernel = lowered->steps[i].kernel;
          if (!kernel) continue;
          forms.insert(form_of(*kernel));
          coverage->kernels[target.name].emplace(kernel->name);
        }
      }
    }
  }
  if (!forms.empty()) coverage->forms = sorted_forms(forms);
}

std::vector<std::string> words_of(const std::string& types) {
  std::vector<std::string> words(1);
  for (char c : types) {
    bool separator = c == ',' || c == ' ' || c == '-' || c == '>';
    if (words.back().empty() || separator != (words.back().find_first_of(", ->") == 0)) {
      if (!words.back().empty()) words.emplace_back();
    }
    words.back() += c;
  }
  return words;
}

/// The types with T wherever the first one stands.
std::string pattern_of(const std::string& types, std::string* first) {
  std::vector<std::string> words = words_of(types);
  *first = words[0];
  for (std::string& word : words) {
    if (word == *first) word = "T";
  }
  return fmt::format("{}", fmt::join(words, ""));
}

}  // namespace

std::vector<TypeCoverage> type_coverage(const OperatorRecord& record) {
  Names all = kernel_forms(record);
  if (record.types.empty()) return {{"any", all}};
  std::mt19937 random(1);
  std::vector<Graph> cases;
  if (record.cases) cases = record.cases(random);
  std::vector<TypeCoverage> rows;
  for (const TypeRow& row : record.types) {
    rows.push_back({row_text(row), all});
    cover(record, cases, row, &rows.back());
  }
  return rows;
}

std::vector<TypeCoverage> summary(const std::vector<TypeCoverage>& rows) {
  struct Group {
    std::string pattern;
    Names forms, types, firsts;
  };
  std::vector<Group> groups;
  for (const TypeCoverage& row : rows) {
    std::string first, pattern = pattern_of(row.types, &first);
    auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return group.pattern == pattern && group.forms == row.forms;
    });
    if (found == groups.end()) found = groups.insert(found, {pattern, row.forms, {}, {}});
    found->types.push_back(row.types);
    found->firsts.push_back(first);
  }
  std::vector<TypeCoverage> joined;
  for (const Group& group : groups) {
    std::string firsts = fmt::format("{}", fmt::join(group.firsts, ", "));
    bool plain = group.pattern == "T";
    joined.push_back({plain                     ? firsts
                      : group.types.size() == 1 ? group.types[0]
                                                : group.pattern + " with T = " + firsts,
                      group.forms});
  }
  return joined;
}

std::vector<std::string> kernel_forms(const OperatorRecord& record) {
  std::set<std::string> forms;
  for (const KernelInfo* kernel : record.kernels) forms.insert(form_of(*kernel));
  return sorted_forms(forms);
}

}  // namespace mote
