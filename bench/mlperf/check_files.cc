// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/check_files.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace mote::mlperf {
namespace {

bool skip(std::string_view* text, std::string_view word) {
  if (!text->starts_with(word)) return false;
  text->remove_prefix(word.size());
  return true;
}

void skip_blanks(std::string_view* text) {
  while (!text->empty() && (text->front() == ' ' || text->front() == '\t')) text->remove_prefix(1);
}

/// A number of digits and points at the text's start.
std::optional<double> leading_number(std::string_view* text) {
  const size_t digits = text->find_first_not_of("0123456789.");
  const std::string_view number = text->substr(0, digits);
  double value = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return {};
  text->remove_prefix(number.size());
  return value;
}

std::optional<double> last(const std::vector<double>& values) {
  if (values.empty()) return {};
  return values.back();
}

/// What `word`, then ":" or "=", one blank at most before it and one behind it, introduces.
std::optional<double> assigned(const std::string& text, std::string_view word) {
  std::optional<double> found;
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) {
    std::string_view rest = std::string_view(text).substr(at + word.size());
    if (word.ends_with('1')) skip(&rest, "%");
    skip(&rest, " ");
    if (!skip(&rest, ":") && !skip(&rest, "=")) continue;
    if (!skip(&rest, " ")) continue;
    if (auto value = leading_number(&rest)) found = value;
  }
  return found;
}

}  // namespace

std::vector<double> numbers_after(const std::string& text, const std::string& before,
                                  const std::string& after) {
  std::vector<double> values;
  for (size_t at = 0; (at = text.find(before, at)) != std::string::npos; at += before.size()) {
    std::string_view rest = std::string_view(text).substr(at + before.size());
    skip_blanks(&rest);
    const std::optional<double> value = leading_number(&rest);
    if (value && rest.starts_with(after)) values.push_back(*value);
  }
  return values;
}

std::optional<double> number_after(const std::string& text, const std::string& before,
                                   const std::string& after) {
  return last(numbers_after(text, before, after));
}

std::optional<double> top_1_of(const std::string& text) {
  const std::optional<double> now = assigned(text, " Top 1");
  return now ? now : assigned(text, " Top-1");
}

std::optional<double> auc_of(const std::string& text) {
  return assigned(text, " AUC");
}

std::optional<WakeWords> wake_words_of(const std::string& text) {
  std::optional<WakeWords> found;
  const std::string before = "Accuracy: ";
  for (size_t at = 0; (at = text.find(before, at)) != std::string::npos; at += before.size()) {
    WakeWords words;
    const int read = std::sscanf(
        text.c_str() + at, "Accuracy: %9d True positives, %9d False negatives, %9d False",
        &words.true_positives, &words.false_negatives, &words.false_positives);
    if (read == 3) found = words;
  }
  return found;
}

}  // namespace mote::mlperf
