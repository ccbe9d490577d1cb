// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/labels.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/host/file.h"

namespace mote::mlperf {
namespace {

using Json = nlohmann::json;

std::string_view trimmed(std::string_view text) {
  const char* blanks = " \t\r";
  const size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

/// Errors say which column, without the place.
template <typename T>
Result<T> number(std::string_view text, const char* column, T least) {
  T value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least) {
    return fail("\"{}\" is no {}; it must be an integer, at least {}", text, column, least);
  }
  return value;
}

Result<LabelledFile> read_line(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() != 3 && fields.size() != 5) {
    return fail("{} columns; there must be 3 (file, classes, class) or 5 (and window, stride)",
                fields.size());
  }
  LabelledFile row;
  row.file = fields[0];
  if (row.file.empty()) return fail("the file's name is missing");
  MOTE_TRY(row.classes, number(fields[1], "number of classes", 1));
  MOTE_TRY(row.label, number(fields[2], "class", 0));
  if (row.label >= row.classes) {
    return fail("class {} of {}; classes count from 0", row.label, row.classes);
  }
  if (fields.size() == 5) {
    MOTE_TRY(row.window_bytes, number<size_t>(fields[3], "window in bytes", 1));
    MOTE_TRY(row.stride_bytes, number<size_t>(fields[4], "stride in bytes", 1));
  }
  return row;
}

Result<LabelledStream> read_stream(const Json& entry) {
  LabelledStream stream;
  const auto has = [&](const char* key, auto is) {
    return entry.is_object() && entry.contains(key) && (entry[key].*is)();
  };
  if (!has("wav_file", &Json::is_string)) return fail("\"wav_file\" must be a file's name");
  stream.wav_file = entry["wav_file"];
  for (auto [key, value] :
       {std::pair{"sample_rate", &stream.sample_rate}, std::pair{"length_sec", &stream.length_s}}) {
    if (!has(key, &Json::is_number) || entry[key] <= 0) {
      return fail("\"{}\" must be a number above 0", key);
    }
    *value = entry[key];
  }
  if (!has("detection_windows", &Json::is_array)) return fail("\"detection_windows\" is no list");
  for (const Json& window : entry["detection_windows"]) {
    const bool pair = window.is_array() && window.size() == 2 && window[0].is_number() &&
                      window[1].is_number() && window[0] <= window[1];
    if (!pair) return fail("detection window {} must be [start, end] in seconds", window.dump());
    stream.words.emplace_back(window[0], window[1]);
  }
  return stream;
}

}  // namespace

Result<std::vector<LabelledFile>> read_labels(const std::filesystem::path& path) {
  MOTE_TRY(const std::string text, read_text(path));
  std::vector<LabelledFile> rows;
  std::string_view rest = text;
  for (size_t line = 1; !rest.empty(); ++line) {
    const size_t end = rest.find('\n');
    const std::string_view content = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (trimmed(content).empty()) continue;
    Result<LabelledFile> row = read_line(content);
    if (!row.ok()) return fail("{}:{}: {}", path.string(), line, row.error().message);
    rows.push_back(*std::move(row));
  }
  if (rows.empty()) return fail("{}: names no file", path.string());
  return rows;
}

Result<std::vector<LabelledStream>> read_streams(const std::filesystem::path& path) {
  MOTE_TRY(const std::string text, read_text(path));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array() || json.empty()) return fail("{}: is no list of recordings", path.string());
  std::vector<LabelledStream> streams;
  for (size_t i = 0; i < json.size(); ++i) {
    Result<LabelledStream> stream = read_stream(json[i]);
    if (!stream.ok()) return fail("{}: entry {}: {}", path.string(), i, stream.error().message);
    streams.push_back(*std::move(stream));
  }
  return streams;
}

}  // namespace mote::mlperf
