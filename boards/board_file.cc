// SPDX-License-Identifier: Apache-2.0
// The schema, as a list of what is taken from each table (board_fields.h).
#include "boards/board_file.h"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <initializer_list>

#include "base/host/file.h"
#include "boards/board_fields.h"
#include "boards/machine.h"

namespace mote {
namespace {

constexpr uint64_t kAddressSpace = uint64_t{1} << 32;

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

void check_shape(Fields& fields, const BoardCache& cache) {
  if (!std::has_single_bit(cache.line_bytes)) {
    fields.wrong("line_bytes", "must be a power of two");
    return;
  }
  uint64_t way_bytes = cache.line_bytes * cache.ways;
  if (cache.bytes % way_bytes != 0 || !std::has_single_bit(cache.bytes / way_bytes)) {
    fields.wrong("bytes",
                 fmt::format("{} must be line_bytes * ways = {} times a power of two: the sets",
                             cache.bytes, way_bytes));
  }
}

BoardCache read_cache(Fields fields) {
  BoardCache cache;
  std::string serves = fields.one_of("serves", {"instructions", "data", "both"});
  cache.instructions = serves != "data";
  cache.data = serves != "instructions";
  cache.memories = fields.texts("memory");
  if (fields.has("unknown")) {
    for (std::string_view key : {"bytes", "line_bytes", "ways", "miss_cycles", "source"}) {
      if (fields.has(key)) fields.wrong(key, "excludes unknown; give one of them");
    }
    cache.why = fields.text("unknown");
    return cache;
  }
  cache.known = true;
  cache.bytes = fields.whole("bytes", 4, 1u << 24);
  cache.line_bytes = fields.whole("line_bytes", 4, 4096);
  cache.ways = fields.whole("ways", 1, 1024);
  cache.miss_cycles = fields.number("miss_cycles", 0, 1000);
  cache.why = fields.text("source");
  check_shape(fields, cache);
  return cache;
}

/// Whether both serve the same accesses of this memory.
bool compete(const BoardCache& a, const BoardCache& b, const std::string& memory) {
  bool same = (a.instructions && b.instructions) || (a.data && b.data);
  return same && a.serves(memory) && b.serves(memory);
}

void check_memories_of(Fields& fields, const BoardCache& cache, const Board& board) {
  if (cache.memories.empty()) fields.wrong("memory", "must name a memory or more");
  for (const std::string& memory : cache.memories) {
    bool there = std::any_of(board.memories.begin(), board.memories.end(),
                             [&](const BoardMemory& m) { return m.name == memory; });
    if (!there) fields.wrong("memory", fmt::format("\"{}\" is no [[memory]]'s name", memory));
    for (const BoardCache& other : board.caches) {
      if (!compete(cache, other, memory)) continue;
      fields.wrong("memory", fmt::format("\"{}\" has another cache for the same accesses", memory));
    }
  }
}

/// REQUIRES: the board's memories are read.
void read_caches(const toml::array* tables, Board& board, Faults& faults) {
  for (size_t i = 0; tables && i < tables->size(); ++i) {
    Fields fields(
        *tables->get(i)->as_table(), fmt::format("cache[{}].", i), faults,
        {"serves", "memory", "bytes", "line_bytes", "ways", "miss_cycles", "source", "unknown"});
    BoardCache cache = read_cache(fields);
    check_memories_of(fields, cache, board);
    board.caches.push_back(std::move(cache));
  }
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
  board.fpu = root.one_of("fpu", {"none", "single", "double"});
  board.dsp = root.flag("dsp");
  board.mve = root.flag("mve");
  board.radio = root.texts("radio");
  board.sensors = root.texts("sensors");
  read_machine(root, board);
  board.memories = read_memories(root.tables("memory"), faults);
  if (root.has("cache")) read_caches(root.tables("cache"), board, faults);
  read_power(root.table("power"), board, faults);
  return board;
}

}  // namespace

bool BoardCache::serves(std::string_view memory) const {
  return std::find(memories.begin(), memories.end(), memory) != memories.end();
}

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
