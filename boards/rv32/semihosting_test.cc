// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/semihosting.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

namespace mote::rv32 {
namespace {

enum : uint32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWritec = 0x03,
  kWrite0 = 0x04,
  kWrite = 0x05,
  kRead = 0x06,
  kSeek = 0x0a,
  kLength = 0x0c,
  kCommandLine = 0x15,
  kExit = 0x18,
  kExitExtended = 0x20,
};
constexpr uint32_t kRam = 0x80000000, kBytes = 0x10000, kText = kRam + 0x1000,
                   kBuffer = kRam + 0x2000, kFailed = ~0u;
constexpr uint32_t kReadMode = 1, kReadWriteMode = 3, kWriteMode = 5, kAppendMode = 9;

class SemihostingTest : public testing::Test {
 protected:
  /// Calls with an argument block; the run must go on.
  uint32_t call(uint32_t operation, const std::vector<uint32_t>& block) {
    for (uint32_t i = 0; i < block.size(); ++i) memory_.store(kRam + 4 * i, block[i]);
    return host_.call(operation, kRam).value_or(12345);
  }
  void put(uint32_t address, const std::string& text) {
    std::memcpy(memory_.writable(address, static_cast<uint32_t>(text.size() + 1)), text.c_str(),
                text.size() + 1);
  }
  std::string get(uint32_t address, uint32_t bytes) {
    const uint8_t* from = memory_.readable(address, bytes);
    return std::string(from, from + bytes);
  }
  uint32_t open(const std::string& name, uint32_t mode) {
    put(kText, name);
    return call(kOpen, {kText, mode, static_cast<uint32_t>(name.size())});
  }
  std::filesystem::path file(const std::string& name) const { return folder_.path() / "in" / name; }

  void SetUp() override { ASSERT_TRUE(write_text(file("hello.txt"), "hello").ok()); }

  static TempFolder make_folder_with_in() {
    TempFolder folder = *TempFolder::make();
    EXPECT_TRUE(make_folder(folder.path() / "in").ok());
    return folder;
  }

  TempFolder folder_ = make_folder_with_in();
  std::vector<uint8_t> ram_ = std::vector<uint8_t>(kBytes);
  Memory memory_{{}, {kRam, kBytes, ram_.data()}};
  Semihosting host_{memory_, folder_.path() / "in", "firmware a b"};
};

TEST_F(SemihostingTest, AFileIsReadFromAnyPlace) {
  uint32_t handle = open("hello.txt", kReadMode);
  ASSERT_NE(handle, kFailed);
  EXPECT_GT(handle, 0u);
  EXPECT_EQ(call(kLength, {handle}), 5u);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 3}), 0u);
  EXPECT_EQ(get(kBuffer, 3), "hel");
  EXPECT_EQ(call(kRead, {handle, kBuffer, 10}), 8u) << "bytes that are missing";
  EXPECT_EQ(call(kSeek, {handle, 1}), 0u);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 4}), 0u);
  EXPECT_EQ(get(kBuffer, 4), "ello");
  EXPECT_EQ(call(kClose, {handle}), 0u);
  EXPECT_EQ(call(kClose, {handle}), kFailed);
}

TEST_F(SemihostingTest, FilesAreWrittenAndAppendedTo) {
  put(kBuffer, "abcdef");
  for (uint32_t mode : {kWriteMode, kAppendMode}) {
    uint32_t handle = open("out.bin", mode);
    EXPECT_EQ(call(kWrite, {handle, kBuffer, 6}), 0u);
    EXPECT_EQ(call(kClose, {handle}), 0u);
  }
  EXPECT_EQ(*read_text(file("out.bin")), "abcdefabcdef");
  uint32_t handle = open("out.bin", kReadWriteMode);
  EXPECT_EQ(call(kWrite, {handle, kBuffer + 5, 1}), 0u);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 2}), 0u);
  EXPECT_EQ(get(kBuffer, 2), "bc");
}

TEST_F(SemihostingTest, NothingOutsideTheFolderIsReached) {
  ASSERT_TRUE(write_text(folder_.path() / "secret", "secret").ok());
  std::filesystem::create_symlink(folder_.path() / "secret", file("link"));
  std::filesystem::create_directory_symlink(folder_.path(), file("up"));
  std::filesystem::create_symlink(folder_.path() / "new", file("dangling"));
  for (std::string name : {"../secret", "/etc/passwd", "link", "up/secret", "x/../../secret", "..",
                           ".", "", "../in", "hello.txt/x"}) {
    EXPECT_EQ(open(name, kReadMode), kFailed) << name;
  }
  for (std::string name : {"../new", "up/new", "dangling", "/tmp/mote-new"}) {
    EXPECT_EQ(open(name, kWriteMode), kFailed) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "new"));
  EXPECT_EQ(*read_text(folder_.path() / "secret"), "secret");
}

TEST_F(SemihostingTest, FoldersInsideAreReached) {
  ASSERT_TRUE(make_folder(file("sub")).ok());
  EXPECT_NE(open("sub/new", kWriteMode), kFailed);
  EXPECT_NE(open("sub/../hello.txt", kReadMode), kFailed);
}

TEST_F(SemihostingTest, AFifoIsOpenedWithoutWaitingAndReadAsItComes) {
  ASSERT_EQ(mkfifo(file("fifo").c_str(), 0600), 0);
  EXPECT_EQ(open("fifo", kWriteMode), kFailed) << "nobody reads it";
  uint32_t handle = open("fifo", kReadMode);
  ASSERT_NE(handle, kFailed);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 7}), 7u) << "nobody writes it";
  int writer = ::open(file("fifo").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::write(writer, "abc", 3), 3);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 7}), 4u) << "three are there";
  ::close(writer);
  EXPECT_EQ(call(kRead, {handle, kBuffer, 7}), 7u) << "its end";
}

TEST_F(SemihostingTest, WrongRequestsFailAndNothingElse) {
  EXPECT_EQ(open("missing", kReadMode), kFailed);
  EXPECT_EQ(open("hello.txt", 12), kFailed);
  EXPECT_EQ(call(kOpen, {0x10, kReadMode, 5}), kFailed);
  EXPECT_EQ(call(kOpen, {kText, kReadMode, kFailed}), kFailed);
  EXPECT_EQ(host_.call(kOpen, 0), kFailed);
  for (uint32_t handle : {0u, 1u, 77u, kFailed}) {
    EXPECT_EQ(call(kRead, {handle, kBuffer, 7}), 7u);
    EXPECT_EQ(call(kWrite, {handle, kBuffer, 7}), 7u);
    EXPECT_EQ(call(kSeek, {handle, 0}), kFailed);
    EXPECT_EQ(call(kLength, {handle}), kFailed);
  }
  uint32_t handle = open("hello.txt", kReadMode);
  EXPECT_EQ(call(kRead, {handle, kRam + kBytes - 2, 5}), 5u) << "not enough RAM there";
  EXPECT_EQ(call(kRead, {handle, kBuffer, kFailed}), kFailed);
  EXPECT_EQ(call(0x99, {}), kFailed);
}

TEST_F(SemihostingTest, HandlesRunOutBeforeTheHosts) {
  uint32_t opened = 0;
  while (opened < 1000 && open("hello.txt", kReadMode) != kFailed) ++opened;
  EXPECT_EQ(opened, 64u);
  EXPECT_EQ(call(kClose, {5}), 0u);
  EXPECT_EQ(open("hello.txt", kReadMode), 5u);
}

TEST_F(SemihostingTest, TheConsoleTakesTextsCharactersAndItsFile) {
  put(kText, "text ");
  EXPECT_TRUE(host_.call(kWrite0, kText).has_value());
  put(kText, "c");
  EXPECT_TRUE(host_.call(kWritec, kText).has_value());
  uint32_t console = open(":tt", kWriteMode);
  put(kText, "123");
  EXPECT_EQ(call(kWrite, {console, kText, 3}), 0u);
  EXPECT_EQ(call(kClose, {console}), 0u);
  EXPECT_EQ(host_.console(), "text c123");
}

TEST_F(SemihostingTest, ATextEndsWithItsMemoryAtTheLatest) {
  std::fill(ram_.begin(), ram_.end(), 'x');
  EXPECT_TRUE(host_.call(kWrite0, kRam + kBytes - 3).has_value());
  EXPECT_EQ(host_.console(), "xxx");
}

TEST_F(SemihostingTest, TheCommandLineMustFit) {
  EXPECT_EQ(call(kCommandLine, {kBuffer, 100}), 0u);
  EXPECT_EQ(get(kBuffer, 13), std::string("firmware a b") + '\0');
  EXPECT_EQ(get(kRam + 4, 4), std::string("\14\0\0\0", 4)) << "its length";
  EXPECT_EQ(call(kCommandLine, {kBuffer, 13}), 0u);
  EXPECT_EQ(call(kCommandLine, {kBuffer, 12}), kFailed);
  EXPECT_EQ(call(kCommandLine, {kRam + kBytes - 5, 100}), kFailed);
}

TEST_F(SemihostingTest, ExitsEndTheRunWithTheirCode) {
  memory_.store(kRam, 0x20026u);
  memory_.store(kRam + 4, 0x107u);
  EXPECT_FALSE(host_.call(kExitExtended, kRam).has_value());
  EXPECT_EQ(host_.exit_code(), 7);
  EXPECT_FALSE(host_.call(kExit, 0x20026).has_value());
  EXPECT_EQ(host_.exit_code(), 0);
  EXPECT_FALSE(host_.call(kExit, 0x20023).has_value());
  EXPECT_EQ(host_.exit_code(), 1);
}

}  // namespace
}  // namespace mote::rv32
