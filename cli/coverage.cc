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

/// "dsp" of "ops/conv_2d/dsp.cc" and "ops/conv_2d/dsp_int16.cc".
std::string file_of(const KernelInfo& kernel) {
  std::string_view file = kernel.source.substr(kernel.source.rfind('/') + 1);
  return std::string(file.substr(0, file.find_first_of("._")));
}

/// In order of the alphabet, but what every core has comes first.
Names sorted_forms(const std::set<std::string>& forms) {
  Names names(forms.begin(), forms.end());
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name == "reference"; });
  return names;
}

/// The files of the record's kernels, for want of better.
Names kernel_files(const OperatorRecord& record) {
  std::set<std::string> files;
  for (const KernelInfo* kernel : record.kernels) files.insert(file_of(*kernel));
  return sorted_forms(files);
}

/// The kernels that a case's node calls on a target.
std::vector<const KernelInfo*> kernels_of(const Graph& graph, const Node& node,
                                          const Target& target) {
  std::vector<const KernelInfo*> kernels;
  Result<LoweredNode> lowered = lower_node(graph, node, target);
  for (size_t i = 0; lowered.ok() && i < lowered->steps.size(); ++i) {
    if (lowered->steps[i].kernel) kernels.push_back(lowered->steps[i].kernel);
  }
  return kernels;
}

/// Whether the node is of the record, with operands of these types.
bool is_of(const Graph& graph, const Node& node, const OperatorRecord& record, const TypeRow& row) {
  if (node.record->name != record.name) return false;
  OperatorRecord only = record;
  only.types = {row};
  Node typed = node;
  typed.record = &only;
  return accepts_types(graph, typed);
}

/// Fills in the kernels that the record's cases of these types call, and their forms.
void cover(const OperatorRecord& record, const std::vector<Graph>& cases, TypeCoverage* coverage) {
  std::set<std::string> forms, of_every_core;
  for (const Graph& graph : cases) {
    for (const Node& node : graph.nodes) {
      if (!is_of(graph, node, record, coverage->types)) continue;
      for (const Target& target : distinct_targets()) {
        for (const KernelInfo* kernel : kernels_of(graph, node, target)) {
          std::string name(kernel->name);
          if (target.name == Target().name) of_every_core.insert(name);
          forms.insert(of_every_core.contains(name) ? "reference" : file_of(*kernel));
          coverage->kernels[target.name].insert(std::move(name));
        }
      }
    }
  }
  if (!forms.empty()) coverage->forms = sorted_forms(forms);
}

Names names_of(const TypeRow& row) {
  Names names;
  for (DType type : row.inputs) names.emplace_back(name_of(type));
  for (DType type : row.outputs) names.emplace_back(name_of(type));
  return names;
}

/// One name if all are the same.
std::string list_text(const Names& names) {
  bool same = std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) == names.end();
  if (same && !names.empty()) return names[0];
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Names of inputs, then of outputs, as one text.
std::string text_of(const Names& names, size_t inputs) {
  auto middle = names.begin() + static_cast<std::ptrdiff_t>(inputs);
  std::string in = list_text({names.begin(), middle}), out = list_text({middle, names.end()});
  if (names.empty()) return "any";
  if (in == out || out.empty()) return in;
  return in.empty() ? out : fmt::format("{} -> {}", in, out);
}

/// Places among the operands that all hold one type, T.
using Places = std::vector<size_t>;

/// Where the row has another type than `first`, if that is one type in the place of one; else none.
Places differing_places(const TypeCoverage& first, const TypeCoverage& row) {
  Names a = names_of(first.types), b = names_of(row.types);
  if (row.forms != first.forms || a.size() != b.size()) return {};
  Places places;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) places.push_back(i);
  }
  bool one = std::all_of(places.begin(), places.end(), [&](size_t place) {
    return a[place] == a[places[0]] && b[place] == b[places[0]];
  });
  return one ? places : Places();
}

/// The places in which most rows differ from `first`.
Places best_places(const TypeCoverage& first, const std::vector<TypeCoverage>& rows) {
  std::map<Places, int> counts;
  for (const TypeCoverage& row : rows) {
    Places places = differing_places(first, row);
    if (!places.empty()) ++counts[places];
  }
  auto best = std::max_element(counts.begin(), counts.end(),
                               [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == counts.end() ? Places() : best->first;
}

/// The first row and `others`, which differ from it in these places.
CoverageGroup make_group(const TypeCoverage& first, const Places& places, const Names& others) {
  size_t inputs = first.types.inputs.size();
  Names names = names_of(first.types), pattern = names;
  if (places.empty()) return {text_of(names, inputs), first.forms};
  for (size_t place : places) pattern[place] = "T";
  std::string types = fmt::format("{}, {}", names[places[0]], fmt::join(others, ", "));
  std::string text = text_of(pattern, inputs);
  return {text == "T" ? types : fmt::format("{} with T = {}", text, types), first.forms};
}

}  // namespace

std::vector<TypeCoverage> type_coverage(const OperatorRecord& record) {
  Names all = kernel_files(record);
  std::mt19937 random(1);
  std::vector<Graph> cases;
  if (record.cases) cases = record.cases(random);
  std::vector<TypeCoverage> rows;
  for (const TypeRow& row : record.types) {
    rows.push_back({row, all});
    cover(record, cases, &rows.back());
  }
  if (rows.empty()) rows.push_back({{}, all});
  return rows;
}

std::string row_text(const TypeRow& row) {
  return text_of(names_of(row), row.inputs.size());
}

std::vector<CoverageGroup> grouped_coverage(const std::vector<TypeCoverage>& rows) {
  std::vector<CoverageGroup> groups;
  std::vector<TypeCoverage> left = rows;
  while (!left.empty()) {
    TypeCoverage first = left.front();
    left.erase(left.begin());
    Places places = best_places(first, left);
    Names others;
    std::erase_if(left, [&](const TypeCoverage& row) {
      bool taken = !places.empty() && differing_places(first, row) == places;
      if (taken) others.push_back(names_of(row.types)[places[0]]);
      return taken;
    });
    groups.push_back(make_group(first, places, others));
  }
  return groups;
}

std::vector<std::string> all_forms(const std::vector<TypeCoverage>& rows) {
  std::set<std::string> forms;
  for (const TypeCoverage& row : rows) forms.insert(row.forms.begin(), row.forms.end());
  return sorted_forms(forms);
}

}  // namespace mote
