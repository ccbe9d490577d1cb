// SPDX-License-Identifier: Apache-2.0
// Tables in text: rows of cells between commas, semicolons or tabs, cells in quotes if need be, a
// line of headings or none.
#ifndef MOTE_TRAIN_DATA_CSV_H_
#define MOTE_TRAIN_DATA_CSV_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"

namespace mote::train {

/// A table of texts with headings. Spaces around cells are gone.
struct TextTable {
  std::vector<std::string> headings;
  struct Row {
    size_t line = 0;  // from 1
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;

  /// Index of a heading, or headings.size().
  size_t column(std::string_view heading) const;
};

/// Errors, with the line: another number of cells than headings, quotes that don't end.
Result<TextTable> parse_text_table(std::string_view text);

/// A table of numbers. Without headings, these are "1", "2", ….
struct NumberTable {
  std::vector<std::string> headings;
  std::vector<float> values;  // [rows, columns]

  size_t columns() const { return headings.size(); }
  size_t rows() const { return headings.empty() ? 0 : values.size() / headings.size(); }
};

/// The first line is headings if a cell of it isn't a number. Errors, with the line: a cell that
/// isn't a number, rows of different length.
Result<NumberTable> parse_number_table(std::string_view text);

/// A .csv or .npy file ([rows, columns], or [rows] for one column). Messages don't name the path;
/// the caller does.
Result<NumberTable> read_number_table(const std::filesystem::path& path);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_CSV_H_
