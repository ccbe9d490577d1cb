// SPDX-License-Identifier: Apache-2.0
// A fixture that builds firmware from a text and runs it on one machine.
#ifndef MOTE_BOARDS_RUN_TEST_SUPPORT_H_
#define MOTE_BOARDS_RUN_TEST_SUPPORT_H_

#include <algorithm>

#include "boards/board_test_support.h"
#include "boards/run.h"

namespace mote {

inline constexpr const char* kReturnZero = "int mote_main(int, char**) { return 0; }\n";

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FirmwareTest : public testing::Test {
 protected:
  explicit FirmwareTest(const Machine& machine) : machine_(machine) {}

  void SetUp() override {
    MOTE_NEEDS(machine_.compiler);
    if (machine_.emulator == Emulator::kQemu) MOTE_NEEDS(machine_.qemu_program);
    options_.folder = folder_.path();
    options_.max_seconds = 120;
  }

  std::filesystem::path elf() const { return folder_.path() / "test.elf"; }

  Result<RunReport> run(const std::string& main_text) {
    ScopedVariable cache("XDG_CACHE_HOME", shared_cache().string());
    MOTE_CHECK_OK(build_firmware(machine_, firmware_with(main_text), elf()));
    return run_firmware(machine_, elf(), options_);
  }

  std::string error_of(const std::string& main_text) {
    auto report = run(main_text);
    return report.ok() ? fmt::format("no error, exit code {}, console '{}'", report->exit_code,
                                     report->console)
                       : report.error().message;
  }

  const Machine& machine_;
  TempFolder folder_ = *TempFolder::make();
  RunOptions options_;

 private:
  /// One cache for all tests of the program: the start-up code is compiled once.
  static const std::filesystem::path& shared_cache() {
    static TempFolder cache = *TempFolder::make();
    return cache.path();
  }
};

/// The address of a function of the firmware.
inline uint32_t address_of(const std::filesystem::path& elf_path, const std::string& function) {
  auto elf = read_elf(*read_file(elf_path), "test.elf");
  for (const ElfFunction& f : elf->functions) {
    if (f.name == function) return f.address;
  }
  return 0;
}

/// For tests on every machine.
inline std::string machine_name(const testing::TestParamInfo<const Machine*>& info) {
  std::string name(info.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

inline std::vector<const Machine*> all_machines() {
  std::vector<const Machine*> all;
  for (const Machine& machine : machines()) all.push_back(&machine);
  return all;
}

}  // namespace mote

#endif  // MOTE_BOARDS_RUN_TEST_SUPPORT_H_
