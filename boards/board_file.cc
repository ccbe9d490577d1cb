// SPDX-License-Identifier: Apache-2.0
// The reader takes keys from a table one by one and keeps the first fault; after a fault it goes on
// with defaults, so that the schema below reads as a list.
#include "boards/board_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <limits>

#include "base/host/file.h"
#include "boards/machine.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace mote {
namespace {

constexpr uint64_t kAddressSpace = uint64_t{1} << 32;

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

BoardMemory read_memory(Fields fields) {
  BoardMemory memory;
  memory.name = fields.text("name");
  memory.kind = fields.one_of("kind", {"flash", "sram", "tcm", "psram"});
  if (fields.has("origin")) memory.origin = fields.whole("origin", 0, kAddressSpace - 1);
  memory.bytes = fields.whole("bytes", 1, kAddressSpace);
  if (fields.has("wait_states")) {
    memory.wait_states = static_cast<int64_t>(fields.whole("wait_states", 0, 100));
  }
  memory.tier = static_cast<int64_t>(fields.whole("tier", 0, 9));
  if (memory.origin && *memory.origin + memory.bytes > kAddressSpace) {
    fields.wrong("bytes", fmt::format("{} from {:#010x} leave the 32-bit address space",
                                      memory.bytes, *memory.origin));
  }
  return memory;
}

bool overlap(const BoardMemory& a, const BoardMemory& b) {
  return a.origin && b.origin && *a.origin < *b.origin + b.bytes && *b.origin < *a.origin + a.bytes;
}

std::vector<BoardMemory> read_memories(const toml::array* tables, Faults& faults) {
  std::vector<BoardMemory> memories;
  for (size_t i = 0; tables && i < tables->size(); ++i) {
    const toml::table& table = *tables->get(i)->as_table();
    Fields fields(table, fmt::format("memory[{}].", i), faults,
                  {"name", "kind", "origin", "bytes", "wait_states", "tier"});
    BoardMemory memory = read_memory(fields);
    for (const BoardMemory& other : memories) {
      if (other.name == memory.name) {
        fields.wrong("name",
                     fmt::format("\"{}\" is another's; each memory needs its own", memory.name));
      }
      if (overlap(memory, other)) {
        fields.wrong("origin",
                     fmt::format("\"{}\" overlaps \"{}\", which is {} bytes from {:#010x}",
                                 memory.name, other.name, other.bytes, *other.origin));
      }
    }
    memories.push_back(std::move(memory));
  }
  return memories;
}

/// A unit that a figure may be given in, and what one of it is in the figure's own.
struct Unit {
  std::string_view key;
  std::optional<double> factor;  // absent: the supply voltage is unknown
  double high;                   // the largest that is believed
};

BoardFigure read_figure(Fields fields, std::initializer_list<Unit> units) {
  BoardFigure figure;
  std::string names;
  const Unit* given = nullptr;
  int count = 0;
  for (const Unit& unit : units) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", unit.key);
    if (!fields.has(unit.key)) continue;
    given = &unit;
    ++count;
  }
  if (fields.has("unknown")) {
    if (given) fields.wrong(given->key, "excludes unknown; give one of them");
    if (fields.has("source")) fields.wrong("source", "excludes unknown; say all in unknown");
    figure.why = fields.text("unknown");
    return figure;
  }
  if (count != 1) {
    fields.wrong(given ? given->key : units.begin()->key,
                 fmt::format("must be exactly one of: {}, unknown", names));
    return figure;
  }
  double value = fields.number(given->key, 0, given->high);
  if (!given->factor) fields.wrong(given->key, "needs power.supply.volts");
  figure.value = value * given->factor.value_or(0);
  figure.why = fields.text("source");
  return figure;
}

void read_power(const toml::table* table, Board& board, Faults& faults) {
  if (!table) return;
  Fields power(*table, "power.", faults, {"supply", "active", "sleep"});
  const toml::table* supply = power.table("supply");
  const toml::table* active = power.table("active");
  const toml::table* sleep = power.table("sleep");
  if (!supply || !active || !sleep) return;
  board.supply_v = read_figure(
      Fields(*supply, "power.supply.", faults, {"volts", "source", "unknown"}), {{"volts", 1, 60}});
  std::optional<double> volts = board.supply_v.value, milliwatts_per_rate;
  if (volts) milliwatts_per_rate = *volts * board.clock_mhz / 1000;
  board.active_mw =
      read_figure(Fields(*active, "power.active.", faults,
                         {"milliwatts", "milliamps", "microamps_per_mhz", "source", "unknown"}),
                  {{"milliwatts", 1, 1e5},
                   {"milliamps", volts, 1e5},
                   {"microamps_per_mhz", milliwatts_per_rate, 1e5}});
  board.sleep_uw = read_figure(
      Fields(*sleep, "power.sleep.", faults, {"microwatts", "microamps", "source", "unknown"}),
      {{"microwatts", 1, 1e6}, {"microamps", volts, 1e6}});
}

void read_machine(Fields& root, Board& board) {
  if (!root.has("machine")) {
    if (!root.has("why")) root.wrong("machine", "is missing; name one or say why there is none");
    if (root.has("why")) board.why = root.text("why");
    return;
  }
  if (root.has("why")) root.wrong("why", "is for boards without machine; leave one of them out");
  board.machine = root.text("machine");
  Result<const Machine*> machine = find_machine(board.machine);
  if (!board.machine.empty() && !machine.ok()) root.wrong("machine", machine.error().message);
}

bool plain(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Board read_root(const toml::table& table, Faults& faults) {
  Fields root(table, "", faults,
              {"name", "title", "vendor", "core", "clock_mhz", "cache", "fpu", "dsp", "mve",
               "radio", "sensors", "machine", "why", "memory", "power"});
  Board board;
  board.name = root.text("name");
  if (!plain(board.name)) root.wrong("name", "must be lower-case letters, digits and hyphens");
  board.title = root.text("title");
  board.vendor = root.text("vendor");
  board.core = root.text("core");
  board.clock_mhz = root.number("clock_mhz", 0.01, 10000);
  board.cache = root.text("cache");
  board.fpu = root.one_of("fpu", {"none", "single", "double"});
  board.dsp = root.flag("dsp");
  board.mve = root.flag("mve");
  board.radio = root.texts("radio");
  board.sensors = root.texts("sensors");
  read_machine(root, board);
  board.memories = read_memories(root.tables("memory"), faults);
  read_power(root.table("power"), board, faults);
  return board;
}

}  // namespace

uint64_t Board::bytes(std::string_view kind) const {
  uint64_t sum = 0;
  for (const BoardMemory& memory : memories) sum += memory.kind == kind ? memory.bytes : 0;
  return sum;
}

Result<Board> read_board(std::string_view text, const std::string& name) {
  toml::parse_result parsed = toml::parse(text);
  Faults faults{name, {}};
  if (!parsed) {
    faults.add(parsed.error().source(), std::string(parsed.error().description()));
    return *faults.first;
  }
  Board board = read_root(parsed.table(), faults);
  if (faults.first) return *faults.first;
  return board;
}

Result<std::vector<Board>> shipped_boards() {
  std::vector<Board> boards;
  for (const auto& [path, text] : board_catalog()) {
    MOTE_TRY(Board board, read_board(text, path));
    boards.push_back(std::move(board));
  }
  return boards;
}

Result<Board> find_board(const std::string& name_or_path) {
  if (std::filesystem::path(name_or_path).extension() == ".toml") {
    MOTE_TRY(std::string text, read_text(name_or_path));
    return read_board(text, name_or_path);
  }
  std::string known;
  for (const auto& [path, text] : board_catalog()) {
    std::string name = std::filesystem::path(path).stem().string();
    if (name == name_or_path) return read_board(text, path);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  return fail("{}: no such board; there are: {}, or the path of a .toml file", name_or_path, known);
}

}  // namespace mote
