// SPDX-License-Identifier: Apache-2.0
// Published results of MLPerf Tiny, to print beside one's own.
#ifndef MOTE_BENCH_MLPERF_PUBLISHED_H_
#define MOTE_BENCH_MLPERF_PUBLISHED_H_

#include <optional>
#include <span>

namespace mote::mlperf {

struct Published {
  const char* task;
  const char* device;
  const char* core;  // mote's name of it
  double clock_mhz;
  const char* stack;  // who made the software, and the round where it is known
  double latency_ms;
  std::optional<double> energy_uj;
};

std::span<const Published> published_results();

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_PUBLISHED_H_
