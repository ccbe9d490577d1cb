// SPDX-License-Identifier: Apache-2.0
// Lines that matter, behind the heading "Linker script and memory map":
//
//     .text           0x00000000     0x1f40          an output section, at the line's start
//      .text.main     0x00000124       0x5c a.o      an input section, one space in
//      .text.a_name_longer_than_its_column
//                     0x00000180       0x10 a.o      its numbers on the next line
//      *fill*         0x00000190        0x4          a gap
#include "boards/link_map.h"

#include <sstream>

namespace mote {
namespace {

constexpr const char* kHeading = "Linker script and memory map";

/// Address, size and the rest of a line's numbers part.
struct Numbers {
  uint32_t address = 0, bytes = 0;
  std::string rest;
};

/// Reads "0x… 0x… rest"; false if the words aren't that.
bool read_numbers(std::istringstream& words, Numbers* out) {
  std::string address, bytes;
  if (!(words >> address >> bytes)) return false;
  if (!address.starts_with("0x") || !bytes.starts_with("0x")) return false;
  out->address = static_cast<uint32_t>(std::strtoull(address.c_str(), nullptr, 16));
  out->bytes = static_cast<uint32_t>(std::strtoull(bytes.c_str(), nullptr, 16));
  words >> std::ws;
  std::getline(words, out->rest);
  return true;
}

class MapReader {
 public:
  explicit MapReader(const std::string& text) : lines_(text) {}

  Result<std::vector<LinkPiece>> read() {
    for (std::string line; std::getline(lines_, line);) {
      if (line.starts_with(kHeading)) return read_body();
    }
    return fail("the linker's map has no line \"{}\"", kHeading);
  }

 private:
  std::vector<LinkPiece> read_body() {
    for (std::string line; std::getline(lines_, line);) {
      if (line.empty()) continue;
      if (line[0] != ' ') {
        start_section(line);
      } else if (line.size() > 1 && line[1] != ' ') {
        take_input(line);
      }
    }
    return std::move(pieces_);
  }

  void start_section(const std::string& line) {
    std::istringstream words(line);
    words >> section_;
    bool loaded = section_.starts_with('.') && !section_.starts_with(".debug") &&
                  !section_.starts_with(".comment") && !section_.starts_with(".ARM.attributes") &&
                  !section_.starts_with(".riscv.attributes");
    if (!loaded) section_.clear();
  }

  void take_input(const std::string& line) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    bool is_input = name.starts_with('.') || name == "COMMON" || name == "*fill*";
    if (section_.empty() || !is_input) return;
    Numbers numbers;
    std::string next;
    if (words >> std::ws; words.eof() && std::getline(lines_, next)) {
      words = std::istringstream(next);
    }
    if (!read_numbers(words, &numbers) || numbers.bytes == 0) return;
    bool gap = name == "*fill*";
    pieces_.push_back({section_, name, numbers.address, numbers.bytes, gap ? "" : numbers.rest});
  }

  std::istringstream lines_;
  std::string section_;  // empty: one that doesn't count
  std::vector<LinkPiece> pieces_;
};

}  // namespace

Result<std::vector<LinkPiece>> read_link_map(const std::string& text) {
  return MapReader(text).read();
}

}  // namespace mote
