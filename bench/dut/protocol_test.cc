// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/device/protocol.h"

#include <gtest/gtest.h>

#include <random>

#include "bench/dut/dut_test_support.h"

namespace mote::dut {
namespace {

constexpr Role kRole = {.vendor = "mote", .model = "kws01"};

/// -4, -3, 10, 127: reals 0, 0.5, 7 and 65.5.
constexpr const char* kLoad = "db load 4%db fcfd%db 0A7f%";

TEST(Protocol, BootsIntoReadiness) {
  EXPECT_EQ(TestDevice(kRole).boot(),
            "m-timestamp-mode-performance\r\nm-lap-us-1000\r\nm-init-done\r\nm-ready\r\n");
}

TEST(Protocol, InEnergyModeTimestampsAreEdges) {
  Role role = kRole;
  role.energy = true;
  TestDevice device(role);
  EXPECT_EQ(device.boot(), "m-timestamp-mode-energy\r\nm-init-done\r\nm-ready\r\n");
  EXPECT_EQ(device.edges(), 1);
  EXPECT_EQ(device.send("timestamp%"), "m-ready\r\n");
  EXPECT_EQ(device.edges(), 2);
}

TEST(Protocol, SaysWhatItIs) {
  TestDevice device(kRole);
  EXPECT_EQ(device.send("name%"), "m-name-dut-[mote]\r\nm-ready\r\n");
  EXPECT_EQ(device.send("profile%"),
            "m-profile-[mote DUT firmware 1.0]\r\nm-model-[kws01]\r\nm-ready\r\n");
  EXPECT_EQ(device.send("timestamp%"), "m-lap-us-1000\r\nm-ready\r\n");
  EXPECT_NE(device.send("help%").find("infer N [W]"), std::string::npos);
}

TEST(Protocol, LoadsAndInfers) {
  TestDevice device(kRole);
  EXPECT_EQ(device.send("db load 4%"), "m-[Expecting 4 bytes]\r\nm-ready\r\n");
  EXPECT_EQ(device.send("db fcfd%"), "m-ready\r\n");
  EXPECT_EQ(device.send("db 0A7f%"), "m-load-done\r\nm-ready\r\n");
  EXPECT_EQ(device.send("db print%"), "m-buffer-fc-fd-0a-7f\r\nm-ready\r\n");
  EXPECT_EQ(device.send("infer 3 1%"),
            "m-warmup-start-1\r\nm-warmup-done\r\nm-infer-start-3\r\n"
            "m-lap-us-1000\r\nm-lap-us-2000\r\nm-infer-done\r\n"
            "m-results-[0.000,0.500,7.000,65.500]\r\nm-ready\r\n");
  EXPECT_EQ(device.asked(), 3) << "after each timed inference";
  EXPECT_EQ(device.send("results%"), "m-results-[0.000,0.500,7.000,65.500]\r\nm-ready\r\n");
}

TEST(Protocol, WarmsUpTenTimesIfNotToldOtherwise) {
  TestDevice device(kRole);
  device.send(kLoad);
  EXPECT_EQ(device.send("infer 1%").rfind("m-warmup-start-10\r\n", 0), 0u);
  EXPECT_EQ(device.send("infer%").rfind("m-warmup-start-10\r\n", 0), 0u);
  EXPECT_EQ(device.send("infer 1 0%").rfind("m-warmup-start-0\r\n", 0), 0u);
}

TEST(Protocol, InferencesThatAreKnownAreSkipped) {
  TestDevice device(kRole);
  device.send(kLoad);
  device.skip(998);
  EXPECT_NE(device.send("infer 1000 0%").find("m-infer-start-1000\r\n"), std::string::npos);
  EXPECT_EQ(device.asked(), 2) << "998 after the first, the last one for itself";
}

TEST(Protocol, PicturesAreCentred) {
  Role role = kRole;
  role.input = InputForm::kUnsigned;
  TestDevice device(role);
  device.send("db load 4%db 7c7d8aff%");
  EXPECT_NE(device.send("infer 1 0%").find("[0.000,0.500,7.000,65.500]"), std::string::npos);
  EXPECT_EQ(device.send("db print%"), "m-buffer-7c-7d-8a-ff\r\nm-ready\r\n");
  TestDevice floats(role, kFloatModel);
  floats.send("db load 4%db 007d8aff%");
  EXPECT_NE(floats.send("infer 1 0%").find("[0.000,125.000,138.000,255.000]"), std::string::npos);
}

TEST(Protocol, FloatsAreQuantisedAndCompared) {
  Role role = kRole;
  role.input = InputForm::kFloat;
  role.result = ResultForm::kReconstructionError;
  TestDevice device(role);
  // 0.25, -1, 100, 1: quantised to -3 (a half away from zero), -6, 127 and -2, which are 0.5, -1,
  // 65.5 and 1. RELU makes the second one 0. Errors 0.25, 1, 34.5 and 0.
  device.send("db load 16%db 0000803e000080bf%db 0000c8420000803f%");
  EXPECT_NE(device.send("infer 2 1%").find("m-results-[297.828]"), std::string::npos);
  role.result = ResultForm::kScores;
  TestDevice floats(role, kFloatModel);
  floats.send("db load 16%db 0000803e000080bf%db 0000c8420000803f%");
  EXPECT_NE(floats.send("infer 2 1%").find("[0.250,0.000,100.000,1.000]"), std::string::npos);
}

struct BadCommand {
  const char* before;
  const char* command;
  const char* complaint;
};

class BadCommands : public testing::TestWithParam<BadCommand> {};

TEST_P(BadCommands, GetOneLineAndTheDeviceRecovers) {
  const BadCommand& bad = GetParam();
  TestDevice device(kRole);
  device.send(bad.before);
  EXPECT_EQ(device.send(bad.command), "e-[" + std::string(bad.complaint) + "]\r\nm-ready\r\n");
  device.send(kLoad);
  EXPECT_NE(device.send("infer 1 0%").find("[0.000,0.500,7.000,65.500]"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCommands,
    testing::Values(
        BadCommand{"", "%", "Unknown command: "}, BadCommand{"", "  %", "Unknown command: "},
        BadCommand{"", "nmae%", "Unknown command: nmae"},
        BadCommand{"", "name\x01%", "Unknown command: name?"},
        BadCommand{"", "db%", "Command 'db' requires a subcommand"},
        BadCommand{"", "db load%", "Command 'db load' requires the # of bytes"},
        BadCommand{"", "db load 0%", "Command 'db load' must be >0 bytes, not 0"},
        BadCommand{"", "db load -4%", "Command 'db load' must be >0 bytes, not -4"},
        BadCommand{"", "db load 4x%", "Command 'db load' must be >0 bytes, not 4x"},
        BadCommand{"", "db load 5%", "Supplied buffer size 5 exceeds maximum of 4"},
        BadCommand{"", "db 00%", "'db load' comes before the bytes"},
        BadCommand{"db load 4%", "db 000%", "Insufficent number of hex digits"},
        BadCommand{"db load 4%", "db 0g%", "Invalid hex digits 0g"},
        BadCommand{kLoad, "db 00%", "All bytes are loaded: 'db load' begins another input"},
        BadCommand{"", "infer 1%", "The input has 0 bytes, the model takes 4: load it first"},
        BadCommand{"db load 4%db 0000%", "infer 1%",
                   "The input has 2 bytes, the model takes 4: load it first"},
        BadCommand{"db load 2%db 0000%", "infer 1%",
                   "The input has 2 bytes, the model takes 4: load it first"},
        BadCommand{kLoad, "infer 0%", "Inference iterations must be >0"},
        BadCommand{kLoad, "infer -1%", "Inference iterations must be >0"},
        BadCommand{kLoad, "infer 1 -1%", "Inference warmup must be >=0"},
        BadCommand{kLoad, "results%", "No results: 'infer' comes first"},
        BadCommand{"",
                   "db 0123456789012345678901234567890123456789012345678901234567890123456789012%",
                   "Insufficent number of hex digits"}));

TEST(Protocol, AnOverlongLineIsRefusedWhole) {
  TestDevice device(kRole);
  EXPECT_EQ(device.send(std::string(100000, 'a') + "%"),
            "e-[Command longer than 79 characters]\r\nm-ready\r\n");
  EXPECT_EQ(device.send("name" + std::string(75, ' ') + "%"), "m-name-dut-[mote]\r\nm-ready\r\n");
}

TEST(Protocol, LinesMayEndToo) {
  EXPECT_EQ(TestDevice(kRole).send("na\r\nme%\r\n"), "m-name-dut-[mote]\r\nm-ready\r\n");
}

TEST(Protocol, MoreDigitsThanExpectedAreLeftOut) {
  TestDevice device(kRole);
  EXPECT_EQ(device.send("db load 2%db 010203%db print%"),
            "m-[Expecting 2 bytes]\r\nm-ready\r\nm-load-done\r\nm-ready\r\nm-buffer-01-02\r\nm-"
            "ready\r\n");
}

/// Commands cut up and mixed: each end of a command gets one readiness, whatever comes.
TEST(Protocol, AnyNoiseEndsInReadiness) {
  std::mt19937 random(1);
  const std::string words[] = {"db ",     "load ", "4",     "infer ",   "1",
                               " ",       "%",     "print", "00",       "f",
                               "results", "name",  "\r\n",  "profile%", std::string(1, '\0'),
                               "\xff"};
  TestDevice device(kRole);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 6; ++i) text += words[random() % std::size(words)];
    text += "%";
    std::string answer = device.send(text);
    ASSERT_EQ(answer.substr(answer.size() - 9), "m-ready\r\n") << text;
    size_t ready = 0;
    for (size_t at = 0; (at = answer.find("m-ready\r\n", at)) != std::string::npos; ++at) ++ready;
    ASSERT_EQ(ready, static_cast<size_t>(std::count(text.begin(), text.end(), '%'))) << text;
  }
}

}  // namespace
}  // namespace mote::dut
