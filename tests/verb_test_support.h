// SPDX-License-Identifier: Apache-2.0
// Runs the program as a user would.
#ifndef MOTE_TESTS_VERB_TEST_SUPPORT_H_
#define MOTE_TESTS_VERB_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "base/host/process.h"
#include "cli/verbs.h"

namespace mote {

inline ProcessOutcome run_mote(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), MOTE_PROGRAM);
  Result<ProcessOutcome> outcome = run_process(arguments, 300);
  EXPECT_TRUE(outcome.ok());
  return *outcome;
}

inline nlohmann::json run_mote_json(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  ProcessOutcome outcome = run_mote(arguments);
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  return nlohmann::json::parse(outcome.output, nullptr, false);
}

/// Skips a test that needs a board of this compiler and emulator where they aren't installed.
#define MOTE_NEEDS_PROGRAM(name) \
  if (!::mote::find_program(name, name).ok()) GTEST_SKIP() << name << " isn't installed"

#define MOTE_NEEDS_CORTEX_M()              \
  MOTE_NEEDS_PROGRAM("arm-none-eabi-g++"); \
  MOTE_NEEDS_PROGRAM("qemu-system-arm")

/// Skips a test that trains a network where mote-train isn't built.
#define MOTE_NEEDS_TRAINING()                                                                     \
  if (!std::filesystem::exists(std::filesystem::path(MOTE_PROGRAM).parent_path() / "mote-train")) \
  GTEST_SKIP() << "mote-train isn't built: libtorch is missing"

}  // namespace mote

#endif  // MOTE_TESTS_VERB_TEST_SUPPORT_H_
