// SPDX-License-Identifier: Apache-2.0
// Pictures as models want them: (x - mean) / deviation, channel by channel.
#ifndef MOTE_OPS_IMAGE_IMAGE_H_
#define MOTE_OPS_IMAGE_IMAGE_H_

#include "base/kernel.h"

namespace mote {

struct PixelsParams {
  int32_t pixels, channels;
};

/// output = table[channel][input]; 256 entries for each channel. May run in place.
void lookup_channels_8(const PixelsParams& params, const uint8_t* input, const int8_t* table,
                       int8_t* output);
bool check_lookup_channels_8(const PixelsParams& params, const Operand* operands);

/// output = input · scale + offset of the channel.
void normalize_uint8(const PixelsParams& params, const uint8_t* input, const float* scale,
                     const float* offset, float* output);
bool check_normalize_uint8(const PixelsParams& params, const Operand* operands);
/// May run in place.
void normalize_float32(const PixelsParams& params, const float* input, const float* scale,
                       const float* offset, float* output);
bool check_normalize_float32(const PixelsParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_IMAGE_IMAGE_H_
