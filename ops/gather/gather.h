// SPDX-License-Identifier: Apache-2.0
// Picks or replaces slices of a tensor by indices that are known at run time only. An index outside
// its dimension is held to the nearest one inside: a device has nobody to tell.
#ifndef MOTE_OPS_GATHER_GATHER_H_
#define MOTE_OPS_GATHER_GATHER_H_

#include "base/kernel.h"

namespace mote {

/// Input [batches, outer, axis, slice], indices [batches, count], output
/// [batches, outer, count, slice].
struct GatherParams {
  int32_t batches, outer, axis, count;
  int32_t slice_bytes;
};

void gather(const GatherParams& params, const uint8_t* input, const int32_t* indices,
            uint8_t* output);
bool check_gather(const GatherParams& params, const Operand* operands);

constexpr int kMostGatherDims = 6;

/// indices [count, depth]: each names a slice by an index into each of the first `depth`
/// dimensions, outermost first.
struct GatherNdParams {
  int32_t count, depth;
  int32_t dims[kMostGatherDims];  // of the input, unused ones 1
  int32_t slice_bytes;
};

void gather_nd(const GatherNdParams& params, const uint8_t* input, const int32_t* indices,
               uint8_t* output);
bool check_gather_nd(const GatherNdParams& params, const Operand* operands);

/// Input [dims], which `output` holds already, and an update [update_dims] that replaces a part of
/// it from the indices on, of which there are `rank`.
struct UpdateSliceParams {
  int32_t rank;
  int32_t dims[kMostGatherDims], update_dims[kMostGatherDims];  // unused ones 1
  int32_t element_bytes;
};

void update_slice_32(const UpdateSliceParams& params, const uint8_t* update, const int32_t* indices,
                     uint8_t* output);
bool check_update_slice_32(const UpdateSliceParams& params, const Operand* operands);
void update_slice_64(const UpdateSliceParams& params, const uint8_t* update, const int64_t* indices,
                     uint8_t* output);
bool check_update_slice_64(const UpdateSliceParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_GATHER_GATHER_H_
