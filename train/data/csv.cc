// SPDX-License-Identifier: Apache-2.0
#include "train/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ir/comparator.h"
#include "train/data/npy.h"

namespace mote::train {
namespace {

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Goes through lines that aren't empty.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    constexpr std::string_view kMark = "\xef\xbb\xbf";  // of UTF-8, as spreadsheets write it
    if (text_.substr(0, 3) == kMark) text_.remove_prefix(3);
  }
  bool next(std::string_view* line) {
    while (!text_.empty()) {
      size_t end = std::min(text_.find('\n'), text_.size());
      *line = trimmed(text_.substr(0, end));
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++number_;
      if (!line->empty()) return true;
    }
    return false;
  }
  size_t number() const { return number_; }

 private:
  std::string_view text_;
  size_t number_ = 0;
};

char separator_of(std::string_view line) {
  for (char c : {',', ';', '\t'}) {
    if (line.find(c) != std::string_view::npos) return c;
  }
  return ',';
}

/// One cell in quotes, two quotes being one; false if they don't end.
bool take_quoted(std::string_view* rest, std::string* cell) {
  for (size_t i = 1; i < rest->size(); ++i) {
    if ((*rest)[i] != '"') {
      *cell += (*rest)[i];
    } else if (i + 1 < rest->size() && (*rest)[i + 1] == '"') {
      *cell += (*rest)[i++];
    } else {
      return rest->remove_prefix(i + 1), true;
    }
  }
  return false;
}

Result<std::vector<std::string>> cells_of(std::string_view rest, char separator, size_t line) {
  std::vector<std::string> cells;
  while (true) {
    std::string quoted;
    while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
    if (!rest.empty() && rest[0] == '"' && !take_quoted(&rest, &quoted)) {
      return fail("line {}: a quote doesn't end", line);
    }
    size_t end = std::min(rest.find(separator), rest.size());
    cells.push_back(quoted + std::string(trimmed(rest.substr(0, end))));
    if (end == rest.size()) return cells;
    rest.remove_prefix(end + 1);
  }
}

bool number_of(std::string_view cell, float* value) {
  cell = trimmed(cell);
  if (!cell.empty() && cell[0] == '+') cell.remove_prefix(1);
  double number = 0;
  auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  *value = static_cast<float>(number);
  return error == std::errc() && end == cell.data() + cell.size() && std::isfinite(*value);
}

/// Appends a row; the number of its cells, or 0 where cell `*bad` isn't a number.
size_t append_row(std::string_view line, char separator, std::vector<float>* values,
                  std::string_view* bad) {
  for (size_t cells = 1;; ++cells) {
    size_t end = std::min(line.find(separator), line.size());
    float value = 0;
    if (!number_of(*bad = line.substr(0, end), &value)) return 0;
    values->push_back(value);
    if (end == line.size()) return cells;
    line.remove_prefix(end + 1);
  }
}

Result<NumberTable> table_of(const NpyArray& array) {
  if (array.dims.empty() || array.dims.size() > 2) {
    return fail("has {} dimensions; [rows, columns] is needed", array.dims.size());
  }
  NumberTable table;
  size_t columns = array.dims.size() == 2 ? static_cast<size_t>(array.dims[1]) : 1;
  for (size_t i = 0; i < columns; ++i) table.headings.push_back(fmt::format("{}", i + 1));
  for (int64_t i = 0; i < array.shape_elements; ++i) {
    float value = static_cast<float>(element_value(array.dtype, array.data, i));
    if (!std::isfinite(value)) return fail("holds a value that isn't a number");
    table.values.push_back(value);
  }
  return table;
}

}  // namespace

size_t TextTable::column(std::string_view heading) const {
  return static_cast<size_t>(std::find(headings.begin(), headings.end(), heading) -
                             headings.begin());
}

Result<TextTable> parse_text_table(std::string_view text) {
  TextTable table;
  Lines lines(text);
  std::string_view line;
  char separator = ',';
  while (lines.next(&line)) {
    if (table.headings.empty()) separator = separator_of(line);
    MOTE_TRY(std::vector<std::string> cells, cells_of(line, separator, lines.number()));
    if (table.headings.empty()) {
      table.headings = std::move(cells);
    } else if (cells.size() != table.headings.size()) {
      return fail("line {}: has {} cells, the headings are {}", lines.number(), cells.size(),
                  table.headings.size());
    } else {
      table.rows.push_back({lines.number(), std::move(cells)});
    }
  }
  if (table.headings.empty()) return fail("is empty; a line of headings is needed");
  return table;
}

Result<NumberTable> parse_number_table(std::string_view text) {
  NumberTable table;
  Lines lines(text);
  std::string_view line, bad;
  if (!lines.next(&line)) return fail("is empty");
  char separator = separator_of(line);
  MOTE_TRY(table.headings, cells_of(line, separator, lines.number()));
  size_t columns = table.headings.size();
  if (append_row(line, separator, &table.values, &bad) != 0) {
    for (size_t i = 0; i < columns; ++i) table.headings[i] = fmt::format("{}", i + 1);
  } else {
    table.values.clear();
  }
  while (lines.next(&line)) {
    size_t cells = append_row(line, separator, &table.values, &bad);
    if (cells == 0) return fail("line {}: \"{}\" isn't a number", lines.number(), bad);
    if (cells != columns) {
      return fail("line {}: has {} cells, the first one has {}", lines.number(), cells, columns);
    }
  }
  return table;
}

Result<NumberTable> read_number_table(const std::filesystem::path& path) {
  if (path.extension() == ".npy") {
    MOTE_TRY(const NpyArray array, read_npy(path));
    return table_of(array);
  }
  MOTE_TRY(const std::string text, read_text(path));
  return parse_number_table(text);
}

}  // namespace mote::train
