// SPDX-License-Identifier: Apache-2.0
// The definition of GATHER and GATHER_ND, on bytes: a slice is often longer than an element.
#include "ops/gather/gather.h"

#include "base/fixed_point.h"

namespace mote {
namespace {

void copy_slice(const uint8_t* from, uint8_t* to, int32_t bytes) {
  for (int32_t i = 0; i < bytes; ++i) to[i] = from[i];
}

}  // namespace

void gather(const GatherParams& p, const uint8_t* input, const int32_t* indices, uint8_t* output) {
  for (int32_t b = 0; b < p.batches; ++b) {
    for (int32_t o = 0; o < p.outer; ++o) {
      const uint8_t* rows = input + (b * p.outer + o) * p.axis * p.slice_bytes;
      for (int32_t i = 0; i < p.count; ++i) {
        int32_t index = clamp(indices[b * p.count + i], 0, p.axis - 1);
        copy_slice(rows + index * p.slice_bytes, output, p.slice_bytes);
        output += p.slice_bytes;
      }
    }
  }
}

bool check_gather(const GatherParams& p, const Operand* operands) {
  return operands[0].holds<uint8_t>(p.batches, p.outer, p.axis, p.slice_bytes) &&
         operands[1].holds<int32_t>(p.batches, p.count) &&
         operands[2].holds<uint8_t>(p.batches, p.outer, p.count, p.slice_bytes);
}

void gather_nd(const GatherNdParams& p, const uint8_t* input, const int32_t* indices,
               uint8_t* output) {
  for (int32_t i = 0; i < p.count; ++i) {
    int32_t slice = 0;
    for (int32_t d = 0; d < p.depth; ++d) {
      slice = slice * p.dims[d] + clamp(*indices++, 0, p.dims[d] - 1);
    }
    copy_slice(input + slice * p.slice_bytes, output, p.slice_bytes);
    output += p.slice_bytes;
  }
}

bool check_gather_nd(const GatherNdParams& p, const Operand* operands) {
  if (!all_within(1, kMostGatherDims, p.depth)) return false;
  for (int32_t d = p.depth; d < kMostGatherDims; ++d) {
    if (p.dims[d] != 1) return false;
  }
  return operands[0].holds<uint8_t>(p.dims[0], p.dims[1], p.dims[2], p.dims[3], p.dims[4],
                                    p.dims[5], p.slice_bytes) &&
         operands[1].holds<int32_t>(p.count, p.depth) &&
         operands[2].holds<uint8_t>(p.count, p.slice_bytes);
}

}  // namespace mote
