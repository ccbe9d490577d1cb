// SPDX-License-Identifier: Apache-2.0
// Runs that somebody follows and talks to, on every machine.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <thread>

#include "boards/run_test_support.h"

namespace mote {
namespace {

class LiveRunTest : public FirmwareTest, public testing::WithParamInterface<const Machine*> {
 protected:
  LiveRunTest() : FirmwareTest(*GetParam()) {}
};

TEST_P(LiveRunTest, SegmentsCanBeTakenWhileTheFirmwareWaits) {
  // It prints what the listener of the segment that ended just before wrote into a file.
  const char* text =
      "#include \"boards/firmware/semihost.h\"\n"
      "using namespace mote::semihost;\n"
      "extern \"C\" __attribute__((noinline)) void ask() { asm volatile(\"\"); }\n"
      "int mote_main(int, char**) {\n"
      "  char answer[2] = {};\n"
      "  for (int i = 0; i < 5; ++i) {\n"
      "    ask();\n"
      "    int file = open(\"answer\", OpenMode::kRead);\n"
      "    if (read(file, answer, 1) != 1 || !close(file)) return 1;\n"
      "    print(answer);\n"
      "  }\n"
      "  return 0;\n"
      "}\n";
  ASSERT_TRUE(write_text(folder_.path() / "answer", "x").ok());
  ASSERT_TRUE(run(text).ok());
  options_.marks = {address_of(elf(), "ask")};
  auto recorded = run(text);
  ASSERT_TRUE(recorded.ok()) << recorded.error().message;

  std::vector<Segment> segments;
  std::vector<Block> blocks;
  options_.on_segment = [&](const ExecutionCounts& counts, const Segment& segment) {
    blocks = counts.blocks;
    segments.push_back(segment);
    std::string letter(1, static_cast<char>('a' + segments.size()));
    EXPECT_TRUE(write_text(folder_.path() / "answer", letter).ok());
  };
  auto live = run(text);
  ASSERT_TRUE(live.ok()) << live.error().message;
  EXPECT_TRUE(has(live->console, "bcdef")) << live->console;
  ASSERT_EQ(segments.size(), recorded->segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    EXPECT_EQ(segments[i].mark, recorded->segments[i].mark);
    EXPECT_EQ(segments[i].instructions, recorded->segments[i].instructions);
  }
  EXPECT_EQ(blocks.size(), recorded->blocks.size());
}

/// Both ends of the FIFOs "in" and "out" of a folder.
class Line {
 public:
  explicit Line(const std::filesystem::path& folder)
      : to_(open_end(folder / "in")), from_(open_end(folder / "out")) {}
  ~Line() {
    hang_up();
    close(from_);
  }
  void say(const std::string& text) {
    EXPECT_EQ(write(to_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  char hear() {
    char c = 0;
    EXPECT_EQ(read(from_, &c, 1), 1);
    return c;
  }
  void hang_up() {
    if (to_ >= 0) close(to_);
    to_ = -1;
  }

 private:
  static int open_end(const std::filesystem::path& path) {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    return open(path.c_str(), O_RDWR | O_CLOEXEC);
  }
  int to_, from_;
};

/// Writes each character that comes, one further in the alphabet, until there are no more.
constexpr const char* kEcho =
    "#include \"boards/firmware/semihost.h\"\n"
    "using namespace mote::semihost;\n"
    "int mote_main(int, char**) {\n"
    "  int in = open(\"in\", OpenMode::kRead), out = open(\"out\", OpenMode::kWrite);\n"
    "  if (in < 0 || out < 0) return 1;\n"
    "  char text[16];\n"
    "  for (uint32_t n; (n = read(in, text, sizeof text)) > 0;) {\n"
    "    for (uint32_t i = 0; i < n; ++i) ++text[i];\n"
    "    if (write(out, text, n) != n) return 2;\n"
    "  }\n"
    "  return 7;\n"
    "}\n";

TEST_P(LiveRunTest, FirmwareCanBeTalkedToThroughFifos) {
  Line line(folder_.path());
  auto running = std::async(std::launch::async, [&] { return run(kEcho); });
  std::string heard;
  for (const char* word : {"HAL", "B", "@"}) {
    line.say(word);
    for (size_t i = 0; i < strlen(word); ++i) heard += line.hear();
  }
  line.hang_up();
  auto report = running.get();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 7);
  EXPECT_EQ(heard, "IBMCA");
}

TEST_P(LiveRunTest, ARunCanBeStopped) {
  std::atomic<bool> stop = false;
  options_.stop = &stop;
  auto running = std::async(std::launch::async, [&] {
    return run("int mote_main(int, char**) { for (;;) asm(\"\"); }\n");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  stop = true;
  auto report = running.get();
  EXPECT_TRUE(report.ok()) << report.error().message;
}

INSTANTIATE_TEST_SUITE_P(Machines, LiveRunTest, testing::ValuesIn(all_machines()), machine_name);

}  // namespace
}  // namespace mote
