// SPDX-License-Identifier: Apache-2.0
#include "engines/profile_json.h"

#include "base/host/file.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json ratio(double numerator, double denominator) {
  return denominator > 0 ? Json(numerator / denominator) : Json();
}

Json board_json(const Profile& p) {
  return {{"name", p.board},
          {"title", p.title},
          {"core", p.core},
          {"clock_mhz", or_null(p.clock_mhz)},
          {"machine", p.machine}};
}

Json timing_json(const Profile& p) {
  if (!p.timing) return {};
  return {{"core", p.timing->core},
          {"stated_error", p.timing->stated_error},
          {"source", p.timing->source}};
}

Json roofline_json(const Profile& p) {
  if (!p.timing) return {};
  return {{"peak_macs_per_cycle", p.timing->peak_macs_per_cycle},
          {"peak_bytes_per_cycle", p.timing->peak_bytes_per_cycle}};
}

Json limits_json(const Profile& p) {
  if (!p.flash || !p.ram) return {};
  return {{"flash_bytes", p.flash->bytes},
          {"flash", p.flash->name},
          {"ram_bytes", p.ram->bytes},
          {"ram", p.ram->name}};
}

/// The fields that totals and operators share.
void add_cost(const Profile& p, const Cost& cost, Json* json) {
  (*json)["instructions"] = cost.instructions;
  (*json)["cycles"] = or_null(p.cycles(cost));
  (*json)["latency_ms"] = or_null(p.latency_ms(cost));
  (*json)["energy_uj"] = or_null(p.energy_uj(cost));
}

/// An operator's part of the whole: of its cycles or, without them, of its instructions.
Json share(const Profile& p, const Cost& cost) {
  if (p.timing) return ratio(cost.cycles, p.total.cycles);
  return ratio(static_cast<double>(cost.instructions), static_cast<double>(p.total.instructions));
}

Json operator_json(const Profile& p, size_t index) {
  const OperatorProfile& row = p.operators[index];
  Json json = {
      {"index", index}, {"operator", row.name}, {"output", row.output}, {"type", row.type}};
  add_cost(p, row.cost, &json);
  json["macs"] = row.macs;
  json["cycles_per_mac"] =
      p.timing ? ratio(row.cost.cycles, static_cast<double>(row.macs)) : Json();
  json["share"] = share(p, row.cost);
  json["bytes_moved"] = row.bytes_moved;
  json["live_bytes"] = row.live_bytes;
  json["constant_bytes"] = row.constant_bytes;
  json["code_bytes"] = row.code_bytes;
  json["kernels"] = row.kernels;
  return json;
}

void add_memory(const Profile& p, Json* json) {
  (*json)["arena_bytes"] = p.footprint.arena_bytes;
  (*json)["arena_lower_bound_bytes"] = p.arena_lower_bound_bytes;
  (*json)["ram_bytes"] = p.footprint.ram_bytes();
  (*json)["stack_bytes"] = p.footprint.stack_bytes;
  (*json)["image_ram_bytes"] = p.footprint.image_ram_bytes;
  (*json)["variables_bytes"] = p.footprint.variables_bytes;
  (*json)["flash_bytes"] = p.footprint.flash_bytes();
  (*json)["code_bytes"] = p.footprint.code_bytes;
  (*json)["image_bytes"] = p.footprint.image_bytes;
  (*json)["limits"] = limits_json(p);
  (*json)["misfit"] = p.misfit.empty() ? Json() : Json(p.misfit);
}

Json functions_json(const Profile& p) {
  Json rows = Json::array();
  for (const FunctionProfile& f : p.functions) {
    rows.push_back({{"name", f.name},
                    {"room", f.room},
                    {"instructions", f.cost.instructions},
                    {"cycles", or_null(p.cycles(f.cost))}});
  }
  return rows;
}

Json allocations_json(const Profile& p) {
  Json rows = Json::array();
  for (const ProfileAllocation& a : p.allocations) {
    rows.push_back({{"name", a.name},
                    {"kind", a.kind},
                    {"offset", a.offset},
                    {"bytes", a.bytes},
                    {"first_operator", a.first_operator},
                    {"last_operator", a.last_operator}});
  }
  return rows;
}

Json flash_json(const Profile& p) {
  Json rows = Json::array();
  for (const FlashPart& part : p.footprint.parts) {
    rows.push_back({{"room", part.room},
                    {"part", part.part},
                    {"text", part.text},
                    {"rodata", part.rodata},
                    {"data", part.data},
                    {"bss", part.bss},
                    {"harness", part.harness}});
  }
  return rows;
}

}  // namespace

Json profile_json(const Profile& p) {
  Json json = {{"schema", kProfileSchema}, {"model", p.model}, {"board", board_json(p)}};
  json["timing"] = timing_json(p);
  add_cost(p, p.total, &json);
  json["active_mw"] = or_null(p.active_mw);
  json["active_source"] = p.active_source;
  json["macs"] = p.macs();
  json["cycles_per_mac"] = p.timing ? ratio(p.total.cycles, static_cast<double>(p.macs())) : Json();
  json["setup_instructions"] = p.setup.instructions;
  json["setup_cycles"] = or_null(p.cycles(p.setup));
  json["setup_ms"] = or_null(p.latency_ms(p.setup));
  json["first_setup_instructions"] = p.first_setup.instructions;
  json["first_setup_ms"] = or_null(p.latency_ms(p.first_setup));
  add_memory(p, &json);
  json["interpreter"] = {{"instructions", p.interpreter.instructions},
                         {"share", share(p, p.interpreter)}};
  json["operators"] = Json::array();
  for (size_t i = 0; i < p.operators.size(); ++i) json["operators"].push_back(operator_json(p, i));
  json["functions"] = functions_json(p);
  json["allocations"] = allocations_json(p);
  json["flash"] = flash_json(p);
  json["roofline"] = roofline_json(p);
  return json;
}

Result<Json> read_profile_json(const std::filesystem::path& path) {
  MOTE_TRY(std::string text, read_text(path));
  Json json = Json::parse(text, nullptr, false);
  bool good = json.is_object() && json.contains("schema") && json["schema"] == kProfileSchema &&
              json.contains("operators") && json["operators"].is_array();
  if (good) return json;
  return fail("{}: isn't a profile; write one with `mote profile MODEL --board B --json`",
              path.string());
}

}  // namespace mote
