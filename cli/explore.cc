// SPDX-License-Identifier: Apache-2.0
#include "cli/explore.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <random>

#include "cli/table.h"
#include "ir/builder.h"

namespace mote {
namespace {

Result<std::vector<Variant>> all_variants(const Graph& graph, const std::string& model,
                                          const std::string& board, const CompileFlags& flags) {
  MOTE_TRY(BoardTarget target, find_target(board));
  std::mt19937 random(1);
  Values sample = random_inputs(random, graph);
  bool terminal = isatty(STDERR_FILENO);
  auto progress = [&](const std::string& what) {
    if (terminal) fmt::print(stderr, "{} …\n", what);
  };
  Result<std::vector<Variant>> variants =
      explore(graph, model, target, sample, flags.max_ram.value_or(UINT32_MAX), progress);
  if (!variants.ok()) return fail("{}: {}", model, variants.error().message);
  return variants;
}

using Json = nlohmann::ordered_json;

Json or_null(std::optional<double> value) {
  return value ? Json(*value) : Json();
}

std::string variants_json(const std::vector<Variant>& variants, const std::string& model,
                          const std::string& board) {
  Json json = {{"schema", "mote.explore/1"}, {"model", model}, {"board", board}};
  json["variants"] = Json::array();
  for (const Variant& v : variants) {
    const Profile& p = v.profile;
    json["variants"].push_back({{"kernels", v.kernels.name},
                                {"operators", v.arrangement.what},
                                {"weights_in", v.weights_in_ram ? "ram" : "flash"},
                                {"instructions", p.total.instructions},
                                {"cycles", or_null(p.cycles(p.total))},
                                {"latency_ms", or_null(p.latency_ms(p.total))},
                                {"energy_uj", or_null(p.energy_uj(p.total))},
                                {"macs", v.arrangement.macs},
                                {"arena_bytes", p.footprint.arena_bytes},
                                {"ram_bytes", p.footprint.ram_bytes()},
                                {"flash_bytes", p.footprint.flash_bytes()},
                                {"best", v.best}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string or_dash(std::optional<double> value, int digits) {
  return value ? fmt::format("{:.{}g}", *value, digits) : "-";
}

}  // namespace

Result<std::string> explore_text(const Graph& graph, const std::string& model,
                                 const std::string& board, const CompileFlags& flags, bool json) {
  MOTE_TRY(std::vector<Variant> variants, all_variants(graph, model, board, flags));
  if (json) return variants_json(variants, model, board);
  Table table({"kernels", "operators", "weights", ">instructions", ">cycles", ">ms", ">µJ", ">MACs",
               ">arena", ">RAM", ">flash", "best"});
  for (const Variant& v : variants) {
    const Profile& p = v.profile;
    auto whole = [](uint64_t count) { return grouped(static_cast<int64_t>(count)); };
    auto cycles = p.cycles(p.total);
    table.add({v.kernels.name, v.arrangement.what, v.weights_in_ram ? "RAM" : "flash",
               whole(p.total.instructions), cycles ? grouped(static_cast<int64_t>(*cycles)) : "-",
               or_dash(p.latency_ms(p.total), 4), or_dash(p.energy_uj(p.total), 4),
               grouped(v.arrangement.macs), whole(p.footprint.arena_bytes),
               whole(p.footprint.ram_bytes()), whole(p.footprint.flash_bytes()),
               v.best ? "*" : ""});
  }
  return fmt::format(
      "{} on {}\n{}* none is as good in time, RAM and flash and better in one of them. Cycles, ms "
      "and µJ are estimates.\n",
      model, board, table.text());
}

Result<Variant> best_variant(const Graph& graph, const std::string& model, const std::string& board,
                             const CompileFlags& flags, const std::string& objective) {
  MOTE_TRY(std::vector<Variant> variants, all_variants(graph, model, board, flags));
  Objective wanted = objective == "latency" ? Objective::kLatency
                     : objective == "ram"   ? Objective::kRam
                                            : Objective::kFlash;
  return choose(variants, wanted);
}

}  // namespace mote
