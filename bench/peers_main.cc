// SPDX-License-Identifier: Apache-2.0
// Prints what mote reaches on the benchmark's models beside its peers and the targets that it has
// set itself, and holds instruction counts, which repeat exactly, to a committed baseline:
//
//     build/bench/peers                                    # tables
//     build/bench/peers --json
//     build/bench/peers --baseline bench/baseline.json     # exit status 1 if anything got 2 %
//     worse build/bench/peers --write-baseline bench/baseline.json
//
// Models and the peers' figures come from ../shared/data or $MOTE_SHARED_DATA; what isn't there is
// left out. The model tones ships with mote and is always measured.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "bench/common.h"
#include "bench/reached.h"
#include "cli/table.h"

namespace mote::bench {
namespace {

using Json = nlohmann::ordered_json;
using PerModel = std::array<double, kModels.size()>;

constexpr double kMostWorse = 1.02;  // of the baseline

struct Row {
  std::string what;
  std::string model;
  double reached, target;
  double peer = 0;  // 0: none
};

/// What a row of PerModel says of a model; all figures are wanted to be small.
struct Limit {
  const char* what;
  const char* core;
  double (*reached)(const Profile&);
  PerModel target;
  PerModel peer;
};

double cycles_per_mac(const Profile& p) {
  return p.cycles(p.total).value_or(0) / static_cast<double>(p.macs());
}
double instructions(const Profile& p) {
  return static_cast<double>(p.total.instructions);
}
double ram(const Profile& p) {
  return static_cast<double>(p.footprint.ram_bytes());
}
double code(const Profile& p) {
  return static_cast<double>(p.footprint.code_bytes);
}
double start(const Profile& p) {
  return static_cast<double>(p.setup.instructions);
}
double interpreter_percent(const Profile& p) {
  return 100 * static_cast<double>(p.interpreter.instructions) / instructions(p);
}

/// The best published cycles per MAC of each core include the waits for its board's flash; mote's
/// are those of the bare core.
const Limit kLimits[] = {
    {"cycles/MAC on cortex-m4",
     "cortex-m4",
     cycles_per_mac,
     {1.80, 1.35, 1.30, 1.60},
     {1.95, 1.42, 1.58, 1.84}},
    {"cycles/MAC on cortex-m0",
     "cortex-m0",
     cycles_per_mac,
     {11.4, 12.1, 7.8, 9.9},
     {11.4, 12.1, 7.8, 9.9}},
    {"cycles/MAC on cortex-m33",
     "cortex-m33",
     cycles_per_mac,
     {1.75, 1.27, 1.33, 1.87},
     {1.75, 1.27, 1.33, 1.87}},
    {"cycles/MAC on cortex-m7",
     "cortex-m7",
     cycles_per_mac,
     {1.19, 0.89, 0.91, 1.15},
     {1.19, 0.89, 0.91, 1.15}},
    {"RAM bytes", "cortex-m4", ram, {17536, 58368, 52224, 2304}, {}},  // activations + 1.5 or 3 kB
    {"start-up instructions", "cortex-m4", start, {20000, 20000, 20000, 20000}, {}},
    {"% in the interpreter", "cortex-m4", interpreter_percent, {2, 0.5, 2, 2}, {4.1, 0.1, 0, 0}},
};

/// A field of a peer in peers.json, and which part of it mote may take.
struct PeerLimit {
  const char* what;
  const char* core;
  double (*reached)(const Profile&);
  const char* peer;
  const char* field;
  double part;
};

const PeerLimit kPeerLimits[] = {
    {"instructions on cortex-m4", "cortex-m4", instructions, "cortex-m4 TFLM + CMSIS-NN",
     "instructions", 0.6},
    {"instructions on cortex-m55", "cortex-m55", instructions, "cortex-m55 TFLM + CMSIS-NN",
     "instructions", 0.7},
    {"instructions on rv32imc", "rv32imc", instructions, "rv32im TFLM reference kernels",
     "instructions", 0.3},
    {"code bytes on cortex-m4", "cortex-m4", code, "cortex-m4 TFLM + CMSIS-NN", "code_bytes", 0.35},
};

/// The profile of a model on a core, if it was there.
const Profile* find_profile(const Reached& r, const std::string& core, const std::string& model) {
  auto found = r.profiles.find(core);
  if (found == r.profiles.end()) return nullptr;
  auto profile = found->second.find(model);
  return profile == found->second.end() ? nullptr : &profile->second;
}

/// What peers.json has of a model on an x86 host: its "us" or "instructions".
double host_peer(const Json& peers, const std::string& model, const char* what) {
  for (const auto& [name, models] : peers.items()) {
    if (name.starts_with("x86-64") && models.contains(model)) return models[model].value(what, 0.0);
  }
  return 0;
}

std::vector<Row> rows_of(const Reached& r, const Json& peers) {
  std::vector<Row> rows;
  for (size_t m = 0; m < kModels.size(); ++m) {
    const std::string model = kModels[m];
    for (const Limit& limit : kLimits) {
      const Profile* p = find_profile(r, limit.core, model);
      if (p) rows.push_back({limit.what, model, limit.reached(*p), limit.target[m], limit.peer[m]});
    }
    for (const PeerLimit& limit : kPeerLimits) {
      const Profile* p = find_profile(r, limit.core, model);
      if (!p || !peers.contains(limit.peer) || !peers[limit.peer].contains(model)) continue;
      double peer = peers[limit.peer][model].value(limit.field, 0.0);
      rows.push_back({limit.what, model, limit.reached(*p), limit.part * peer, peer});
    }
    if (const Profile* p = find_profile(r, "cortex-m4", model)) {
      double file = static_cast<double>(r.tflite_bytes.at(model));
      rows.push_back({"model bytes on cortex-m4", model,
                      static_cast<double>(p->footprint.image_bytes), file, file});
    }
    double us = host_peer(peers, model, "us");
    if (us > 0 && r.host_us.contains(model)) {
      rows.push_back({"µs on this host", model, r.host_us.at(model), us / 20, us});
    }
    double counted = host_peer(peers, model, "instructions");
    if (counted > 0 && r.host_instructions.contains(model)) {
      double reached = static_cast<double>(r.host_instructions.at(model));
      rows.push_back({"instructions on this host", model, reached, counted / 20, counted});
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.what < b.what; });
  return rows;
}

std::string number(double value) {
  return value >= 1000 ? grouped(static_cast<int64_t>(value)) : fmt::format("{:.4g}", value);
}

void print_text(const std::vector<Row>& rows) {
  Table table({"what", "model", ">reached", ">target", "met", ">peer", ">ratio"});
  for (const Row& r : rows) {
    table.add({r.what, r.model, number(r.reached), number(r.target),
               r.reached <= r.target ? "yes" : "NO", r.peer > 0 ? number(r.peer) : "-",
               r.peer > 0 ? fmt::format("{:.3f}", r.reached / r.peer) : "-"});
  }
  fmt::print("{}\ninstructions and bytes are exact, cycles an estimate (docs/timing.md)\n",
             table.text());
}

void print_json(const std::vector<Row>& rows) {
  Json json = {{"schema", "mote.bench-peers/1"}, {"rows", Json::array()}};
  for (const Row& r : rows) {
    json["rows"].push_back({{"what", r.what},
                            {"model", r.model},
                            {"reached", r.reached},
                            {"target", r.target},
                            {"met", r.reached <= r.target},
                            {"peer", r.peer > 0 ? Json(r.peer) : Json()}});
  }
  fmt::print("{}\n", json.dump(2));
}

Json baseline_of(const Reached& r) {
  Json json = {{"schema", "mote.baseline/1"}, {"instructions", Json::object()}};
  for (const auto& [core, models] : r.profiles) {
    for (const auto& [model, p] : models) {
      json["instructions"][core][model] = p.total.instructions;
    }
  }
  return json;
}

/// How many counts are more than 2 % above the baseline; prints each, and those well below it.
int compare_with(const Json& baseline, const Reached& r) {
  int worse = 0, better = 0, compared = 0;
  const Json now = baseline_of(r)["instructions"];
  for (const auto& [core, models] : now.items()) {
    for (const auto& [model, count] : models.items()) {
      Json before = baseline["instructions"].value(core, Json::object()).value(model, Json());
      if (!before.is_number()) continue;
      double ratio = count.get<double>() / before.get<double>();
      ++compared;
      if (ratio > kMostWorse) {
        ++worse;
        fmt::print("{} on {}: {} instructions, {} in the baseline: {:+.1f} %\n", model, core,
                   grouped(count.get<int64_t>()), grouped(before.get<int64_t>()),
                   100 * (ratio - 1));
      }
      if (ratio < 1 / kMostWorse) ++better;
    }
  }
  fmt::print("{} counts compared with the baseline: {} more than 2 % worse, {} better\n", compared,
             worse, better);
  if (better > 0) fmt::print("write a new baseline: build/bench/peers --write-baseline FILE\n");
  return worse;
}

Result<Json> read_json(const std::string& path) {
  MOTE_TRY(Bytes bytes, read_file(path));
  Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded()) return fail("{}: isn't JSON", path);
  return json;
}

struct Options {
  std::string data, tones = "build/examples/tones.tflite", baseline, write_baseline, once;
  bool json = false;
};

Result<int> run(const Options& options) {
  if (!options.once.empty()) {
    MOTE_CHECK_OK(run_once(options.once));
    return 0;
  }
  std::filesystem::path data = options.data;
  MOTE_TRY(Reached reached, measure(data / "models", options.tones, show_progress));
  if (!options.write_baseline.empty()) {
    MOTE_CHECK_OK(write_text(options.write_baseline, baseline_of(reached).dump(2) + "\n"));
    return 0;
  }
  if (!options.baseline.empty()) {
    MOTE_TRY(Json baseline, read_json(options.baseline));
    return compare_with(baseline, reached) > 0 ? 1 : 0;
  }
  Json peers = Json::object();
  if (std::filesystem::exists(data / "peers.json")) {
    MOTE_TRY(peers, read_json((data / "peers.json").string()));
  } else {
    fmt::print(stderr, "{} isn't there: no peers\n", (data / "peers.json").string());
  }
  MOTE_CHECK_OK(measure_host(data / "models", &reached));
  Result<void> counted = count_on_host(data / "models", &reached);
  if (!counted.ok()) fmt::print(stderr, "instructions on this host: {}\n", counted.error().message);
  options.json ? print_json(rows_of(reached, peers)) : print_text(rows_of(reached, peers));
  return 0;
}

}  // namespace
}  // namespace mote::bench

int main(int argc, char** argv) {
  CLI::App app("What mote reaches beside its peers, and whether it got worse");
  mote::bench::Options options;
  const char* data = std::getenv("MOTE_SHARED_DATA");
  options.data = data ? data : "../shared/data";
  app.add_option("--baseline", options.baseline, "Compare instruction counts with this file");
  app.add_option("--write-baseline", options.write_baseline, "Write them to this file");
  app.add_option("--tones", options.tones, "The shipped model")->capture_default_str();
  app.add_option("--once", options.once, "Only run this model once on the host, to be counted");
  app.add_flag("--json", options.json, "Print JSON");
  CLI11_PARSE(app, argc, argv);
  mote::Result<int> status = mote::bench::run(options);
  if (status.ok()) return *status;
  fmt::print(stderr, "peers: {}\n", status.error().message);
  return 2;
}
