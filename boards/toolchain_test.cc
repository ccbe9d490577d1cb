// SPDX-License-Identifier: Apache-2.0
#include "boards/toolchain.h"

#include <set>

#include "boards/board_test_support.h"

namespace mote {
namespace {

class ToolchainTest : public testing::Test {
 protected:
  void SetUp() override { MOTE_NEEDS(cortex_m4().compiler); }

  Result<std::vector<LinkPiece>> build(const BuildOptions& options) {
    return build_firmware(cortex_m4(), options, elf());
  }
  std::string error_of(const BuildOptions& options) {
    auto built = build(options);
    return built.ok() ? "" : built.error().message;
  }
  std::filesystem::path elf() const { return folder_.path() / "firmware.elf"; }
  /// How many objects are in the cache.
  size_t objects() const {
    size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "mote")) {
      n += entry.path().extension() == ".o";
    }
    return n;
  }

  TempFolder folder_ = *TempFolder::make();
  ScopedVariable cache_{"XDG_CACHE_HOME", folder_.path().string()};
};

constexpr const char* kMain = "int mote_main(int, char**) { return 0; }\n";

TEST_F(ToolchainTest, OnlyWhatChangedIsCompiledAgain) {
  BuildOptions options =
      firmware_with("#include \"test/part.h\"\nint mote_main(int, char**) { return PART; }\n");
  options.files["test/part.h"] = "#define PART 1\n";
  options.files["test/other.cc"] = "int other() { return 1; }\n";
  ASSERT_EQ(error_of(options), "");
  size_t first = objects();
  Bytes elf_of_first = *read_file(elf());
  ASSERT_EQ(error_of(options), "");
  EXPECT_EQ(objects(), first);
  EXPECT_EQ(*read_file(elf()), elf_of_first);
  options.files["test/other.cc"] += "\n";
  ASSERT_EQ(error_of(options), "");
  EXPECT_EQ(objects(), first + 1);
}

TEST_F(ToolchainTest, AChangedHeaderIsNoticed) {
  BuildOptions options =
      firmware_with("#include \"test/part.h\"\nint mote_main(int, char**) { return PART; }\n");
  options.files["test/part.h"] = "#define PART 1\n";
  ASSERT_EQ(error_of(options), "");
  Bytes before = *read_file(elf());
  options.files["test/part.h"] = "#define PART 2\n";
  ASSERT_EQ(error_of(options), "");
  EXPECT_NE(*read_file(elf()), before);
}

TEST_F(ToolchainTest, NothingIsLeftHalfWrittenInTheCache) {
  BuildOptions options = firmware_with("this isn't C++\n");
  EXPECT_NE(error_of(options), "");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "mote")) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
  }
}

TEST_F(ToolchainTest, CompilerMessagesAreShown) {
  std::string message = error_of(firmware_with("int mote_main(int, char**) { return oops; }\n"));
  EXPECT_NE(message.find("test/main.cc doesn't compile for cortex-m4"), std::string::npos);
  EXPECT_NE(message.find("oops"), std::string::npos);
}

TEST_F(ToolchainTest, GlobalConstructorsAreALinkError) {
  std::string message = error_of(
      firmware_with("int answer();\nstruct S { S() : x(answer()) {} int x; };\nS s;\n"
                    "__attribute__((noinline)) int answer() { return *(volatile int*)&s.x; }\n"
                    "int mote_main(int, char**) { return s.x; }\n"));
  EXPECT_NE(message.find("may not have global constructors"), std::string::npos) << message;
}

TEST_F(ToolchainTest, WhatDoesntFitIsALinkError) {
  Machine small = cortex_m4();
  small.ram_bytes = 32 << 10;
  BuildOptions options = firmware_with(
      "static volatile char big[20000];\nint mote_main(int, char** argv) { return big[argv[0][0]]; "
      "}\n");
  auto built = build_firmware(small, options, elf());
  ASSERT_FALSE(built.ok());
  EXPECT_NE(built.error().message.find("don't fit in RAM together"), std::string::npos)
      << built.error().message;
  options.stack_bytes = 4096;
  EXPECT_TRUE(build_firmware(small, options, elf()).ok());
}

TEST_F(ToolchainTest, EachCoreTakesItsOwnStartUpSource) {
  BuildOptions options = firmware_with(kMain);
  options.files["boards/firmware/rv32.cc"] = "#error not for this core";
  EXPECT_EQ(error_of(options), "");
  options.files["boards/firmware/cortex_m.cc"] = "#error for this core";
  EXPECT_NE(error_of(options).find("cortex_m.cc doesn't compile"), std::string::npos);
}

TEST_F(ToolchainTest, AMissingLinkerScriptIsNamed) {
  BuildOptions options;
  options.files["test/main.cc"] = kMain;
  EXPECT_EQ(error_of(options), "boards/firmware/cortex_m.ld: missing among the firmware's sources");
}

TEST_F(ToolchainTest, AMissingCompilerIsNamedWithItsPackage) {
  ScopedVariable path("PATH", folder_.path().string());
  std::string message = error_of(firmware_with(kMain));
  EXPECT_NE(message.find("arm-none-eabi-g++: not found"), std::string::npos) << message;
  EXPECT_NE(message.find("gcc-arm-none-eabi"), std::string::npos) << message;
}

TEST_F(ToolchainTest, SizesOfOneSourceAreTold) {
  BuildOptions options;
  options.files["test/part.cc"] = "extern const char text[64] = \"x\";\nchar room[128];\n";
  auto sizes = compiled_sizes(cortex_m4(), options, "test/part.cc");
  ASSERT_TRUE(sizes.ok()) << sizes.error().message;
  EXPECT_EQ(sizes->text, 0u);
  EXPECT_EQ(sizes->rodata, 64u);
  EXPECT_EQ(sizes->bss, 128u);
}

TEST_F(ToolchainTest, PiecesNameTheirSourcesAndAddUpToTheSections) {
  auto pieces = build(firmware_with(
      "volatile double x = 2;\nint mote_main(int, char**) { return x * x > 3.0; }\n"));
  ASSERT_TRUE(pieces.ok()) << pieces.error().message;
  uint64_t text = 0;
  std::set<std::string> sources;
  for (const LinkPiece& piece : *pieces) {
    text += piece.section == ".text" ? piece.bytes : 0;
    sources.insert(piece.source);
  }
  EXPECT_TRUE(sources.contains("boards/firmware/cortex_m.cc"));
  EXPECT_TRUE(sources.contains("libgcc"));  // double arithmetic
  auto file = read_file(elf());
  ASSERT_TRUE(file.ok());
  auto elf_read = read_elf(*file, "firmware.elf");
  ASSERT_TRUE(elf_read.ok());
  EXPECT_EQ(text, elf_read->sizes.text);
}

}  // namespace
}  // namespace mote
