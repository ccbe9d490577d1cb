// SPDX-License-Identifier: Apache-2.0
// Tables for people: columns as wide as their content, numbers to the right.
#ifndef MOTE_CLI_TABLE_H_
#define MOTE_CLI_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mote {

class Table {
 public:
  /// A heading that starts with '>' makes a right-aligned column.
  explicit Table(std::vector<std::string> headings);
  /// REQUIRES: as many cells as headings.
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // the headings first
};

/// 2656768 as "2,656,768".
std::string grouped(int64_t number);
/// "1 step", "2 steps".
std::string counted(size_t number, const std::string& noun);
/// At most `most` characters of UTF-8 text: its end, after "…" if something is left out.
std::string shortened(const std::string& text, size_t most);
/// The same of its beginning, before "…". REQUIRES: ASCII.
std::string shortened_end(const std::string& text, size_t most);

}  // namespace mote

#endif  // MOTE_CLI_TABLE_H_
