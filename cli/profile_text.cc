// SPDX-License-Identifier: Apache-2.0
#include "cli/profile_text.h"

#include <fmt/format.h>

#include "cli/table.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_number() ? json[key].get<double>() : 0;
}
bool known(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_number();
}
std::string text(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}
std::string count(const Json& json, const char* key) {
  return known(json, key) ? grouped(static_cast<int64_t>(number(json, key))) : "-";
}
/// With `digits` significant ones.
std::string real(const Json& json, const char* key, int digits = 4) {
  return known(json, key) ? fmt::format("{:.{}g}", number(json, key), digits) : "-";
}
std::string percent(const Json& json, const char* key) {
  return known(json, key) ? fmt::format("{:.1f} %", 100 * number(json, key)) : "-";
}

/// At least 4 digits, never in exponents: "0.01234", "43.21", "19,684".
std::string amount(const Json& json, const char* key) {
  if (!known(json, key)) return "-";
  double value = number(json, key);
  if (value >= 1000) return grouped(static_cast<int64_t>(value + 0.5));
  return fmt::format("{:.4g}", value);
}

const Json& part(const Json& json, const char* key) {
  static const Json kNone = Json::object();
  return json.contains(key) && json[key].is_object() ? json[key] : kNone;
}

std::string board_text(const Json& p) {
  const Json& board = part(p, "board");
  std::string clock = known(board, "clock_mhz") ? " at " + real(board, "clock_mhz") + " MHz" : "";
  return fmt::format("{} ({}), {}{}", text(board, "name"), text(board, "title"),
                     text(board, "core"), clock);
}

std::string of_limit(const Json& p, const char* key) {
  const Json& limits = part(p, "limits");
  if (!known(limits, key)) return " bytes";
  return fmt::format(" of {} bytes ({:.1f} %)", count(limits, key),
                     100 * number(p, key) / std::max(1.0, number(limits, key)));
}

std::string estimate_note(const Json& p) {
  const Json& timing = part(p, "timing");
  if (timing.empty()) {
    return "no timing model for this core: instructions only";
  }
  return fmt::format("estimates of the {} model, ± {:.0f} % (docs/timing.md)", text(timing, "core"),
                     100 * number(timing, "stated_error"));
}

std::string missing_for_latency(const Json& p) {
  return part(p, "timing").empty() ? "this core has no timing model" : "a bare core has no clock";
}

std::string energy_text(const Json& p) {
  if (known(p, "energy_uj")) {
    return fmt::format("{} µJ, an estimate: {} mW ({})", amount(p, "energy_uj"),
                       real(p, "active_mw"), text(p, "active_source"));
  }
  if (known(p, "active_mw")) return "unknown: " + missing_for_latency(p);
  return "unknown: " + text(p, "active_source");
}

std::string totals_text(const Json& p) {
  std::string out;
  auto line = [&](const char* what, const std::string& value) {
    out += fmt::format("{:<13} {}\n", what, value);
  };
  line("instructions", count(p, "instructions") + ", exactly");
  if (known(p, "cycles")) {
    line("cycles", fmt::format("{}, {} per MAC: {}", amount(p, "cycles"),
                               real(p, "cycles_per_mac", 3), estimate_note(p)));
  } else {
    line("cycles", estimate_note(p));
  }
  line("latency", known(p, "latency_ms") ? amount(p, "latency_ms") + " ms, an estimate"
                                         : "unknown: " + missing_for_latency(p));
  line("energy", energy_text(p));
  bool model_too = known(p, "image_ram_bytes") && number(p, "image_ram_bytes") > 0;
  line("RAM", fmt::format("{}{}: arena {}, {}variables {}, stack {}", count(p, "ram_bytes"),
                          of_limit(p, "ram_bytes"), count(p, "arena_bytes"),
                          model_too ? "model " + count(p, "image_ram_bytes") + ", " : "",
                          count(p, "variables_bytes"), count(p, "stack_bytes")));
  line("flash",
       fmt::format("{}{}: model {}, code {}", count(p, "flash_bytes"), of_limit(p, "flash_bytes"),
                   count(p, "image_bytes"), count(p, "code_bytes")));
  line("start-up",
       fmt::format("{} instructions, {} ms; {} and {} ms with the checksum, the first time",
                   count(p, "setup_instructions"), amount(p, "setup_ms"),
                   count(p, "first_setup_instructions"), amount(p, "first_setup_ms")));
  const Json& interpreter = part(p, "interpreter");
  line("interpreter",
       fmt::format("{} instructions, {:.3f} % of the inference", count(interpreter, "instructions"),
                   100 * number(interpreter, "share")));
  if (!text(p, "misfit").empty()) line("DOESN'T FIT", text(p, "misfit"));
  return out;
}

std::string operators_text(const Json& p) {
  Table table({">#", "operator", "output", "type", ">instructions", ">cycles", ">ms", ">µJ",
               ">MACs", ">cycles/MAC", ">share"});
  for (const Json& row : p["operators"]) {
    table.add({count(row, "index"), text(row, "operator"), shortened(text(row, "output"), 24),
               text(row, "type"), count(row, "instructions"), amount(row, "cycles"),
               amount(row, "latency_ms"), amount(row, "energy_uj"), count(row, "macs"),
               real(row, "cycles_per_mac", 3), percent(row, "share")});
  }
  table.add({"", "all", "", "", count(p, "instructions"), amount(p, "cycles"),
             amount(p, "latency_ms"), amount(p, "energy_uj"), count(p, "macs"),
             real(p, "cycles_per_mac", 3), "100.0 %"});
  return table.text();
}

std::string flash_text(const Json& p) {
  Table table({"room", "part", ">.text", ">.rodata", ">.data", ">.bss", ""});
  for (const Json& row : p["flash"]) {
    bool harness = row.contains("harness") && row["harness"] == true;
    table.add({text(row, "room"), text(row, "part"), count(row, "text"), count(row, "rodata"),
               count(row, "data"), count(row, "bss"),
               harness ? "for the virtual board, not counted" : ""});
  }
  return table.text();
}

/// b as a multiple of a.
std::string times(const Json& a, const Json& b, const char* key) {
  if (!known(a, key) || !known(b, key) || number(a, key) <= 0) return "-";
  return fmt::format("{:.3f} ×", number(b, key) / number(a, key));
}

struct Total {
  const char* key;
  const char* what;
};
constexpr Total kTotals[] = {
    {"instructions", "instructions"},
    {"cycles", "cycles (estimate)"},
    {"latency_ms", "latency, ms (estimate)"},
    {"energy_uj", "energy, µJ (estimate)"},
    {"macs", "MACs"},
    {"cycles_per_mac", "cycles per MAC (estimate)"},
    {"setup_instructions", "start-up instructions"},
    {"arena_bytes", "arena bytes"},
    {"stack_bytes", "stack bytes"},
    {"ram_bytes", "RAM bytes"},
    {"image_bytes", "model bytes"},
    {"code_bytes", "code bytes"},
    {"flash_bytes", "flash bytes"},
};

std::string operator_name(const Json* row) {
  return row ? text(*row, "operator") + " " + text(*row, "type") : "-";
}

}  // namespace

std::string profile_text(const Json& p) {
  return fmt::format("{} on {}\n{}\n{}\n{}", text(p, "model"), board_text(p), totals_text(p),
                     operators_text(p), flash_text(p));
}

std::string comparison_text(const Json& a, const Json& b) {
  std::string out = fmt::format("A  {} on {}\nB  {} on {}\n\n", text(a, "model"), board_text(a),
                                text(b, "model"), board_text(b));
  Table totals({"", ">A", ">B", ">B / A"});
  for (const Total& total : kTotals) {
    totals.add({total.what, amount(a, total.key), amount(b, total.key), times(a, b, total.key)});
  }
  out += totals.text() + "\n";
  bool timed = known(a, "cycles") && known(b, "cycles");
  const char* key = timed ? "cycles" : "instructions";
  Table rows({">#", "A", "B", fmt::format(">A {}", key), fmt::format(">B {}", key), ">B / A"});
  static const Json kNone;
  for (size_t i = 0; i < std::max(a["operators"].size(), b["operators"].size()); ++i) {
    const Json* x = i < a["operators"].size() ? &a["operators"][i] : nullptr;
    const Json* y = i < b["operators"].size() ? &b["operators"][i] : nullptr;
    const Json& xs = x ? *x : kNone;
    const Json& ys = y ? *y : kNone;
    rows.add({std::to_string(i), operator_name(x), operator_name(y), amount(xs, key),
              amount(ys, key), times(xs, ys, key)});
  }
  return out + rows.text();
}

}  // namespace mote
