// SPDX-License-Identifier: Apache-2.0
// What the benchmark programs share.
#ifndef MOTE_BENCH_COMMON_H_
#define MOTE_BENCH_COMMON_H_

#include <fmt/format.h>
#include <unistd.h>

#include <random>
#include <string>

#include "ir/builder.h"

namespace mote::bench {

/// The same inputs each time.
inline std::vector<Bytes> sample_of(const Graph& graph) {
  std::mt19937 random(1);
  return random_inputs(random, graph);
}

/// To people who watch, not to files.
inline void show_progress(const std::string& what) {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "{} …\n", what);
}

}  // namespace mote::bench

#endif  // MOTE_BENCH_COMMON_H_
