// SPDX-License-Identifier: Apache-2.0
// Names for cached files: a digest of everything that went into them.
#ifndef MOTE_BASE_HOST_DIGEST_H_
#define MOTE_BASE_HOST_DIGEST_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/host/result.h"

namespace mote {

/// Two 64-bit FNV-1a hashes with different starts: 128 bits against accidents, not against
/// attackers.
class Digest {
 public:
  Digest& add(std::string_view text) {
    for (char c : text) mix(static_cast<uint8_t>(c));
    for (size_t n = text.size(), i = 0; i < 8; ++i) mix(static_cast<uint8_t>(n >> 8 * i));
    return *this;
  }
  std::string hex() const { return fmt::format("{:016x}{:016x}", a_, b_); }

 private:
  void mix(uint8_t byte) {
    a_ = (a_ ^ byte) * 0x100000001b3u;
    b_ = (b_ ^ byte) * 0x100000001b3u;
  }
  uint64_t a_ = 0xcbf29ce484222325u, b_ = 0x84222325cbf29ce4u;
};

/// What tells one version of a program from another without running it: a package update changes
/// its file's time and size. Errors: the file is missing.
Result<std::string> program_version(const std::filesystem::path& program);

}  // namespace mote

#endif  // MOTE_BASE_HOST_DIGEST_H_
