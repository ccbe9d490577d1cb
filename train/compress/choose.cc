// SPDX-License-Identifier: Apache-2.0
// The best of the forms that meet a budget. The highest score alone would pick a network of twice
// the size for one example more that it gets right, and the smallest size one that answers by
// chance.
#include "train/compress/steps.h"

namespace mote::compress {
namespace {

constexpr double kRounding = 1e-9;  // of differences of scores

uint64_t size_of(const Variant& v) {
  return v.profile ? v.profile->footprint.flash_bytes() : v.file_bytes;
}

bool smaller(const Variant& a, const Variant& b) {
  return size_of(a) != size_of(b) ? size_of(a) < size_of(b) : a.score > b.score;
}

bool more_accurate(const Variant& a, const Variant& b) {
  return a.score != b.score ? a.score > b.score : size_of(a) < size_of(b);
}

std::string points(double part) {
  return fmt::format("{:.3g} point{}", 100 * part, part == 0.01 ? "" : "s");
}

}  // namespace

void mark_best(std::vector<Variant>* variants, double max_loss) {
  if (variants->empty()) return;
  const double float_score = variants->front().score;
  std::vector<Variant*> fit, close;
  for (Variant& v : *variants) {
    if (!v.made || !v.problem.empty()) continue;
    fit.push_back(&v);
    if (v.score >= float_score - max_loss - kRounding) close.push_back(&v);
  }
  if (fit.empty()) return;
  const std::string near =
      fmt::format("within {} of the float network's {:.1f} %", points(max_loss), 100 * float_score);
  const bool any = !close.empty();
  const std::vector<Variant*>& from = any ? close : fit;
  Variant& best = **std::min_element(from.begin(), from.end(), [&](Variant* a, Variant* b) {
    return any ? smaller(*a, *b) : more_accurate(*a, *b);
  });
  best.best = true;
  best.why = any ? fmt::format("the smallest {}, of {}", near, close.size())
                 : fmt::format("none that meets the budget is {}; this has the highest score of {}",
                               near, fit.size());
}

}  // namespace mote::compress
