// SPDX-License-Identifier: Apache-2.0
// mote --ops: the user's own operators, as docs/custom_operators.md has them.
#include "tests/verb_test_support.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOps = "examples/custom_operator/ops";
constexpr const char* kSound = "examples/tones/whistle.wav";

/// A copy of the example's operators that a test may change.
class CustomOperators : public testing::Test {
 protected:
  CustomOperators() : folder_(*TempFolder::make()) {
    fs::copy(kOps, folder_.path() / "ops", fs::copy_options::recursive);
  }
  fs::path ops() const { return folder_.path() / "ops"; }
  fs::path family() const { return ops() / "zero_crossings"; }
  fs::path folder() const { return folder_.path(); }
  /// Replaces text in a file of the copy.
  void edit(const fs::path& file, const std::string& from, const std::string& to) const {
    std::string text = *read_text(file);
    ASSERT_NE(text.find(from), std::string::npos);
    ASSERT_TRUE(write_text(file, text.replace(text.find(from), from.size(), to)).ok());
  }
  ProcessOutcome inspect() const { return run_mote({"inspect", MOTE_PITCH, "--ops", ops()}); }
  void expect_refusal(const std::string& message) const {
    ProcessOutcome outcome = inspect();
    EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
    EXPECT_NE(outcome.output.find(message), std::string::npos) << outcome.output;
    EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
  }

 private:
  TempFolder folder_;
};

TEST_F(CustomOperators, RunOnTheHost) {
  ProcessOutcome outcome =
      run_mote({"run", MOTE_PITCH, "--ops", kOps, "--input", kSound, "--output-dir", folder()});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  Bytes pitch;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".bin") pitch = *read_file(entry.path());
  }
  ASSERT_EQ(pitch.size(), 8 * sizeof(float));
  float hertz = 0;
  std::memcpy(&hertz, &pitch[4 * sizeof(float)], sizeof hertz);
  EXPECT_NEAR(hertz, 880, 16);  // a crossing more or less
}

TEST_F(CustomOperators, EveryEngineAgrees) {
  MOTE_NEEDS_CORTEX_M();
  ProcessOutcome outcome = run_mote({"verify", MOTE_PITCH, "--ops", kOps, "--input", kSound,
                                     "--random", "3", "--board", "cortex-m4"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  for (const char* engine : {"image on the host", "generated C++", "image on cortex-m4"}) {
    EXPECT_NE(outcome.output.find(engine), std::string::npos) << outcome.output;
  }
}

TEST_F(CustomOperators, ImagesAreOpenedWithThem) {
  ASSERT_EQ(run_mote({"build", MOTE_PITCH, "--ops", kOps, "--output-dir", folder()}).exit_code,
            kSuccess);
  std::string image = folder() / "pitch.mote";
  EXPECT_EQ(run_mote({"run", image, "--ops", kOps, "--input", kSound}).exit_code, kSuccess);
  ProcessOutcome without = run_mote({"run", image, "--input", kSound});
  EXPECT_EQ(without.exit_code, kFailure) << without.output;
}

TEST_F(CustomOperators, StandInTheTableOfOperators) {
  EXPECT_NE(run_mote({"ops", "--ops", kOps}).output.find("ZeroCrossings"), std::string::npos);
  EXPECT_EQ(run_mote({"ops"}).output.find("ZeroCrossings"), std::string::npos);
}

TEST_F(CustomOperators, NeedNoSourceTree) {
  fs::path program = folder() / "mote";
  fs::copy_file(MOTE_PROGRAM, program);
  Result<ProcessOutcome> outcome =
      run_process({"env", "-C", folder(), program, "inspect", MOTE_PITCH, "--ops", "ops"}, 300);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->exit_code, kSuccess) << outcome->output;
}

TEST_F(CustomOperators, WithoutThemTheModelIsRefusedWithAHint) {
  ProcessOutcome outcome = run_mote({"inspect", MOTE_PITCH});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("custom operator 'ZeroCrossings'"), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("--ops DIR"), std::string::npos) << outcome.output;
}

TEST_F(CustomOperators, TheCompilersFirstErrorIsTold) {
  edit(family() / "zero_crossings.op.cc", "node.emit", "node.emitt");
  expect_refusal((family() / "zero_crossings.op.cc").string() + ":");
  expect_refusal("emitt");
}

TEST_F(CustomOperators, WhatIsMissingWhenTheyAreLoadedIsTold) {
  edit(family() / "reference.cc", "bool check_zero_crossings_int16", "bool check_zero");
  expect_refusal("undefined symbol: mote::check_zero_crossings_int16");
}

TEST_F(CustomOperators, ACompilerMustBeThere) {
  Result<ProcessOutcome> outcome = run_process(
      {"env", "CXX=no-such-compiler", MOTE_PROGRAM, "inspect", MOTE_PITCH, "--ops", kOps}, 300);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->exit_code, kFailure);
  EXPECT_NE(outcome->output.find("no-such-compiler"), std::string::npos) << outcome->output;
}

TEST_F(CustomOperators, TakenNamesAreRefused) {
  edit(family() / "zero_crossings.op.cc", "\"ZeroCrossings\"", "\"ADD\"");
  expect_refusal("there is an operator ADD already");
  fs::rename(family(), ops() / "conv_2d");
  expect_refusal("mote has a family of operators of that name");
}

TEST_F(CustomOperators, TheSameFolderTwiceIsRefused) {
  ProcessOutcome outcome = run_mote({"inspect", MOTE_PITCH, "--ops", kOps, "--ops", kOps});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("there is an operator ZeroCrossings already"), std::string::npos)
      << outcome.output;
}

TEST_F(CustomOperators, DeviceCodeMayNotIncludeTheHosts) {
  edit(family() / "reference.cc", "namespace mote {", "#include <cmath>\nnamespace mote {");
  expect_refusal("reference.cc: includes cmath, which is no device code");
}

TEST_F(CustomOperators, AKernelsFilesMustBeWhereItSays) {
  edit(family() / "zero_crossings.op.cc", "\"reference.cc\"", "\"fast.cc\"");
  expect_refusal("says it is in ops/zero_crossings/fast.cc, which isn't there");
}

TEST_F(CustomOperators, AFolderWithoutAListIsRefused) {
  fs::remove(ops() / "ops.inc");
  expect_refusal("it must list the operators, a line MOTE_OPERATOR(name) each");
}

}  // namespace
}  // namespace mote
