// SPDX-License-Identifier: Apache-2.0
// The graph's text form, one line per tensor or node in execution order; what --dump-after prints
// and what graph tests are written in. parse(print(g)) gives g back.
//
//     graph "tiny" {
//       input %0 "x" int8[1,4] q(0.5:-3)
//       const %1 "w" int8[2,4] q(axis 0; 0.1:0, 0.2:0) = 0x01020304fffefdfc
//       %2 "y" int8[1,2] q(0.25:0) = FULLY_CONNECTED(%0, %1, _) {keep_num_dims=false}
//       output %2
//     }
//
// `_` is an absent optional input. Constants are their bytes in memory order. A variable is
// declared as `variable %3 "count" int32[1]`, with its initial bytes if it has any; an operator's
// bodies are graphs that follow it.
#ifndef MOTE_IR_TEXT_H_
#define MOTE_IR_TEXT_H_

#include <string>
#include <string_view>

#include "ir/record.h"

namespace mote {

/// Whether constants are printed whole or, for people, as their size only (which doesn't parse).
enum class Constants { kWhole, kElided };

std::string print(const Graph& graph, Constants constants = Constants::kWhole);

/// Errors name the line and what was expected there. The result isn't verified.
Result<Graph> parse(std::string_view text, const OperatorBook& book);

}  // namespace mote

#endif  // MOTE_IR_TEXT_H_
