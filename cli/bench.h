// SPDX-License-Identifier: Apache-2.0
// The verbs below `mote bench`, one file each.
#ifndef MOTE_CLI_BENCH_H_
#define MOTE_CLI_BENCH_H_

#include "cli/verbs.h"

namespace mote {

VerbAction setup_bench_mlperf(CLI::App& command);
VerbAction setup_bench_serve(CLI::App& command);
VerbAction setup_bench_package(CLI::App& command);
VerbAction setup_bench_check(CLI::App& command);
VerbAction setup_bench_diff(CLI::App& command);

}  // namespace mote

#endif  // MOTE_CLI_BENCH_H_
