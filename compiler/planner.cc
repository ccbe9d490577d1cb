// SPDX-License-Identifier: Apache-2.0
#include "compiler/planner.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

namespace mote {
namespace {

using Order = std::vector<size_t>;

bool overlap_in_time(const Buffer& a, const Buffer& b) {
  return a.first <= b.last && b.first <= a.last;
}

uint64_t align(uint64_t bytes, uint32_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

uint32_t saturate(uint64_t bytes) {
  return static_cast<uint32_t>(std::min<uint64_t>(bytes, UINT32_MAX));
}

/// Puts buffers down in the given order, each at the lowest gap that is free for its whole life.
Placement place_in_order(const std::vector<Buffer>& buffers, const Order& order,
                         uint32_t alignment) {
  Placement placement;
  placement.offsets.resize(buffers.size());
  Order placed;  // sorted by offset
  for (size_t i : order) {
    uint64_t lowest = 0;
    for (size_t j : placed) {
      if (!overlap_in_time(buffers[i], buffers[j])) continue;
      if (placement.offsets[j] >= lowest + buffers[i].bytes) break;
      lowest =
          std::max(lowest, align(uint64_t{placement.offsets[j]} + buffers[j].bytes, alignment));
    }
    uint32_t offset = saturate(lowest);
    placement.offsets[i] = offset;
    placement.bytes = std::max(placement.bytes, saturate(lowest + buffers[i].bytes));
    auto later = std::upper_bound(
        placed.begin(), placed.end(), offset,
        [&](uint32_t value, size_t other) { return value < placement.offsets[other]; });
    placed.insert(later, i);
  }
  return placement;
}

Order sorted_by(size_t count, const std::function<bool(size_t, size_t)>& before) {
  Order order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), before);
  return order;
}

/// For each buffer, the most bytes that live at any step of its life.
std::vector<uint64_t> pressure(const std::vector<Buffer>& buffers) {
  std::vector<uint64_t> result(buffers.size());
  for (const Buffer& moment : buffers) {  // the maximum is reached where some buffer begins
    uint64_t live = 0;
    for (const Buffer& b : buffers) {
      if (b.first <= moment.first && moment.first <= b.last) live += b.bytes;
    }
    for (size_t i = 0; i < buffers.size(); ++i) {
      if (buffers[i].first <= moment.first && moment.first <= buffers[i].last) {
        result[i] = std::max(result[i], live);
      }
    }
  }
  return result;
}

struct NamedOrder {
  const char* name;
  Order order;
};

std::vector<NamedOrder> greedy_orders(const std::vector<Buffer>& b) {
  auto length = [&](size_t i) { return int64_t{b[i].last} - b[i].first + 1; };
  std::vector<uint64_t> crowd = pressure(b);
  return {
      {"greedy by size",
       sorted_by(b.size(), [&](size_t i, size_t j) { return b[i].bytes > b[j].bytes; })},
      {"greedy by pressure", sorted_by(b.size(),
                                       [&](size_t i, size_t j) {
                                         return crowd[i] != crowd[j] ? crowd[i] > crowd[j]
                                                                     : b[i].bytes > b[j].bytes;
                                       })},
      {"greedy by area", sorted_by(b.size(),
                                   [&](size_t i, size_t j) {
                                     return b[i].bytes * length(i) > b[j].bytes * length(j);
                                   })},
      {"greedy by lifetime", sorted_by(b.size(),
                                       [&](size_t i, size_t j) {
                                         return length(i) != length(j) ? length(i) > length(j)
                                                                       : b[i].bytes > b[j].bytes;
                                       })},
      {"first come", sorted_by(b.size(),
                               [&](size_t i, size_t j) {
                                 return b[i].first != b[j].first ? b[i].first < b[j].first
                                                                 : b[i].bytes > b[j].bytes;
                               })},
  };
}

/// Moves one buffer of the order elsewhere and keeps what doesn't get worse. Stops at the bound.
Placement search(const std::vector<Buffer>& buffers, Order order, uint32_t bound,
                 uint32_t alignment) {
  constexpr int kTrials = 2000;
  std::mt19937 random(1);
  Placement best = place_in_order(buffers, order, alignment);
  for (int trial = 0; trial < kTrials && best.bytes > bound; ++trial) {
    Order changed = order;
    size_t from = random() % changed.size(), to = random() % changed.size();
    size_t moved = changed[from];
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(from));
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(to), moved);
    Placement placement = place_in_order(buffers, changed, alignment);
    if (placement.bytes <= best.bytes) {
      best = std::move(placement);
      order = std::move(changed);
    }
  }
  best.algorithm = "search";
  return best;
}

}  // namespace

uint32_t lower_bound_bytes(const std::vector<Buffer>& buffers) {
  std::vector<uint64_t> crowd = pressure(buffers);
  return crowd.empty() ? 0 : saturate(*std::max_element(crowd.begin(), crowd.end()));
}

std::vector<Placement> place_with_each(const std::vector<Buffer>& buffers, uint32_t alignment) {
  std::vector<Placement> placements;
  std::vector<NamedOrder> orders = greedy_orders(buffers);
  size_t best = 0;
  for (size_t i = 0; i < orders.size(); ++i) {
    placements.push_back(place_in_order(buffers, orders[i].order, alignment));
    placements.back().algorithm = orders[i].name;
    if (placements[i].bytes < placements[best].bytes) best = i;
  }
  if (!buffers.empty()) {
    uint32_t bound = lower_bound_bytes(buffers);
    placements.push_back(search(buffers, orders[best].order, bound, alignment));
  }
  return placements;
}

Placement place(const std::vector<Buffer>& buffers, uint32_t alignment) {
  std::vector<Placement> placements = place_with_each(buffers, alignment);
  return *std::min_element(
      placements.begin(), placements.end(),
      [](const Placement& a, const Placement& b) { return a.bytes < b.bytes; });
}

}  // namespace mote
