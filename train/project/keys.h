// SPDX-License-Identifier: Apache-2.0
// The keys of mote.toml: one row says where a key is stored, what it may be and what it means.
// Reading, errors, overrides and docs/training.md follow from the table.
#ifndef MOTE_TRAIN_PROJECT_KEYS_H_
#define MOTE_TRAIN_PROJECT_KEYS_H_

#include <functional>
#include <span>
#include <variant>

#include "train/project/project.h"

namespace mote::train {

/// One of some words.
struct Pick {
  std::vector<std::string> words;
  std::function<std::string()> get;
  std::function<void(size_t)> set;  // index of words
};

/// Where a key's value is stored; its type says what the key takes.
using Slot = std::variant<Pick, bool*, int*, uint32_t*, double*, std::string*,
                          std::filesystem::path*, std::optional<uint64_t>*, std::optional<double>*,
                          std::vector<std::string>*, std::vector<int>*,
                          std::vector<std::filesystem::path>*, std::map<std::string, std::string>*>;

struct Key {
  const char* table;  // "" for the file's top
  const char* name;
  double low, high;  // of numbers
  const char* what;  // with its unit
  Slot (*slot)(Project&);
};

std::span<const Key> project_keys();
/// Null if there is none.
const Key* find_key(std::string_view table, std::string_view name);

/// The word of `known` that takes the fewest edits, if they are few.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

/// What a key takes: "a whole number from 1 to 100".
std::string accepted(const Key& key);
/// The value a key has in a project, as TOML would have it; empty for nothing.
std::string written_value(const Key& key, const Project& project);

}  // namespace mote::train

#endif  // MOTE_TRAIN_PROJECT_KEYS_H_
