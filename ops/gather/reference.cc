// SPDX-License-Identifier: Apache-2.0
// The definition of GATHER, GATHER_ND and DYNAMIC_UPDATE_SLICE, on bytes: a slice is often longer
// than an element.
#include "ops/gather/gather.h"

#include "base/fixed_point.h"

namespace mote {
namespace {

void copy_slice(const uint8_t* from, uint8_t* to, int32_t bytes) {
  for (int32_t i = 0; i < bytes; ++i) to[i] = from[i];
}

/// Where row `row` of the update lies in the output, in elements.
template <typename Index>
int32_t place_of_row(const UpdateSliceParams& p, const Index* indices, int32_t row) {
  int32_t place = 0, stride = 1;
  for (int32_t d = p.rank - 1; d >= 0; --d) {
    Index last = p.dims[d] - p.update_dims[d], index = indices[d];
    int32_t start = static_cast<int32_t>(index < 0 ? 0 : index > last ? last : index);
    if (d < p.rank - 1) {
      start += row % p.update_dims[d];
      row /= p.update_dims[d];
    }
    place += start * stride;
    stride *= p.dims[d];
  }
  return place;
}

template <typename Index>
void update_slice(const UpdateSliceParams& p, const uint8_t* update, const Index* indices,
                  uint8_t* output) {
  int32_t rows = 1, row_bytes = p.update_dims[p.rank - 1] * p.element_bytes;
  for (int32_t d = 0; d < p.rank - 1; ++d) rows *= p.update_dims[d];
  for (int32_t row = 0; row < rows; ++row) {
    copy_slice(update, output + place_of_row(p, indices, row) * p.element_bytes, row_bytes);
    update += row_bytes;
  }
}

bool holds_dims(const int32_t* d, int32_t element_bytes, const Operand& operand) {
  return operand.holds<uint8_t>(d[0], d[1], d[2], d[3], d[4], d[5], element_bytes);
}

template <typename Index>
bool check_update_slice(const UpdateSliceParams& p, const Operand* operands) {
  if (!all_within(1, kMostGatherDims, p.rank)) return false;
  for (int32_t d = 0; d < kMostGatherDims; ++d) {
    if (d >= p.rank && p.dims[d] != 1) return false;
    if (p.update_dims[d] > p.dims[d]) return false;
  }
  return holds_dims(p.update_dims, p.element_bytes, operands[0]) &&
         operands[1].holds<Index>(p.rank) && holds_dims(p.dims, p.element_bytes, operands[2]);
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
  return holds_dims(p.dims, p.slice_bytes, operands[0]) &&
         operands[1].holds<int32_t>(p.count, p.depth) &&
         operands[2].holds<uint8_t>(p.count, p.slice_bytes);
}

void update_slice_32(const UpdateSliceParams& p, const uint8_t* update, const int32_t* indices,
                     uint8_t* output) {
  update_slice(p, update, indices, output);
}

bool check_update_slice_32(const UpdateSliceParams& p, const Operand* operands) {
  return check_update_slice<int32_t>(p, operands);
}

void update_slice_64(const UpdateSliceParams& p, const uint8_t* update, const int64_t* indices,
                     uint8_t* output) {
  update_slice(p, update, indices, output);
}

bool check_update_slice_64(const UpdateSliceParams& p, const Operand* operands) {
  return check_update_slice<int64_t>(p, operands);
}

}  // namespace mote
