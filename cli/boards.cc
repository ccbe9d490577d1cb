// SPDX-License-Identifier: Apache-2.0
// mote boards: the boards that mote knows, side by side; or one, with where its figures come from.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "boards/board_file.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct BoardsOptions {
  std::string board;
  bool json = false;
};

Json figure_json(const BoardFigure& figure) {
  if (!figure.value) return {{"unknown", figure.why}};
  return {{"value", *figure.value}, {"source", figure.why}};
}

std::string served(const BoardCache& cache) {
  if (cache.instructions && cache.data) return "both";
  return cache.instructions ? "instructions" : "data";
}

Json memory_json(const BoardMemory& memory) {
  Json json = {{"name", memory.name}, {"kind", memory.kind}};
  if (memory.origin) json["origin"] = *memory.origin;
  json["bytes"] = memory.bytes;
  if (memory.wait_states) json["wait_states"] = *memory.wait_states;
  json["tier"] = memory.tier;
  return json;
}

Json cache_json(const BoardCache& cache) {
  Json json = {{"serves", served(cache)}, {"memory", cache.memories}};
  if (!cache.known) {
    json["unknown"] = cache.why;
    return json;
  }
  json["bytes"] = cache.bytes;
  json["line_bytes"] = cache.line_bytes;
  json["ways"] = cache.ways;
  json["miss_cycles"] = cache.miss_cycles;
  json["source"] = cache.why;
  return json;
}

Json board_json(const Board& board) {
  Json json = {{"name", board.name},
               {"title", board.title},
               {"vendor", board.vendor},
               {"core", board.core},
               {"clock_mhz", board.clock_mhz},
               {"fpu", board.fpu},
               {"dsp", board.dsp},
               {"mve", board.mve},
               {"radio", board.radio},
               {"sensors", board.sensors}};
  if (!board.machine.empty()) json["machine"] = board.machine;
  if (!board.why.empty()) json["why"] = board.why;
  json["memories"] = Json::array();
  for (const BoardMemory& memory : board.memories) json["memories"].push_back(memory_json(memory));
  json["caches"] = Json::array();
  for (const BoardCache& cache : board.caches) json["caches"].push_back(cache_json(cache));
  json["power"] = {{"supply_v", figure_json(board.supply_v)},
                   {"active_mw", figure_json(board.active_mw)},
                   {"sleep_uw", figure_json(board.sleep_uw)}};
  return json;
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : "unknown";
}

std::string kibibytes(uint64_t bytes) {
  return bytes ? grouped(static_cast<int64_t>(bytes / 1024)) : "-";
}

std::string listed(const std::vector<std::string>& words) {
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

std::string units(const Board& board) {
  std::vector<std::string> all;
  if (board.fpu != "none") all.push_back(board.fpu + " FPU");
  if (board.dsp) all.push_back("DSP");
  if (board.mve) all.push_back("MVE");
  return listed(all);
}

std::string emulated_as(const Board& board) {
  return board.machine.empty() ? "-" : board.machine;
}

void print_comparison(const std::vector<Board>& boards) {
  Table table(
      {"board", "core", ">MHz", ">flash KiB", ">RAM KiB", "units", ">active mW", "emulated as"});
  for (const Board& board : boards) {
    table.add({board.name, board.core, number(board.clock_mhz), kibibytes(board.bytes("flash")),
               kibibytes(board.bytes("sram") + board.bytes("tcm")), units(board),
               number(board.active_mw.value), emulated_as(board)});
  }
  fmt::print(
      "{}\nRAM: SRAM and tightly coupled memory, without PSRAM. mote boards NAME shows one.\n",
      table.text());
}

void print_memories(const Board& board) {
  Table table({"memory", "kind", "origin", ">bytes", ">wait states", ">tier"});
  for (const BoardMemory& memory : board.memories) {
    table.add({memory.name, memory.kind,
               memory.origin ? fmt::format("{:#010x}", *memory.origin) : "unknown",
               grouped(static_cast<int64_t>(memory.bytes)),
               memory.wait_states ? std::to_string(*memory.wait_states) : "unknown",
               std::to_string(memory.tier)});
  }
  fmt::print("\n{}\n", table.text());
}

void print_figure(const char* what, const char* unit, const BoardFigure& figure) {
  fmt::print("{:<8} {}{}\n         {}\n", what, number(figure.value), figure.value ? unit : "",
             figure.why);
}

void print_caches(const Board& board) {
  if (board.caches.empty()) fmt::print("cache    none\n");
  for (const BoardCache& cache : board.caches) {
    std::string what = cache.instructions && cache.data ? "instructions and data" : served(cache);
    std::string shape = "shape unknown";
    if (cache.known) {
      shape =
          fmt::format("{} bytes in lines of {}, {} way{}, a miss stalls {:.4g} cycles", cache.bytes,
                      cache.line_bytes, cache.ways, cache.ways == 1 ? "" : "s", cache.miss_cycles);
    }
    fmt::print("cache    {} of {}: {}\n         {}\n", what, listed(cache.memories), shape,
               cache.why);
  }
}

void print_board(const Board& board) {
  fmt::print("{}  {}, by {}\n", board.name, board.title, board.vendor);
  fmt::print("core     {} at {} MHz\n", board.core, number(board.clock_mhz));
  fmt::print("units    {}\n", units(board));
  print_caches(board);
  fmt::print("radio    {}\n", listed(board.radio));
  fmt::print("sensors  {}\n", listed(board.sensors));
  fmt::print("machine  {}\n", board.machine.empty() ? "none: " + board.why : board.machine);
  print_memories(board);
  print_figure("supply", " V", board.supply_v);
  print_figure("active", " mW", board.active_mw);
  print_figure("sleep", " µW", board.sleep_uw);
}

Result<ExitCode> show_boards(const BoardsOptions& options) {
  std::vector<Board> boards;
  if (options.board.empty()) {
    MOTE_TRY(boards, shipped_boards());
  } else {
    MOTE_TRY(Board board, find_board(options.board));
    boards.push_back(std::move(board));
  }
  if (options.json) {
    Json json = {{"schema", "mote.boards/1"}, {"boards", Json::array()}};
    for (const Board& board : boards) json["boards"].push_back(board_json(board));
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  } else if (options.board.empty()) {
    print_comparison(boards);
  } else {
    print_board(boards[0]);
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_boards(CLI::App& command) {
  auto options = std::make_shared<BoardsOptions>();
  command.add_option("board", options->board, "A board's name, or the path of a .toml file");
  command.add_flag("--json", options->json, "Print JSON (docs/boards.md)");
  return [options] { return show_boards(*options); };
}

}  // namespace mote
