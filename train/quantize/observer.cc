// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/observer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ir/interpreter.h"
#include "train/quantize/values.h"

namespace mote::quantize {
namespace {

constexpr size_t kBins = 2048;
constexpr double kLeftOut = 1e-4;  // of the values, at each end

bool is_observed(const Tensor& tensor) {
  return tensor.dtype == DType::kFloat32 && !tensor.constant();
}

/// Calls visit(id, values) for each observed tensor after each sample.
template <typename Visit>
Result<void> run_all(const Graph& graph, const std::vector<std::vector<Bytes>>& samples,
                     const std::function<void(size_t)>& progress, Visit visit) {
  MOTE_TRY(Interpreter interpreter, Interpreter::make(graph));
  for (size_t i = 0; i < samples.size(); ++i) {
    MOTE_CHECK_OK(interpreter.run(samples[i]));
    for (TensorId id = 0; id < static_cast<TensorId>(graph.tensors.size()); ++id) {
      if (!is_observed(graph.tensor(id))) continue;
      Result<void> fine = visit(id, floats_of(interpreter.value(id)));
      if (!fine.ok()) return fail("sample {}: {}", i, fine.error().message);
    }
    progress(i + 1);
  }
  return {};
}

Range with_zero(Range range) {
  return {std::min(range.low, 0.0f), std::max(range.high, 0.0f)};
}

Range percentile(const Histogram& h) {
  uint64_t all = 0;
  for (uint64_t count : h.bins) all += count;
  auto left_out = static_cast<uint64_t>(kLeftOut * static_cast<double>(all));
  size_t first = 0, last = h.bins.size() - 1;
  for (uint64_t sum = h.bins[first]; sum <= left_out && first < last; sum += h.bins[first]) ++first;
  for (uint64_t sum = h.bins[last]; sum <= left_out && last > first; sum += h.bins[last]) --last;
  return {h.low + h.width() * static_cast<float>(first),
          h.low + h.width() * static_cast<float>(last + 1)};
}

/// Mean squared error of values at the bins' middles, rounded to `levels` steps and clipped.
double squared_error(const Histogram& h, Range range, int levels) {
  double step = (static_cast<double>(range.high) - range.low) / levels;
  double error = 0;
  for (size_t i = 0; i < h.bins.size(); ++i) {
    if (h.bins[i] == 0) continue;
    double value = h.low + h.width() * (static_cast<double>(i) + 0.5);
    double rounded = range.low + step * std::round((value - range.low) / step);
    double difference = std::clamp<double>(rounded, range.low, range.high) - value;
    // Within a bin values are spread evenly, and within a step rounding errors are.
    error += static_cast<double>(h.bins[i]) * std::max(difference * difference, 0.0);
  }
  return error;
}

/// Kullback-Leibler divergence of the clipped values' distribution from what `levels` steps keep of
/// it: each step's values spread over its bins that had any.
double divergence(const Histogram& h, Range range, int levels) {
  auto bin_of = [&](float value) {
    double at = (static_cast<double>(value) - h.low) / h.width();
    return static_cast<size_t>(std::clamp<double>(at, 0, static_cast<double>(h.bins.size())));
  };
  size_t first = bin_of(range.low), last = std::max(bin_of(range.high), first + 1);
  std::vector<double> reference(h.bins.begin() + static_cast<long>(first),
                                h.bins.begin() + static_cast<long>(last));
  std::vector<double> kept = reference;
  for (size_t i = 0; i < first; ++i) reference.front() += static_cast<double>(h.bins[i]);
  for (size_t i = last; i < h.bins.size(); ++i) reference.back() += static_cast<double>(h.bins[i]);

  std::vector<double> spread(reference.size(), 0);
  double n = static_cast<double>(reference.size());
  for (int level = 0; level < levels; ++level) {
    auto from = static_cast<size_t>(n * level / levels);
    auto to = static_cast<size_t>(n * (level + 1) / levels);
    double sum = 0, used = 0;
    for (size_t i = from; i < to; ++i) sum += kept[i], used += reference[i] > 0;
    for (size_t i = from; i < to; ++i) {
      if (reference[i] > 0) spread[i] = sum / used;
    }
  }
  double all = 0, all_spread = 0;
  for (double count : reference) all += count;
  for (double count : spread) all_spread += count;
  if (all_spread == 0) return INFINITY;
  double sum = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0) continue;
    double q = std::max(spread[i] / all_spread, 1e-12);
    sum += reference[i] / all * std::log(reference[i] / all / q);
  }
  return sum;
}

/// The range with the least cost among the whole one and ever narrower ones, each end by itself.
template <typename Cost>
Range search(const Histogram& h, Cost cost) {
  constexpr int kSteps = 50;
  constexpr float kNarrowest = 0.3f;
  Range best = with_zero({h.low, h.high});
  for (int end = 0; end < 2; ++end) {
    Range whole = best;
    double least = INFINITY;
    for (int i = 0; i <= kSteps; ++i) {
      float part = 1 - (1 - kNarrowest) * static_cast<float>(i) / kSteps;
      Range range = whole;
      (end == 0 ? range.high : range.low) *= part;
      if (range.high <= range.low) continue;
      double now = cost(range);
      if (now < least) least = now, best = range;
    }
  }
  return best;
}

}  // namespace

Range calibrate(const Histogram& h, Calibration method, int levels) {
  switch (method) {
    case Calibration::kMinMax:
      break;
    case Calibration::kPercentile:
      return with_zero(percentile(h));
    case Calibration::kMse:
      return search(h, [&](Range range) { return squared_error(h, range, levels); });
    case Calibration::kEntropy:
      return search(h, [&](Range range) { return divergence(h, range, levels); });
  }
  return with_zero({h.low, h.high});
}

Result<std::map<TensorId, Range>> observe(
    const Graph& graph, const std::vector<std::vector<Bytes>>& samples, Calibration method,
    int levels, const std::function<void(size_t done, size_t all)>& progress) {
  bool extremes_do = method == Calibration::kMinMax;
  size_t runs = samples.size() * (extremes_do ? 1 : 2);
  std::map<TensorId, Histogram> histograms;
  MOTE_CHECK_OK(run_all(
      graph, samples, [&](size_t done) { progress(done, runs); },
      [&](TensorId id, const std::vector<float>& values) -> Result<void> {
        auto [at, added] = histograms.try_emplace(id);
        for (float value : values) {
          if (!std::isfinite(value)) {
            return fail("tensor '{}' has a value that isn't finite", graph.tensor(id).name);
          }
          at->second.low = added ? value : std::min(at->second.low, value);
          at->second.high = added ? value : std::max(at->second.high, value);
          added = false;
        }
        return {};
      }));
  if (!extremes_do) {
    for (auto& [id, h] : histograms) h.bins.resize(kBins);
    MOTE_CHECK_OK(run_all(
        graph, samples, [&](size_t done) { progress(samples.size() + done, runs); },
        [&](TensorId id, const std::vector<float>& values) -> Result<void> {
          Histogram& h = histograms[id];
          float width = h.width();
          for (float value : values) {
            float at = width > 0 ? (value - h.low) / width : 0;
            ++h.bins[std::min(static_cast<size_t>(std::max(at, 0.0f)), kBins - 1)];
          }
          return {};
        }));
  }
  std::map<TensorId, Range> ranges;
  for (const auto& [id, h] : histograms) {
    ranges[id] = h.low < h.high ? calibrate(h, method, levels) : with_zero({h.low, h.high});
  }
  return ranges;
}

}  // namespace mote::quantize
