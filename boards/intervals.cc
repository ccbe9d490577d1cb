// SPDX-License-Identifier: Apache-2.0
#include "boards/intervals.h"

#include <algorithm>

namespace mote {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Up to five names that hold the last part of `name`.
std::string similar(const Elf& elf, const std::string& name) {
  std::string wanted = lower(without_parameters(name)), found;
  if (size_t at = wanted.rfind("::"); at != std::string::npos) wanted = wanted.substr(at + 2);
  int n = 0;
  for (const ElfFunction& function : elf.functions) {
    if (n == 5 || lower(function.name).find(wanted) == std::string::npos) continue;
    found += (n++ ? ", " : "; there are ") + function.name;
  }
  return found;
}

}  // namespace

Result<const ElfFunction*> find_function(const Elf& elf, const std::string& name,
                                         const std::string& file) {
  const ElfFunction* found = nullptr;
  for (const ElfFunction& function : elf.functions) {
    if (function.name == name) return &function;
    if (without_parameters(function.name) != name) continue;
    if (found && found->address != function.address) {
      return fail("{}: several functions are called {}: {}, {}; give its parameters too", file,
                  name, found->name, function.name);
    }
    found = &function;
  }
  if (found) return found;
  return fail("{}: no function is called {}{}", file, name, similar(elf, name));
}

std::vector<std::vector<size_t>> find_intervals(const ExecutionCounts& counts,
                                                std::optional<uint32_t> from,
                                                std::optional<uint32_t> to) {
  std::vector<std::vector<size_t>> intervals;
  bool inside = !from;
  if (inside) intervals.emplace_back();
  for (size_t i = 0; i < counts.segments.size(); ++i) {
    uint32_t mark = counts.segments[i].mark;
    bool marked = mark != MOTE_DUMP_NO_MARK;
    if (inside && marked && to && mark == *to) inside = false;
    if (!inside && marked && from && mark == *from) {
      intervals.emplace_back();
      inside = true;
    }
    if (inside) intervals.back().push_back(i);
  }
  // One that began and never ended is none, but the run's end ends one without `to`.
  if (inside && to && !intervals.empty()) intervals.pop_back();
  return intervals;
}

}  // namespace mote
