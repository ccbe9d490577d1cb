// SPDX-License-Identifier: Apache-2.0
// Any files, and a CSV: a column with their paths relative to the data's folder, one with the class
// or number, and more, which become Example::columns.
#include "base/host/file.h"
#include "train/data/csv.h"
#include "train/data/formats/listing.h"

namespace mote::train {
namespace {

Error no_column(const Project& project, const TextTable& table, const char* key,
                const std::string& name) {
  return fail("{}: line 1: has no column \"{}\" (data.{}); there are: {}",
              project.data.labels.string(), name, key, fmt::join(table.headings, ", "));
}

}  // namespace

Result<Listing> list_labels(const Project& project, const std::filesystem::path& root) {
  const DataOptions& data = project.data;
  MOTE_TRY(const std::string text, read_text(data.labels));
  Result<TextTable> table = parse_text_table(text);
  if (!table.ok()) return fail("{}: {}", data.labels.string(), table.error().message);
  size_t columns = table->headings.size(), file = table->column(data.file_column);
  size_t label = table->column(data.label_column), group = table->column(data.group_column);
  if (file == columns) return no_column(project, *table, "file_column", data.file_column);
  if (label == columns) return no_column(project, *table, "label_column", data.label_column);
  Listing listing;
  for (const TextTable::Row& row : table->rows) {
    Found found;
    found.class_name = row.cells[label];
    found.example.path = std::filesystem::path(row.cells[file]).generic_string();
    if (group < columns) found.example.group = row.cells[group];
    for (size_t i = 0; i < columns; ++i) {
      if (i == file || i == label) continue;
      found.example.columns[table->headings[i]] = row.cells[i];
      if (table->headings[i] == "split") found.given = split_named(row.cells[i]);
    }
    std::error_code error;
    if (std::filesystem::is_regular_file(root / found.example.path, error)) {
      listing.found.push_back(std::move(found));
      continue;
    }
    listing.skipped.push_back(
        {found.example.path,
         fmt::format("isn't there; {} names it in line {}", data.labels.string(), row.line)});
  }
  if (listing.found.empty()) {
    return fail("{}: names no file that is in {}{}", data.labels.string(), root.string(),
                listing.skipped.empty()
                    ? ""
                    : fmt::format(", such as \"{}\"", listing.skipped.front().path));
  }
  return listing;
}

}  // namespace mote::train
