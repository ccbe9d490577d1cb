// SPDX-License-Identifier: Apache-2.0
// The definition of picture normalisation.
#include "ops/image/image.h"

namespace mote {
namespace {

template <typename T>
void normalize(const PixelsParams& p, const T* input, const float* scale, const float* offset,
               float* output) {
  for (int32_t i = 0; i < p.pixels; ++i, input += p.channels, output += p.channels) {
    for (int32_t c = 0; c < p.channels; ++c) {
      output[c] = static_cast<float>(input[c]) * scale[c] + offset[c];
    }
  }
}

template <typename T>
bool check_normalize(const PixelsParams& p, const Operand* operands) {
  return operands[0].holds<T>(p.pixels, p.channels) && operands[1].holds<float>(p.channels) &&
         operands[2].holds<float>(p.channels) && operands[3].holds<float>(p.pixels, p.channels);
}

}  // namespace

void lookup_channels_8(const PixelsParams& p, const uint8_t* input, const int8_t* table,
                       int8_t* output) {
  for (int32_t i = 0; i < p.pixels; ++i, input += p.channels, output += p.channels) {
    for (int32_t c = 0; c < p.channels; ++c) output[c] = table[c * 256 + input[c]];
  }
}

bool check_lookup_channels_8(const PixelsParams& p, const Operand* operands) {
  return operands[0].holds<uint8_t>(p.pixels, p.channels) &&
         operands[1].holds<int8_t>(p.channels, 256) &&
         operands[2].holds<int8_t>(p.pixels, p.channels);
}

void normalize_uint8(const PixelsParams& p, const uint8_t* input, const float* scale,
                     const float* offset, float* output) {
  normalize(p, input, scale, offset, output);
}

bool check_normalize_uint8(const PixelsParams& p, const Operand* operands) {
  return check_normalize<uint8_t>(p, operands);
}

void normalize_float32(const PixelsParams& p, const float* input, const float* scale,
                       const float* offset, float* output) {
  normalize(p, input, scale, offset, output);
}

bool check_normalize_float32(const PixelsParams& p, const Operand* operands) {
  return check_normalize<float>(p, operands);
}

}  // namespace mote
