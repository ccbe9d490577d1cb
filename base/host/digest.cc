// SPDX-License-Identifier: Apache-2.0
#include "base/host/digest.h"

namespace mote {

Result<std::string> program_version(const std::filesystem::path& program) {
  std::error_code error;
  auto real = std::filesystem::canonical(program, error);
  auto size = std::filesystem::file_size(real, error);
  auto time = std::filesystem::last_write_time(real, error).time_since_epoch().count();
  if (error) return fail("{}: {}", program.string(), error.message());
  return fmt::format("{} {} {}", real.string(), size, time);
}

}  // namespace mote
