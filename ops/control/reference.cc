// SPDX-License-Identifier: Apache-2.0
#include "ops/control/control.h"

namespace mote {

bool check_fill_bytes(const FillBytesParams& params, const Operand* operands) {
  return operands[0].holds<uint8_t>(params.bytes) && all_within(0, 255, params.value);
}

void fill_bytes(const FillBytesParams& params, void* output) {
  auto* bytes = static_cast<uint8_t*>(output);
  for (int32_t i = 0; i < params.bytes; ++i) bytes[i] = static_cast<uint8_t>(params.value);
}

}  // namespace mote
