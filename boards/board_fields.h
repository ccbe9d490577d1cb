// SPDX-License-Identifier: Apache-2.0
// Takes keys from a TOML table one by one and keeps the first fault of the file; after a fault it
// goes on with defaults, so that a schema reads as a list.
#ifndef MOTE_BOARDS_BOARD_FIELDS_H_
#define MOTE_BOARDS_BOARD_FIELDS_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace mote {

using Words = std::initializer_list<std::string_view>;

/// The first fault of a file.
struct Faults {
  std::string file;
  std::optional<Error> first;

  void add(const toml::source_region& where, const std::string& what) {
    if (first) return;
    first = fail("{}:{}:{}: {}", file, std::max<uint32_t>(where.begin.line, 1),
                 std::max<uint32_t>(where.begin.column, 1), what);
  }
};

/// A table of the file, whose keys are all known.
class Fields {
 public:
  Fields(const toml::table& table, std::string path, Faults& faults, Words known)
      : table_(table), path_(std::move(path)), faults_(faults) {
    for (const auto& [key, value] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      faults.add(key.source(), fmt::format("{}{}: no such key; there are: {}", path_, key.str(),
                                           fmt::join(known, ", ")));
    }
  }

  bool has(std::string_view key) const { return table_.contains(key); }

  std::string text(std::string_view key) {
    const toml::node* node = take(key, "text in quotes");
    if (!node) return {};
    const auto* text = node->as_string();
    if (text && !text->get().empty()) return text->get();
    wrong(key, "must be text in quotes, not empty");
    return {};
  }

  std::string one_of(std::string_view key, Words choices) {
    std::string word = text(key);
    if (!word.empty() && std::find(choices.begin(), choices.end(), word) == choices.end()) {
      wrong(key, fmt::format("\"{}\" must be one of: {}", word, fmt::join(choices, ", ")));
    }
    return word;
  }

  bool flag(std::string_view key) {
    const toml::node* node = take(key, "true or false");
    if (node && !node->is_boolean()) wrong(key, "must be true or false");
    return node && node->value_or(false);
  }

  double number(std::string_view key, double low, double high) {
    std::string range = fmt::format("a number from {} to {}", low, high);
    const toml::node* node = take(key, range);
    if (!node) return low;
    std::optional<double> value;
    if (node->is_number()) value = node->value<double>();
    if (value && *value >= low && *value <= high) return *value;
    wrong(key, "must be " + range);
    return low;
  }

  uint64_t whole(std::string_view key, uint64_t low, uint64_t high) {
    std::string range = fmt::format("a whole number from {} to {}", low, high);
    const toml::node* node = take(key, range);
    if (!node) return low;
    const auto* value = node->as_integer();
    if (value && value->get() >= 0) {
      uint64_t number = static_cast<uint64_t>(value->get());
      if (number >= low && number <= high) return number;
    }
    wrong(key, "must be " + range);
    return low;
  }

  std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = take(key, "a list of texts, [] for none");
    std::vector<std::string> all;
    if (!node) return all;
    if (!node->is_array()) wrong(key, "must be a list of texts, [] for none");
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& item : *array) {
        if (item.is_string()) {
          all.push_back(item.as_string()->get());
        } else {
          faults_.add(item.source(), fmt::format("{}{}: holds texts only", path_, key));
        }
      }
    }
    return all;
  }

  const toml::table* table(std::string_view key) {
    std::string heading = fmt::format("a table, [{}{}]", path_, key);
    const toml::node* node = take(key, heading);
    if (node && !node->is_table()) wrong(key, "must be " + heading);
    return node ? node->as_table() : nullptr;
  }

  const toml::array* tables(std::string_view key) {
    std::string heading = fmt::format("one table or more, each [[{}{}]]", path_, key);
    const toml::node* node = take(key, heading);
    if (!node) return nullptr;
    const toml::array* array = node->as_array();
    if (array && !array->empty() && array->is_homogeneous(toml::node_type::table)) return array;
    wrong(key, "must be " + heading);
    return nullptr;
  }

  /// A fault at a key, or at the table if it isn't there.
  void wrong(std::string_view key, const std::string& what) {
    const toml::node* node = table_.get(key);
    faults_.add(node ? node->source() : table_.source(), fmt::format("{}{}: {}", path_, key, what));
  }

 private:
  const toml::node* take(std::string_view key, const std::string& right) {
    const toml::node* node = table_.get(key);
    if (!node) wrong(key, "is missing; must be " + right);
    return node;
  }

  const toml::table& table_;
  std::string path_;
  Faults& faults_;
};

}  // namespace mote

#endif  // MOTE_BOARDS_BOARD_FIELDS_H_
