// SPDX-License-Identifier: Apache-2.0
// scaled_int8() itself says what all pairs of int8 give. Each pair (a, b) with output y bounds the
// addend for given coefficients:
//
//   y · 2^shift <= a · coefficients[0] + b · coefficients[1] + addend < (y + 1) · 2^shift
//
// where an output at an end of the range bounds it on one side only. Coefficients are tried in
// rings around the real ones, until some leave an addend.
#include "ops/elementwise_binary/linear.op.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mote {
namespace {

constexpr int kValues = 256;
constexpr int kMostRings = 4;

/// Outputs by a + 128, then b + 128.
using Table = std::array<int8_t, kValues * kValues>;

Table all_outputs(ScaledInt8Params params) {
  params.loops = {{1, 1, 1, 1, kValues, kValues}, {{0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1}}};
  std::array<int8_t, kValues> values;
  for (int i = 0; i < kValues; ++i) values[static_cast<size_t>(i)] = static_cast<int8_t>(i - 128);
  Table table;
  scaled_int8(params, values.data(), values.data(), table.data());
  return table;
}

double real_of(const QuantizedMultiplier& m) {
  return std::ldexp(m.multiplier, m.shift - 31);
}

/// The sum in real numbers: a · coefficients[0] + b · coefficients[1] + addend, output steps.
struct RealSum {
  double coefficients[2], addend;

  double largest() const {
    return 128 * (std::abs(coefficients[0]) + std::abs(coefficients[1])) + std::abs(addend) + 1;
  }
};

RealSum real_sum(const ScaledInt8Params& p) {
  double step = std::ldexp(real_of(p.output_multiplier), p.left_shift);
  double a = real_of(p.multipliers[0]) * step, b = real_of(p.multipliers[1]) * step;
  if (p.function == kBinarySub) b = -b;
  return {{a, b}, a * p.offsets[0] + b * p.offsets[1] + p.output.offset + 0.5};
}

/// The addends that make coefficients right for all pairs: none if low > high.
struct Addends {
  int64_t low = INT32_MIN, high = INT32_MAX;
};

Addends find_addends(const Table& table, const LinearInt8Params& p) {
  Addends all;
  const int8_t* output = table.data();
  for (int64_t a = -128; a < 128; ++a) {
    for (int64_t b = -128; b < 128; ++b, ++output) {
      int64_t product = a * p.coefficients[0] + b * p.coefficients[1], y = *output;
      if (y > p.min) all.low = std::max(all.low, y * (int64_t{1} << p.shift) - product);
      if (y < p.max) all.high = std::min(all.high, (y + 1) * (int64_t{1} << p.shift) - 1 - product);
    }
    if (all.low > all.high) break;
  }
  return all;
}

}  // namespace

std::optional<LinearInt8Params> find_linear(const ScaledInt8Params& params) {
  if (params.function == kBinarySquaredDifference) return {};
  RealSum real = real_sum(params);
  int shift = 30 - static_cast<int>(std::ceil(std::log2(real.largest())));
  if (shift < 8) return {};  // outputs are at the range's ends nearly everywhere
  const Table table = all_outputs(params);
  auto fixed = [&](double x) { return static_cast<int32_t>(std::lround(std::ldexp(x, shift))); };
  const int32_t a = fixed(real.coefficients[0]), b = fixed(real.coefficients[1]);
  for (int ring = 0; ring <= kMostRings; ++ring) {
    for (int i = -ring; i <= ring; ++i) {
      for (int j = -ring; j <= ring; ++j) {
        if (std::max(std::abs(i), std::abs(j)) != ring) continue;
        LinearInt8Params found{params.loops, {a + i, b + j},    0,
                               shift,        params.output.min, params.output.max};
        Addends addends = find_addends(table, found);
        if (addends.low > addends.high) continue;
        found.addend = static_cast<int32_t>(
            std::clamp<int64_t>(fixed(real.addend), addends.low, addends.high));
        return found;
      }
    }
  }
  return {};
}

}  // namespace mote
