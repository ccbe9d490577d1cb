// SPDX-License-Identifier: Apache-2.0
// The package is compiled as a user would, with a board of the host's own around it.
#include "bench/dut/package.h"

#include <gtest/gtest.h>

#include "base/host/process.h"
#include "bench/dut/dut_test_support.h"

namespace mote::dut {
namespace {

/// A board whose serial line is standard input and output.
constexpr const char* kHostBoard = R"c(
#include <stdio.h>
#include "mote_dut.h"
static uint32_t clock_us;
void mote_port_write(const char* text, uint32_t bytes) { fwrite(text, 1, bytes, stdout); }
uint32_t mote_port_microseconds(void) { return clock_us += 500; }
void mote_port_edge(void) { fputs("(edge)", stdout);
}
int main(void) {
  FILE* dialogue = fopen("dialogue", "r");
  if (!dialogue || mote_dut_begin()) return 1;
  for (int c; (c = getc(dialogue)) != EOF;) mote_dut_take((char)c);
  return 0;
}
)c";

/// Of Arduino what the sketch uses.
constexpr const char* kArduino = R"(
#include <stddef.h>
#include <stdint.h>
enum { LOW, HIGH, OUTPUT };
void digitalWrite(int, int);
void pinMode(int, int);
void delayMicroseconds(unsigned);
unsigned long micros();
struct SerialPort {
  void begin(long);
  size_t write(const uint8_t*, size_t);
  int available();
  int read();
  explicit operator bool();
};
extern SerialPort Serial;
)";

class PackageTest : public testing::Test {
 protected:
  void write(const DutOptions& options) {
    Result<Graph> graph = parse(std::string(kQuantisedModel), operator_book());
    Result<Plan> plan = compile(*graph, Target());
    auto package = dut_package(image_model(*plan), options, "sketch");
    ASSERT_TRUE(package.ok()) << package.error().message;
    for (const auto& [name, text] : *package) put(name, text);
  }
  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_text(folder_.path() / name, text).ok());
  }
  ProcessOutcome run(std::vector<std::string> command) {
    command.insert(command.begin(), {"env", "-C", folder_.path().string()});
    return *run_process(command, 120);
  }
  std::string talk(const std::string& dialogue) {
    put("dialogue", dialogue);
    put("board.c", kHostBoard);
    ProcessOutcome built = run(
        {"sh", "-c",
         "cc -Wall -Werror -c board.c && "
         "c++ -std=c++17 -Wall -Wextra -Werror -c mote_dut.cpp && c++ board.o mote_dut.o -o dut"});
    EXPECT_EQ(built.exit_code, 0) << built.output;
    return run({"./dut"}).output;
  }

  TempFolder folder_ = *TempFolder::make();
};

TEST_F(PackageTest, CompilesAloneAndSpeaksTheProtocol) {
  write({});
  EXPECT_EQ(talk("name%db load 4%db fcfd0A7f%infer 2 1%"),
            "m-timestamp-mode-performance\r\nm-lap-us-500\r\nm-init-done\r\nm-ready\r\n"
            "m-name-dut-[mote]\r\nm-ready\r\n"
            "m-[Expecting 4 bytes]\r\nm-ready\r\nm-load-done\r\nm-ready\r\n"
            "m-warmup-start-1\r\nm-warmup-done\r\nm-infer-start-2\r\n"
            "m-lap-us-1000\r\nm-lap-us-1500\r\nm-infer-done\r\n"
            "m-results-[0.000,0.500,7.000,65.500]\r\nm-ready\r\n");
}

TEST_F(PackageTest, EnergyIsMeasuredBetweenEdges) {
  write({.energy = true});
  EXPECT_EQ(talk("timestamp%"),
            "m-timestamp-mode-energy\r\n(edge)m-init-done\r\nm-ready\r\n(edge)m-ready\r\n");
}

TEST_F(PackageTest, TheSketchIsArduinos) {
  write({});
  put("Arduino.h", kArduino);
  ProcessOutcome built = run({"c++", "-std=c++17", "-Wall", "-Werror", "-x", "c++", "-include",
                              "Arduino.h", "-fsyntax-only", "sketch.ino"});
  EXPECT_EQ(built.exit_code, 0) << built.output;
}

}  // namespace
}  // namespace mote::dut
