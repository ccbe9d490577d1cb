// SPDX-License-Identifier: MIT
// The caches that a run follows, and what misses them. Costs nothing when there are none.
#ifndef MOTE_BOARDS_PLUGIN_FOLLOW_H_
#define MOTE_BOARDS_PLUGIN_FOLLOW_H_

#include <stdbool.h>
#include <stdint.h>

#include "boards/plugin/blocks.h"
#include "boards/plugin/qemu_api.h"

// Adds a cache. The text is KIND:ORIGIN:BYTES:LINE_BYTES:SETS:WAYS, hexadecimal; KIND is 1 for
// fetches, 2 for reads, 3 for both. False if it isn't.
bool add_cache(const char* text);

// Has the block's fetches and its instructions' reads counted.
void follow_block(struct qemu_plugin_tb* tb, size_t n, struct block* block);

#endif  // MOTE_BOARDS_PLUGIN_FOLLOW_H_
