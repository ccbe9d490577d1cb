// SPDX-License-Identifier: Apache-2.0
// Streaming: a model that looks at a window of time becomes one that is given what is new and
// remembers the rest. Time is dimension 1 of the input, [1, time, …]. Where convolutions, pools and
// functions of single elements slide over time, each computes its new rows only, from a
// CIRCULAR_BUFFER with as many rows as it looks at. Where something looks at all of time at once,
// or pads it (SAME), the rows of the whole window are buffered and computed anew as before; in a
// model that begins with that, this buffer holds the input.
#ifndef MOTE_COMPILER_STREAMING_H_
#define MOTE_COMPILER_STREAMING_H_

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

/// The model that takes the newest `rows` rows of its input in each run. Once it has been given as
/// many rows as the window has, its outputs are, bit for bit, those of `graph` on the newest
/// window; before, the rest of the window is as if each buffer held zeros. Rows should be a
/// multiple of the product of the strides over time: from a layer on whose stride they aren't a
/// multiple of, the window is computed anew. REQUIRES: verify(graph) passed. Errors: more than one
/// input, one that has no such dimension, more rows than it, or a model that has state of its own.
Result<Graph> stream_over_time(Graph graph, int32_t rows);

}  // namespace mote

#endif  // MOTE_COMPILER_STREAMING_H_
