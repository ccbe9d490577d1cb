// SPDX-License-Identifier: Apache-2.0
// Outputs grow with the sum, so that a channel is known by its steps: the least sum of each output.
// For a given multiplier each step bounds the bias from both sides; multipliers near the real one
// are tried until some bias is within all bounds.
#include "ops/quantized/linear_channels.op.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>

namespace mote {
namespace {

constexpr int kMostTries = 512;  // of multipliers, to either side

/// A channel as the reference kernel has it, and the sums of weights times inputs that it can get.
struct Line {
  ChannelRequantization channel;
  Int8Output output;
  int64_t low, high;

  int at(int64_t sum) const { return requantize(static_cast<int32_t>(sum), channel, output); }
};

Line line_of(const WeightMatrix& weights, int c, ChannelRequantization channel,
             int32_t input_zero_point, const Int8Output& output) {
  int64_t sum = 0, low = 0, high = 0;
  for (int d = 0; d < weights.depth; ++d) {
    int w = weights.at(c, d);
    sum += w;
    low += w > 0 ? -128 * w : 127 * w;
    high += w > 0 ? 127 * w : -128 * w;
  }
  channel.bias = static_cast<int32_t>(channel.bias - input_zero_point * sum);
  return {channel, output, low, high};
}

/// What is asked of one sum: an output of at least `least`, or else less than that.
struct Demand {
  int64_t sum, least;
  bool reached;
};

/// Both sides of each step. At the ends of the output's range there is nothing to ask.
std::vector<Demand> demands_of(const Line& line) {
  std::vector<Demand> demands;
  const int lowest = line.at(line.low), highest = line.at(line.high);
  if (lowest > line.output.min) demands.push_back({line.low, lowest, true});
  if (highest < line.output.max) demands.push_back({line.high, highest + 1, false});
  for (int64_t y = lowest + 1, from = line.low; y <= highest; ++y) {
    int64_t below = from, reached = line.high;  // the step is in (below, reached]
    while (reached - below > 1) {
      int64_t middle = below + (reached - below) / 2;
      (line.at(middle) >= y ? reached : below) = middle;
    }
    demands.push_back({reached, y, true});
    demands.push_back({below, y, false});
    from = below;
  }
  return demands;
}

/// ceil(a / b). REQUIRES: b > 0.
int64_t divide_up(int64_t a, int64_t b) {
  return a / b + (a % b > 0);
}

/// A bias that meets all demands and doesn't overflow.
std::optional<LinearChannel> find_bias(const std::vector<Demand>& demands, const Line& line,
                                       int64_t multiplier, LinearForm form) {
  const int64_t one = int64_t{1} << form.sum_shift;
  int64_t low = INT32_MIN - one * line.low, high = INT32_MAX - one * line.high;
  for (const Demand& d : demands) {
    int64_t reached = (d.least + 128) * (int64_t{1} << (32 + form.shift)) - (int64_t{1} << 31);
    int64_t bias = divide_up(reached, multiplier) - one * d.sum;
    if (d.reached) low = std::max(low, bias);
    if (!d.reached) high = std::min(high, bias - 1);
    if (low > high) return {};
  }
  return LinearChannel{static_cast<int32_t>(low + (high - low) / 2),
                       static_cast<int32_t>(multiplier)};
}

std::optional<LinearChannel> find_linear_channel(const Line& line, LinearForm form) {
  const std::vector<Demand> demands = demands_of(line);
  const QuantizedMultiplier& m = line.channel.multiplier;
  const double real = std::ldexp(m.multiplier, m.shift - 31 + 32 + form.shift - form.sum_shift);
  if (real >= INT32_MAX) return {};
  const int64_t near = std::llround(real), step = std::max<int64_t>(1, near >> 28);
  auto attempt = [&](int64_t multiplier) -> std::optional<LinearChannel> {
    if (multiplier < 1 || multiplier > INT32_MAX) return {};
    return find_bias(demands, line, multiplier, form);
  };
  for (int i = 0; i <= kMostTries; ++i) {
    if (auto found = attempt(near + i * step)) return found;
    if (auto found = attempt(near - i * step)) return found;
  }
  // Channels of few steps, or of none, allow steeper lines, whose bias is smaller.
  for (int64_t steeper = near + 1; steeper < INT32_MAX; steeper += 1 + steeper / 64) {
    if (auto found = attempt(steeper)) return found;
  }
  return {};
}

/// The same, remembered: the search for a smaller arena (compiler/fit_arena.h) lowers the same
/// layers in many arrangements.
std::optional<LinearChannel> remembered_linear_channel(const Line& line, LinearForm form) {
  constexpr size_t kMostRemembered = 1u << 17;
  using Key = std::array<int64_t, 10>;
  static std::mutex mutex;
  static std::map<Key, std::optional<LinearChannel>> known;
  const ChannelRequantization& c = line.channel;
  const Key key = {c.bias,
                   c.multiplier.multiplier,
                   c.multiplier.shift,
                   line.output.offset,
                   line.output.min,
                   line.output.max,
                   line.low,
                   line.high,
                   form.sum_shift,
                   form.shift};
  {
    std::lock_guard lock(mutex);
    auto found = known.find(key);
    if (found != known.end()) return found->second;
  }
  std::optional<LinearChannel> channel = find_linear_channel(line, form);
  std::lock_guard lock(mutex);
  if (known.size() >= kMostRemembered) known.clear();
  known.emplace(key, channel);
  return channel;
}

}  // namespace

std::vector<int8_t> without_constant_channels(const WeightMatrix& weights,
                                              const std::vector<ChannelRequantization>& channels,
                                              int32_t input_zero_point, const Int8Output& output) {
  const size_t count = static_cast<size_t>(weights.channels) * static_cast<size_t>(weights.depth);
  std::vector<int8_t> kept(weights.data, weights.data + count);
  for (int c = 0; c < weights.channels; ++c) {
    Line line = line_of(weights, c, channels[static_cast<size_t>(c)], input_zero_point, output);
    if (line.at(line.low) != line.at(line.high)) continue;
    for (int d = 0; d < weights.depth; ++d) kept[weights.index(c, d)] = 0;
  }
  return kept;
}

std::optional<std::vector<LinearChannel>> find_linear_channels(
    const WeightMatrix& weights, const std::vector<ChannelRequantization>& channels,
    int32_t input_zero_point, const Int8Output& output, LinearForm form) {
  std::vector<LinearChannel> found;
  for (int c = 0; c < weights.channels; ++c) {
    Line line = line_of(weights, c, channels[static_cast<size_t>(c)], input_zero_point, output);
    auto one = remembered_linear_channel(line, form);
    if (!one) return {};
    found.push_back(*one);
  }
  return found;
}

}  // namespace mote
