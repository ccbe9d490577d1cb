// SPDX-License-Identifier: Apache-2.0
#include "ops/conv_2d/packing.op.h"

#include <algorithm>
#include <cstdlib>

#include "base/lanes.h"
#include "ops/conv_2d/windows.h"

namespace mote {
namespace {

int weight_or_zero(const WeightMatrix& weights, int c, int d) {
  return c < weights.channels && d < weights.depth ? weights.at(c, d) : 0;
}

/// The largest magnitude of `together` channels from `first` on, over depths [begin, end).
int largest_magnitude(const WeightMatrix& weights, int first, int together, int begin, int end) {
  int largest = 0;
  for (int c = first; c < first + together; ++c) {
    int sum = 0;
    for (int d = begin; d < end; ++d) sum += std::abs(weight_or_zero(weights, c, d));
    largest = std::max(largest, sum);
  }
  return largest;
}

}  // namespace

uint32_t pack_two_channels(const WeightMatrix& weights, int first, int depth, int other_depth) {
  auto both = [&](int d) {
    return 256 * weight_or_zero(weights, first + 1, d) + weight_or_zero(weights, first, d);
  };
  return pair_of(both(depth), both(other_depth));
}

bool fit_in_pairs(const WeightMatrix& weights) {
  for (int c = 1; c < weights.channels; c += 2) {
    for (int d = 0; d < weights.depth; ++d) {
      if (weights.at(c, d) == -128 && weights.at(c - 1, d) < 0) return false;
    }
  }
  return true;
}

bool fit_in_quads(const WeightMatrix& weights) {
  for (int c = 0; c < weights.channels; ++c) {
    for (int d = 0; d < weights.depth; ++d) {
      if (weights.at(c, d) < -8 || weights.at(c, d) > 7) return false;
    }
    if (128 * largest_magnitude(weights, c, 1, 0, weights.depth) >= 1 << 19) return false;
  }
  return weights.depth <= 4096;
}

uint32_t pack_four_channels(const WeightMatrix& weights, int first, int depth, int other_depth) {
  auto four = [&](int d) {
    int half = weight_or_zero(weights, first, d);
    for (int c = first + 1; c < first + 4; ++c) {
      half = 16 * half + weight_or_zero(weights, c, d) + 8;
    }
    return half;
  };
  return pair_of(four(depth), four(other_depth));
}

std::vector<int8_t> in_row_words(const WeightMatrix& weights, const Window& w) {
  std::vector<int8_t> ordered;
  const WindowPieces pieces = pieces_of(w);
  const int whole = pieces.bytes / 4 * 4;
  for (int c = 0; c < weights.channels; ++c) {
    auto append = [&](int begin, int end) {
      for (int i = 0; i < pieces.count; ++i) {
        for (int b = begin; b < end; ++b) ordered.push_back(weights.at(c, i * pieces.bytes + b));
      }
    };
    append(0, whole);
    append(whole, pieces.bytes);
  }
  return ordered;
}

std::vector<uint32_t> pack_quads(const WeightMatrix& weights) {
  std::vector<uint32_t> packed;
  for (int c = 0; c < weights.channels; c += 4) {
    for (int d = 0; d < weights.depth; d += 4) {
      packed.push_back(pack_four_channels(weights, c, d, d + 2));
      packed.push_back(pack_four_channels(weights, c, d + 1, d + 3));
    }
  }
  return packed;
}

std::vector<int8_t> pack_lanes(const WeightMatrix& weights) {
  std::vector<int8_t> packed;
  for (int c = 0; c < weights.channels; c += 2) {
    for (int d = 0; d < (weights.depth + 1) / 2 * 2; ++d) {
      for (int k = 0; k < 2; ++k) {
        packed.push_back(static_cast<int8_t>(weight_or_zero(weights, c + k, d)));
      }
    }
  }
  return packed;
}

std::vector<int8_t> pack_strips(const WeightMatrix& weights, const Window& w) {
  std::vector<int8_t> packed;
  for (int c = 0; c < weights.channels; ++c) {
    for (int j = 0; j < w.filter_w; ++j) {
      for (int i = 0; i < w.filter_h; ++i) {
        for (int k = 0; k < w.input_c; ++k) {
          packed.push_back(weights.at(c, (i * w.filter_w + j) * w.input_c + k));
        }
      }
    }
  }
  return packed;
}

std::optional<std::vector<uint8_t>> cut_chunks(const WeightMatrix& weights, int together) {
  std::vector<uint8_t> chunks;
  for (int c = 0; c < weights.channels; c += together) {
    for (int begin = 0, end; begin < weights.depth; begin = end) {
      for (end = begin; end < weights.depth && end - begin < 510; end += 2) {
        if (largest_magnitude(weights, c, together, begin, end + 2) > kMostChunkMagnitude) break;
      }
      if (end == begin) return {};
      chunks.push_back(static_cast<uint8_t>((end - begin) / 2));
    }
  }
  return chunks;
}

namespace {

/// Four channels from `first` on.
void append_pairs(const WeightMatrix& weights, int first, std::vector<uint32_t>& packed) {
  for (int d = 0; d < weights.depth; d += 4) {
    for (int i = 0; i < 2; ++i) {
      packed.push_back(pack_two_channels(weights, first, d + i, d + i + 2));
      packed.push_back(pack_two_channels(weights, first + 2, d + i, d + i + 2));
    }
  }
}

}  // namespace

std::vector<uint32_t> pack_pairs(const WeightMatrix& weights) {
  std::vector<uint32_t> packed;
  for (int c = 0; c < weights.channels; c += 4) append_pairs(weights, c, packed);
  return packed;
}

std::vector<uint32_t> pack_linear(const WeightMatrix& weights,
                                  std::vector<LinearChannel> channels) {
  channels.resize((channels.size() + 3) / 4 * 4);
  std::vector<uint32_t> packed;
  auto append = [&](std::initializer_list<int32_t> words) {
    for (int32_t word : words) packed.push_back(static_cast<uint32_t>(word));
  };
  for (int first = 0; first < weights.channels; first += 4) {
    const LinearChannel* c = &channels[static_cast<size_t>(first)];
    append({c[1].bias, c[3].bias});
    append_pairs(weights, first, packed);
    append({c[0].bias, c[0].multiplier, c[1].multiplier});
    append({c[2].bias, c[2].multiplier, c[3].multiplier});
  }
  return packed;
}

}  // namespace mote
