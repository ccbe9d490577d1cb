// SPDX-License-Identifier: Apache-2.0
#include "engines/explore.h"

#include <algorithm>
#include <array>

#include "compiler/pipeline.h"

namespace mote {
namespace {

/// Profiling takes time: the ends of a long list and what lies between them evenly.
constexpr size_t kMostArrangements = 5;

std::vector<Arrangement> thin(std::vector<Arrangement> all) {
  if (all.size() <= kMostArrangements) return all;
  std::vector<Arrangement> kept;
  for (size_t i = 0; i < kMostArrangements; ++i) {
    kept.push_back(std::move(all[i * (all.size() - 1) / (kMostArrangements - 1)]));
  }
  return kept;
}

std::array<double, 3> costs(const Variant& v) {
  return {v.time(), static_cast<double>(v.profile.footprint.ram_bytes()),
          static_cast<double>(v.profile.footprint.flash_bytes())};
}

bool beats(const Variant& a, const Variant& b) {
  std::array<double, 3> x = costs(a), y = costs(b);
  bool better = false;
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] > y[i]) return false;
    better = better || x[i] < y[i];
  }
  return better;
}

void mark_best(std::vector<Variant>* variants) {
  for (Variant& v : *variants) {
    v.best = std::ranges::none_of(*variants, [&](const Variant& other) { return beats(other, v); });
  }
}

/// The variants with the board's own kernels again, as far as the board has RAM for their weights.
Result<void> add_weights_in_ram(const std::string& model, const BoardTarget& target,
                                const Values& sample, const Target& own,
                                const std::function<void(const std::string&)>& progress,
                                std::vector<Variant>* variants) {
  for (size_t i = 0, n = variants->size(); i < n; ++i) {
    Variant variant = (*variants)[i];
    if (variant.kernels.name != own.name) continue;
    progress(fmt::format("kernels of {}, {}, weights in RAM", own.name, variant.arrangement.what));
    MOTE_TRY(Plan plan, compile(variant.arrangement.graph, own));
    plan.weights_in_ram = variant.weights_in_ram = true;
    MOTE_TRY(variant.profile, profile_model(plan, model, target, sample));
    if (variant.profile.misfit.empty()) variants->push_back(std::move(variant));
  }
  return {};
}

}  // namespace

double Variant::time() const {
  return profile.cycles(profile.total).value_or(static_cast<double>(profile.total.instructions));
}

Result<std::vector<Variant>> explore(const Graph& graph, const std::string& model,
                                     const BoardTarget& target, const Values& sample,
                                     uint32_t max_arena,
                                     const std::function<void(const std::string&)>& progress) {
  MOTE_TRY(Target own, target_of_core(target.core()));
  std::vector<Variant> variants;
  uint32_t smallest = UINT32_MAX;
  for (const Target& kernels : {own, Target()}) {
    MOTE_TRY(std::vector<Arrangement> all, arrangements(graph, kernels));
    smallest = std::min(smallest, all.back().arena_bytes);
    std::erase_if(all, [&](const Arrangement& one) { return one.arena_bytes > max_arena; });
    for (Arrangement& one : thin(std::move(all))) {
      progress(fmt::format("kernels of {}, {}", kernels.name, one.what));
      MOTE_TRY(Plan plan, compile(one.graph, kernels));
      MOTE_TRY(Profile profile, profile_model(plan, model, target, sample));
      variants.push_back({kernels, std::move(one), false, std::move(profile)});
    }
  }
  if (target.board)
    MOTE_CHECK_OK(add_weights_in_ram(model, target, sample, own, progress, &variants));
  if (variants.empty()) {
    return fail("the arena can't be made smaller than {} bytes, {} more than allowed", smallest,
                smallest - max_arena);
  }
  mark_best(&variants);
  return variants;
}

const Variant& choose(const std::vector<Variant>& variants, Objective objective) {
  auto cost = [&](const Variant& v) {
    std::array<double, 3> all = costs(v);
    return std::pair(all[static_cast<size_t>(objective)], all[0]);
  };
  return *std::ranges::min_element(variants, {}, cost);
}

}  // namespace mote
