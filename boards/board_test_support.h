// SPDX-License-Identifier: Apache-2.0
// What the tests of this room share: environment variables for the length of a scope, the start-up
// sources, and firmware built from a text with a cache of the test program's own.
#ifndef MOTE_BOARDS_BOARD_TEST_SUPPORT_H_
#define MOTE_BOARDS_BOARD_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "base/host/file.h"
#include "base/host/process.h"
#include "boards/toolchain.h"

namespace mote {

/// Sets an environment variable, and puts back what it was.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

inline const Machine& cortex_m4() {
  return **find_machine("cortex-m4");
}

/// The start-up code and linker script, from the source tree.
inline SourceSet startup_sources() {
  SourceSet files;
  std::filesystem::path root = MOTE_SOURCE_DIR;
  for (const auto& entry : std::filesystem::directory_iterator(root / "boards/firmware")) {
    std::string name = "boards/firmware/" + entry.path().filename().string();
    files[name] = *read_text(entry.path());
  }
  return files;
}

/// The start-up code with one more source, test/main.cc.
inline BuildOptions firmware_with(const std::string& main_text) {
  BuildOptions options;
  options.files = startup_sources();
  options.files["test/main.cc"] =
      "#include \"boards/firmware/firmware.h\"\n#include \"boards/firmware/semihost.h\"\n" +
      main_text;
  options.jobs = 1;
  return options;
}

inline bool have(std::string_view program) {
  return find_program(std::string(program), "").ok();
}

#define MOTE_NEEDS(program) \
  if (!have(program)) GTEST_SKIP() << "needs " << (program) << ", which isn't installed"

}  // namespace mote

#endif  // MOTE_BOARDS_BOARD_TEST_SUPPORT_H_
