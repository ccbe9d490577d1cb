// SPDX-License-Identifier: Apache-2.0
// The host's half of semihosting: files of one folder, the console, the command line and the exit
// code, as Arm's "Semihosting for AArch32 and AArch64" 2.0 numbers them and RISC-V adopted them.
// Firmware reaches regular files and FIFOs inside the folder and nothing else.
#ifndef MOTE_BOARDS_RV32_SEMIHOSTING_H_
#define MOTE_BOARDS_RV32_SEMIHOSTING_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "boards/rv32/memory.h"

namespace mote::rv32 {

class Semihosting {
 public:
  /// REQUIRES: `folder` exists. `memory` is a view whose bytes outlive this.
  Semihosting(const Memory& memory, const std::filesystem::path& folder, std::string command_line);
  Semihosting(const Semihosting&) = delete;
  Semihosting& operator=(const Semihosting&) = delete;
  ~Semihosting();

  /// Answers a request; nothing if it ends the run. What can't be done, or names memory that isn't
  /// there, gives -1 (all of the bytes for reading and writing).
  std::optional<uint32_t> call(uint32_t operation, uint32_t argument);

  const std::string& console() const { return console_; }
  /// 0 to 255.
  int exit_code() const { return exit_code_; }

 private:
  struct Operation;
  static const Operation kOperations[];
  static constexpr uint32_t kConsole = 0x7fffffff;  // the handle of ":tt"

  uint32_t open(uint32_t block);
  uint32_t close(uint32_t block);
  uint32_t write_character(uint32_t address);
  uint32_t write_text(uint32_t address);
  uint32_t write(uint32_t block);
  uint32_t read(uint32_t block);
  uint32_t seek(uint32_t block);
  uint32_t length(uint32_t block);
  uint32_t command_line(uint32_t block);
  uint32_t exit(uint32_t reason);
  uint32_t exit_extended(uint32_t block);

  /// Word `index` of an argument block; 0 where there is no memory.
  uint32_t word(uint32_t block, uint32_t index) const;
  /// The open file behind a handle, or -1.
  int file(uint32_t handle) const;
  uint32_t print(const uint8_t* text, uint32_t bytes);

  const Memory& memory_;
  std::filesystem::path folder_;  // without symbolic links
  std::string command_line_, console_;
  std::vector<int> files_;  // by handle - 1; -1 where closed
  int exit_code_ = 0;
  bool exited_ = false;
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_SEMIHOSTING_H_
