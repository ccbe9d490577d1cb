// SPDX-License-Identifier: Apache-2.0
#include "train/data/record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <regex>

#include "base/host/file.h"
#include "train/data/csv.h"
#include "train/data/sound.h"

namespace mote::train {
namespace {

template <typename T>
bool parse(std::string_view text, T* value) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string_view> pieces(std::string_view text, char separator) {
  std::vector<std::string_view> all;
  while (true) {
    size_t end = std::min(text.find(separator), text.size());
    all.push_back(text.substr(0, end));
    if (end == text.size()) return all;
    text.remove_prefix(end + 1);
  }
}

/// Takes "*4C" off; false if it isn't the checksum of what is before.
bool take_checksum(std::string_view* line) {
  size_t star = line->rfind('*');
  if (star == std::string_view::npos) return true;
  std::string_view digits = line->substr(star + 1);
  unsigned expected = 0, sum = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expected, 16);
  bool number = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  *line = line->substr(0, star);
  for (char c : *line) sum ^= static_cast<uint8_t>(c);
  return number && sum == expected;
}

/// "aa", "ab", … : letters only, since patterns often take them.
std::string letters(size_t number) {
  std::string text;
  for (int i = 0; i < 3; ++i, number /= 26)
    text.insert(text.begin(), "abcdefghijklmnopqrstuvwxyz"[number % 26]);
  return text;
}

bool has_only(const std::string& text, std::string_view bad) {
  return !text.empty() && text.find_first_of(bad) == std::string::npos;
}

std::optional<std::string> first_group(const std::string& pattern, const std::string& path) {
  std::smatch match;
  if (!std::regex_search(path, match, std::regex(pattern))) return std::nullopt;
  return match[1].str();
}

/// Whether the project's patterns read the path as this class and group.
bool reads_as(const DataOptions& data, const RecordingName& name, const std::string& path) {
  if (!data.class_pattern.empty() && first_group(data.class_pattern, path) != name.class_name) {
    return false;
  }
  return name.group.empty() || data.group_pattern.empty() ||
         first_group(data.group_pattern, path) == name.group;
}

/// Ways to name a recording in folders; `id` makes it unlike the others.
std::vector<std::string> folder_names(const Project& project, const RecordingName& name,
                                      const std::string& id) {
  const std::string start = project.split.by == SplitBy::kGiven ? "train/" : "";
  const std::string file = name.group.empty() ? id : name.group + "_" + id;
  const std::string& folder = name.class_name;
  return {start + folder + "/" + file,
          start + folder + "/" + (name.group.empty() ? id : name.group + "/" + id),
          start + folder + "/" + folder + "-" + file, start + folder + "-" + file,
          start + folder + "_" + file};
}

Result<std::vector<std::string>> names_of(const Project& project, const RecordingName& name,
                                          size_t number) {
  const DataFormat format = project.data.format;
  const std::string& group = name.group;
  if (format == DataFormat::kFolders) return folder_names(project, name, letters(number));
  if (format == DataFormat::kLabels) {
    return std::vector<std::string>{"recorded/" + (group.empty() ? "" : group + "_") +
                                    letters(number)};
  }
  if (format == DataFormat::kSpeechCommands || format == DataFormat::kFsdd) {
    if (!has_only(group, "_/")) {
      return fail(
          "recordings of this layout are named after their speaker; give --speaker, "
          "without _ and /");
    }
    bool digits = format == DataFormat::kFsdd;
    // Numbers below 5 are the test part of the digits.
    return std::vector<std::string>{
        digits ? fmt::format("{}_{}_{}", name.class_name, group, number + 5)
               : fmt::format("{}/{}_nohash_{}", name.class_name, group, number)};
  }
  return fail("recordings can't be added to this layout; use data.format = \"folders\"");
}

Result<void> add_row(const Project& project, const RecordingName& name, const std::string& path) {
  const DataOptions& data = project.data;
  std::error_code error;
  std::string text = fmt::format("{},{}{}\n", data.file_column, data.label_column,
                                 name.group.empty() ? "" : "," + data.group_column);
  if (std::filesystem::exists(data.labels, error)) {
    MOTE_TRY(text, read_text(data.labels));
  }
  MOTE_TRY(const TextTable table, parse_text_table(text));
  std::vector<std::string> cells;
  for (const std::string& heading : table.headings) {
    std::string cell = heading == data.file_column    ? path
                       : heading == data.label_column ? name.class_name
                       : heading == data.group_column ? name.group
                                                      : "";
    cells.push_back(cell.find_first_of(",;\"") == std::string::npos
                        ? cell
                        : "\"" + std::regex_replace(cell, std::regex("\""), "\"\"") + "\"");
  }
  bool tabs = text.find(',') == std::string::npos && text.find(';') == std::string::npos;
  bool semicolons = !tabs && text.substr(0, text.find('\n')).find(',') == std::string::npos;
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += fmt::format("{}\n", fmt::join(cells, tabs ? "\t" : semicolons ? ";" : ","));
  return write_text(data.labels, text);
}

std::vector<uint8_t> sound_file(const StreamHeader& header, const std::vector<float>& values) {
  std::vector<int16_t> samples;
  for (float value : values) samples.push_back(static_cast<int16_t>(std::lround(value)));
  return wav_file(samples, static_cast<int>(std::lround(header.rate_hz)));
}

std::vector<uint8_t> table_file(const StreamHeader& header, const std::vector<float>& values) {
  std::string text = fmt::format("{}\n", fmt::join(header.columns, ","));
  for (size_t i = 0; i < values.size(); ++i) {
    bool last = (i + 1) % header.columns.size() == 0;
    text += fmt::format("{}{}", values[i], last ? "\n" : ",");
  }
  return {text.begin(), text.end()};
}

}  // namespace

Result<void> LineStream::feed(std::string_view text) {
  constexpr size_t kLongest = 1 << 16;
  rest_ += text;
  size_t at = 0;
  for (size_t end; (end = rest_.find('\n', at)) != std::string::npos; at = end + 1) {
    std::string_view line = std::string_view(rest_).substr(at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    MOTE_CHECK_OK(take_line(line));
  }
  rest_.erase(0, at);
  if (rest_.size() > kLongest) {
    return fail("sends no lines: {} bytes without an end of line; is the rate right?",
                rest_.size());
  }
  return {};
}

void LineStream::drop(size_t count) {
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count));
}

Result<void> LineStream::take_line(std::string_view line) {
  if (line.empty()) return {};
  if (line.front() == '#') return line.starts_with("#mote ") ? take_header(line) : Result<void>();
  if (header_.rate_hz == 0 || take_values(line)) return {};  // before the header: not understood
  ++broken_;
  next_ = -1;
  values_.clear();
  return {};
}

Result<void> LineStream::take_header(std::string_view line) {
  StreamHeader header;
  for (std::string_view word : pieces(line.substr(6), ' ')) {
    if (word.starts_with("rate=")) {
      parse(word.substr(5), &header.rate_hz);
    } else if (word.starts_with("columns=")) {
      for (std::string_view name : pieces(word.substr(8), ',')) header.columns.emplace_back(name);
    }
  }
  if (!(header.rate_hz > 0 && header.rate_hz <= 1e6)) {
    if (header_.rate_hz > 0) return {};  // a broken one in the midst
    return fail("\"{}\" must say the rate, as #mote rate=100 columns=x,y,z", line);
  }
  bool same = header.rate_hz == header_.rate_hz && header.columns == header_.columns;
  if (header_.rate_hz > 0 && !same) return fail("the header changed to \"{}\"", line);
  header_ = header;
  return {};
}

bool LineStream::take_values(std::string_view line) {
  if (!take_checksum(&line)) return false;
  size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    long number = 0;
    if (!parse(line.substr(0, colon), &number)) return false;
    if (next_ >= 0 && number != next_ && number != 0) return false;
    next_ = number + 1;
    line.remove_prefix(colon + 1);
  }
  const size_t before = values_.size();
  for (std::string_view piece : pieces(line, ',')) {
    double value = 0;
    bool good = parse(piece, &value) && std::isfinite(value);
    if (header_.columns.empty()) good = good && value >= -32768 && value <= 32767;
    if (!good) return false;
    values_.push_back(static_cast<float>(value));
  }
  return header_.columns.empty() || values_.size() - before == header_.columns.size();
}

Result<std::string> recording_path(const Project& project, const RecordingName& name) {
  const DataOptions& data = project.data;
  if (!has_only(name.class_name, "/\\")) {
    return fail("\"{}\": can't be a class's name; it becomes a part of a path", name.class_name);
  }
  if (name.group.find('/') != std::string::npos) {
    return fail("\"{}\": can't be a group's name; it becomes a part of a file's name", name.group);
  }
  if (!name.group.empty() && data.format == DataFormat::kFolders && data.group_pattern.empty()) {
    return fail("the group would be lost; add data.group_pattern = '/([^_/]+)_[^/]*$' to {}",
                project.file.string());
  }
  const char* extension = project.input.kind == InputKind::kAudio ? ".wav" : ".csv";
  std::error_code error;
  for (size_t number = 0; number < 17576; ++number) {  // of three letters
    MOTE_TRY(const std::vector<std::string> names, names_of(project, name, number));
    bool read = false;
    for (const std::string& file : names) {
      std::string path = file + extension;
      if (!reads_as(data, name, path)) continue;
      read = true;
      if (!std::filesystem::exists(data.path / path, error)) return path;
      break;
    }
    if (!read) {
      return fail(
          "data.class_pattern or data.group_pattern reads none of the names that a "
          "recording of class \"{}\"{} could have, such as {}{}",
          name.class_name, name.group.empty() ? "" : " and group \"" + name.group + "\"",
          names.front(), extension);
    }
  }
  return fail("{}: has 17,576 recordings of class \"{}\" already", data.path.string(),
              name.class_name);
}

Result<void> write_recording(const Project& project, const RecordingName& name,
                             const std::string& path, const StreamHeader& header,
                             const std::vector<float>& values) {
  const std::filesystem::path file = project.data.path / path;
  MOTE_CHECK_OK(make_folder(file.parent_path()));
  MOTE_CHECK_OK(write_file(
      file, header.columns.empty() ? sound_file(header, values) : table_file(header, values)));
  if (project.data.format == DataFormat::kLabels) return add_row(project, name, path);
  return {};
}

}  // namespace mote::train
