// SPDX-License-Identifier: Apache-2.0
// mote bench serve and mote bench package as their users meet them.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/verb_test_support.h"

namespace mote {
namespace {

/// Four numbers through max(x, 0), as the model of any task.
constexpr const char* kModel = R"(graph "g" {
  input %0 "x" int8[1,4] q(0.5:-4)
  %1 "y" int8[1,4] q(0.5:-4) = RELU(%0)
  output %1
})";

constexpr const char* kDialogue = "name%db load 4%db fcfd0A7f%infer 1 0%";
constexpr const char* kResults = "m-results-[0.000,0.500,7.000,65.500]\r\nm-ready\r\n";

class BenchServe : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_text(model(), kModel).ok()); }
  std::string model() const { return (folder_.path() / "model.txt").string(); }
  std::vector<std::string> serve(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"bench",  "serve", "--board",  "nucleo-l4r5zi",
                                    "--task", "kws01", "--models", model()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  TempFolder folder_ = *TempFolder::make();
};

TEST_F(BenchServe, TalksOnStandardInputAndOutput) {
  MOTE_NEEDS_CORTEX_M();
  ASSERT_TRUE(write_text(folder_.path() / "dialogue", kDialogue).ok());
  std::string command = MOTE_PROGRAM;
  for (const std::string& argument : serve({"--vendor", "somebody"})) command += " " + argument;
  auto outcome =
      run_process({"sh", "-c", command + " < " + (folder_.path() / "dialogue").string()});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->exit_code, kSuccess);
  EXPECT_EQ(outcome->output.rfind("m-timestamp-mode-performance\r\nm-lap-us-", 0), 0u);
  EXPECT_NE(outcome->output.find("m-name-dut-[somebody]\r\n"), std::string::npos);
  EXPECT_TRUE(outcome->output.ends_with(kResults)) << outcome->output;
}

/// Until the text ends so, for a minute at most.
std::string hear(int fd, const std::string& end) {
  std::string heard;
  pollfd waiting{fd, POLLIN, 0};
  while (!heard.ends_with(end) && poll(&waiting, 1, 60000) == 1) {
    char c;
    if (read(fd, &c, 1) != 1) break;
    heard += c;
  }
  return heard;
}

TEST_F(BenchServe, OffersAPseudoTerminalToOneRunnerAfterTheOther) {
  MOTE_NEEDS_CORTEX_M();
  std::string link = (folder_.path() / "tty").string();
  std::vector<std::string> arguments = serve({"--pty", "--link", link});
  pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv = {const_cast<char*>(MOTE_PROGRAM)};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(MOTE_PROGRAM, argv.data());
    _exit(127);
  }
  for (int i = 0; i < 600 && !std::filesystem::exists(link); ++i) usleep(100000);
  for (int runner = 0; runner < 2; ++runner) {
    int line = open(link.c_str(), O_RDWR | O_NOCTTY);
    ASSERT_GE(line, 0);
    if (runner == 0) {
      EXPECT_TRUE(hear(line, "m-ready\r\n").starts_with("m-timestamp-mode"));
    }
    ASSERT_GT(write(line, kDialogue, strlen(kDialogue)), 0);
    EXPECT_TRUE(hear(line, kResults).ends_with(kResults));
    close(line);
  }
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == kSuccess) << status;
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(link)));
}

TEST_F(BenchServe, SaysWhatIsWrong) {
  auto error = [&](std::vector<std::string> arguments) {
    ProcessOutcome outcome = run_mote(std::move(arguments));
    EXPECT_NE(outcome.exit_code, kSuccess);
    return outcome.output;
  };
  EXPECT_NE(
      error({"bench", "serve", "--board", "cortex-m4", "--task", "kws01", "--models", model()})
          .find("a bare core has no clock"),
      std::string::npos);
  EXPECT_NE(error(serve({"--vendor", "a]"})).find("--vendor"), std::string::npos);
  EXPECT_NE(error({"bench", "package", "--board", "pico", "--task", "kws01", "--models", model(),
                   "--name", "../x"})
                .find("--name"),
            std::string::npos);
}

TEST_F(BenchServe, PackagesASketch) {
  std::string sketches = (folder_.path() / "sketches").string();
  ProcessOutcome outcome =
      run_mote({"bench", "package", "--board", "nano33ble", "--task", "kws01", "--models", model(),
                "--output-dir", sketches, "--name", "kws"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  for (const char* file : {"kws.ino", "mote_dut.h", "mote_dut.cpp"}) {
    EXPECT_TRUE(std::filesystem::exists(sketches + "/kws/" + file)) << file;
  }
}

}  // namespace
}  // namespace mote
