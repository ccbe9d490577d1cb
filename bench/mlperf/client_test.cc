// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/client.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>

#include "bench/mlperf/fake_device_test_support.h"

namespace mote::mlperf {
namespace {

/// Answers the sum of the bytes.
std::string sum(const std::string& bytes) {
  int total = 0;
  for (char c : bytes) total += static_cast<uint8_t>(c);
  return fmt::format("{},0.5", total);
}

Bytes counting(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i);
  return bytes;
}

constexpr ClientOptions kImpatient{.reply_s = 0.3, .infer_s = 0.3};

TEST(MlperfClient, LoadsAndInfers) {
  FakeDevice device("kws01", 100, sum);
  Client client(device.line());
  Result<DeviceName> name = client.hello();
  ASSERT_TRUE(name.ok()) << name.error().message;
  EXPECT_EQ(name->vendor, "fake");
  EXPECT_EQ(name->model, "kws01");
  ASSERT_TRUE(client.load(counting(100)).ok());
  Result<Inference> inference = client.infer(7, 2);
  ASSERT_TRUE(inference.ok()) << inference.error().message;
  EXPECT_EQ(inference->results, (std::vector<float>{99 * 50, 0.5f}));
  EXPECT_EQ(inference->iterations, 7u);
  EXPECT_EQ(inference->elapsed_us(), 700u);  // the clock's 32 bits wrap in between
  EXPECT_EQ(device.longest_command(), 80u);  // what a device can hold
}

TEST(MlperfClient, FindsADeviceThatIsInTheMiddleOfSomething) {
  FakeDevice device("kws01", 100, sum,
                    {.noise_at_start = "m-timestamp-mode-performance\r\nm-ready"});
  ASSERT_TRUE(device.line().write("db 00112", 1).ok());  // a runner that died
  Client client(device.line());
  Result<DeviceName> name = client.hello();
  ASSERT_TRUE(name.ok()) << name.error().message;
}

TEST(MlperfClient, LoadsAgainWhenTheLineLosesBytes) {
  FakeDevice device("kws01", 100, sum, {.drop_every = 37, .drop_until = 300});
  Client client(device.line(), kImpatient);
  ASSERT_TRUE(client.load(counting(200)).ok());
  Result<Inference> inference = client.infer(1, 0);
  ASSERT_TRUE(inference.ok());
  EXPECT_EQ(inference->results[0], 199 * 100);
}

TEST(MlperfClient, GivesUpOnALineThatAlwaysLosesBytes) {
  FakeDevice device("kws01", 100, sum, {.drop_every = 10, .drop_until = 1'000'000});
  Client client(device.line(), kImpatient);
  Result<void> loaded = client.load(counting(200));
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("\"db "), std::string::npos) << loaded.error().message;
}

TEST(MlperfClient, NamesTheCommandThatGetsNoAnswer) {
  FakeDevice device("kws01", 100, sum, {.silent_on = "infer"});
  Client client(device.line(), kImpatient);
  Result<Inference> inference = client.infer(3, 0);
  ASSERT_FALSE(inference.ok());
  EXPECT_EQ(inference.error().message,
            "\"infer 3 0\": no m-ready within 0.3 s (the time is over); came: nothing");
}

TEST(MlperfClient, NamesTheCommandAtWhichTheLineCloses) {
  FakeDevice device("kws01", 100, sum, {.hang_up_on = "db load"});
  Client client(device.line());
  Result<void> loaded = client.load(counting(10));
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("\"db load 10\": no m-ready"), std::string::npos);
  EXPECT_NE(loaded.error().message.find("the line is closed"), std::string::npos);
}

TEST(MlperfClient, PassesOnWhatTheDeviceRefuses) {
  FakeDevice device("kws01", 100, sum, {.instead = "e-[Nothing is loaded]"});
  Client client(device.line());
  Result<Inference> inference = client.infer(1, 0);
  ASSERT_FALSE(inference.ok());
  EXPECT_EQ(inference.error().message, "\"infer 1 0\": the device says e-[Nothing is loaded]");
}

TEST(MlperfClient, RefusesRepliesWithoutTimesOrResults) {
  for (auto [reply, wrong] :
       {std::pair{"m-results-[1,2]",
                  "0 timestamps m-lap-us-N instead of 2 (is "
                  "the device in energy mode?)"},
        std::pair{"m-lap-us-1\r\nm-lap-us-2\r\nm-infer-done\r\nm-results-[1,x]",
                  "no m-results-[f,f,…]"},
        std::pair{"m-lap-us-1\r\nm-lap-us-2\r\nm-results-[1,2]", "no m-infer-done"}}) {
    FakeDevice device("kws01", 100, sum, {.instead = reply});
    Client client(device.line());
    Result<Inference> inference = client.infer(1, 0);
    ASSERT_FALSE(inference.ok());
    EXPECT_NE(inference.error().message.find(wrong), std::string::npos)
        << inference.error().message;
  }
}

TEST(MlperfLine, OpensTerminalsRaw) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(master, 0);
  ASSERT_EQ(grantpt(master), 0);
  ASSERT_EQ(unlockpt(master), 0);
  Result<std::unique_ptr<Line>> port = open_serial(ptsname(master), 115200);
  ASSERT_TRUE(port.ok()) << port.error().message;
  std::unique_ptr<Line> device = fd_line(master);
  ASSERT_TRUE((*port)->write("name%", 1).ok());
  Result<std::string> came = device->read(1);
  ASSERT_TRUE(came.ok());
  EXPECT_EQ(*came, "name%");
  ASSERT_TRUE(device->write("m-ready\r\n", 1).ok());
  came = (*port)->read(1);
  ASSERT_TRUE(came.ok());
  EXPECT_EQ(*came, "m-ready\r\n");
}

TEST(MlperfLine, RefusesWhatIsNoPort) {
  EXPECT_FALSE(open_serial("/dev/ttyNONE7", 115200).ok());
  Result<std::unique_ptr<Line>> null = open_serial("/dev/null", 115200);
  ASSERT_FALSE(null.ok());
  EXPECT_EQ(null.error().message, "/dev/null: isn't a serial port or terminal");
  Result<std::unique_ptr<Line>> rate = open_serial("/dev/null", 12345);
  ASSERT_FALSE(rate.ok());
  EXPECT_EQ(rate.error().message.rfind("12345 baud: no such rate; there are: 9600", 0), 0u);
}

}  // namespace
}  // namespace mote::mlperf
