// SPDX-License-Identifier: Apache-2.0
#include "ir/kernel_info.h"

namespace mote {
namespace {

uint32_t fnv1a(uint32_t hash, std::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return hash;
}

}  // namespace

uint32_t kernel_id(std::string_view name, const std::vector<ParamField>& fields) {
  uint32_t hash = fnv1a(2166136261u, name);
  for (const ParamField& field : fields) {
    hash = fnv1a(hash, field.is_float ? "/f:" : "/i:");
    hash = fnv1a(hash, field.name);
  }
  return hash;
}

}  // namespace mote
