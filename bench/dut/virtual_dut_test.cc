// SPDX-License-Identifier: Apache-2.0
// The device on virtual boards: the line, the clock, and what is skipped.
#include "bench/dut/virtual_dut.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>

#include "base/host/process.h"
#include "bench/dut/dut_test_support.h"

namespace mote::dut {
namespace {

/// 64 inputs through a layer of 64 x 32 weights.
std::string layer() {
  std::string weights;
  for (int i = 0; i < 64 * 32; ++i) weights += "03";
  return fmt::format(R"(graph "g" {{
  input %0 "x" int8[1,64] q(0.5:-4)
  const %1 "w" int8[32,64] q(0.25:0) = 0x{}
  %2 "y" int8[1,32] q(8:1) = FULLY_CONNECTED(%0, %1)
  output %2
}})",
                     weights);
}

ImageModel model_of(std::string_view text) {
  Result<Graph> graph = parse(std::string(text), operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Plan> plan = compile(*graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return image_model(*plan);
}

class VirtualDutTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    target_ = *find_target(GetParam());
    for (std::string_view needed : {target_.machine->compiler, target_.machine->qemu_program}) {
      if (needed.empty() || find_program(std::string(needed), "").ok()) continue;
      GTEST_SKIP() << needed << " isn't there";
    }
  }

  void start(const DutOptions& options, std::string_view model = kQuantisedModel) {
    auto dut = VirtualDut::start(model_of(model), target_, options);
    ASSERT_TRUE(dut.ok()) << dut.error().message;
    dut_ = std::move(*dut);
    std::string greeting = hear();
    EXPECT_EQ(greeting, options.energy ? "m-timestamp-mode-energy\r\nm-init-done\r\nm-ready\r\n"
                                       : "m-timestamp-mode-performance\r\n" + lap() +
                                             "m-init-done\r\nm-ready\r\n");
  }

  /// All until the device is ready.
  std::string hear() {
    std::string text;
    while (!text.ends_with("m-ready\r\n")) {
      pollfd waiting{dut_->line(), POLLIN, 0};
      char c;
      if (poll(&waiting, 1, 60000) != 1 || recv(dut_->line(), &c, 1, 0) != 1) {
        ADD_FAILURE() << "nothing more after " << text;
        return text;
      }
      text += c;
      if (text.ends_with("\r\n") && text.rfind("m-lap-us-") != std::string::npos &&
          text.rfind("m-lap-us-") > text.rfind("\r\n", text.size() - 3)) {
        laps_.push_back(std::stoul(text.substr(text.rfind("m-lap-us-") + 9)));
      }
    }
    return text;
  }
  std::string ask(const std::string& command) {
    EXPECT_EQ(send(dut_->line(), command.data(), command.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(command.size()));
    return hear();
  }
  std::string lap() const {
    if (laps_.empty()) return "no lap";
    return "m-lap-us-" + std::to_string(laps_.back()) + "\r\n";
  }
  /// Microseconds between the last two laps.
  unsigned long lasted() const { return laps_.back() - laps_[laps_.size() - 2]; }

  BoardTarget target_;
  std::unique_ptr<VirtualDut> dut_;
  std::vector<unsigned long> laps_;
};

TEST_P(VirtualDutTest, AnswersAsTheBenchmarkWantsIt) {
  start({});
  EXPECT_EQ(ask("name%"), "m-name-dut-[mote]\r\nm-ready\r\n");
  EXPECT_EQ(ask("db load 4%"), "m-[Expecting 4 bytes]\r\nm-ready\r\n");
  EXPECT_EQ(ask("db fcfd0A7f%"), "m-load-done\r\nm-ready\r\n");
  std::string answer = ask("infer 1 0%");
  EXPECT_NE(answer.find("m-results-[0.000,0.500,7.000,65.500]\r\nm-ready"), std::string::npos)
      << answer;
  EXPECT_EQ(ask("infer 0%"), "e-[Inference iterations must be >0]\r\nm-ready\r\n");
  Result<void> end = dut_->finish();
  EXPECT_TRUE(end.ok()) << end.error().message;
}

TEST_P(VirtualDutTest, SkippedInferencesTakeTheTimeOfThoseThatRun) {
  std::string input = "db load 64%";
  for (int i = 0; i < 2; ++i) input += "db " + std::string(64, '1') + "%";
  unsigned long micros[2];
  for (bool full : {false, true}) {
    start({.full = full}, layer());
    for (size_t at = 0, end; at < input.size(); at = end) {
      end = input.find('%', at) + 1;
      ask(input.substr(at, end - at));
    }
    ask("infer 200 3%");
    micros[full] = lasted();
    EXPECT_EQ(dut_->times().run, full ? 200u : 3u);
    EXPECT_EQ(dut_->times().skipped, full ? 0u : 197u);
  }
  EXPECT_NEAR(static_cast<double>(micros[0]), static_cast<double>(micros[1]), 1);
  EXPECT_GT(micros[1], 200u);
}

TEST_P(VirtualDutTest, InRealTimeItAnswersNoSoonerThanTheBoard) {
  start({.real_time = true});
  ask("db load 4%");
  ask("db fcfd0A7f%");
  const auto began = std::chrono::steady_clock::now();
  ask("infer 20000 0%");
  const std::chrono::duration<double, std::micro> here = std::chrono::steady_clock::now() - began;
  EXPECT_GT(dut_->times().skipped, 19000u);
  EXPECT_GE(here.count(), static_cast<double>(lasted()));
}

TEST_P(VirtualDutTest, InEnergyModeThePinTellsTheTime) {
  start({.energy = true});
  ask("db load 4%");
  ask("db fcfd0A7f%");
  size_t before = dut_->edges_us().size();
  ask("infer 100 1%");
  std::vector<double> edges = dut_->edges_us();
  ASSERT_EQ(edges.size(), before + 2);
  EXPECT_GT(edges.back(), edges[edges.size() - 2]);
}

TEST_P(VirtualDutTest, ItCanBeLeftInTheMiddle) {
  start({});
  EXPECT_EQ(send(dut_->line(), "db load", 7, MSG_NOSIGNAL), 7);
  dut_.reset();
}

INSTANTIATE_TEST_SUITE_P(Boards, VirtualDutTest, testing::Values("nucleo-l4r5zi", "esp32-c3"),
                         [](const auto& board) {
                           std::string name = board.param;
                           std::erase(name, '-');
                           return name;
                         });

std::string refusal(std::string_view model, const std::string& board, const DutOptions& options) {
  auto dut = VirtualDut::start(model_of(model), *find_target(board), options);
  return dut.ok() ? "none" : dut.error().message;
}

TEST(VirtualDut, WhatCantBeServedIsRefused) {
  EXPECT_EQ(refusal(kQuantisedModel, "cortex-m4", {}),
            "cortex-m4: a bare core has no clock; name a board (mote boards)");
  EXPECT_NE(refusal(kQuantisedModel, "nucleo-l4r5zi", {.vendor = "a b"}).find("--vendor"),
            std::string::npos);
  EXPECT_NE(refusal(layer(), "nucleo-l4r5zi",
                    {.input = InputForm::kFloat, .result = ResultForm::kReconstructionError})
                .find("as many elements"),
            std::string::npos);
  EXPECT_NE(refusal(R"(graph "g" {
    input %0 "a" int8[4] q(0.5:0)
    input %1 "b" int8[4] q(0.5:0)
    %2 "y" int8[4] q(1:0) = ADD(%0, %1)
    output %2
  })",
                    "nucleo-l4r5zi", {})
                .find("has 2 inputs"),
            std::string::npos);
}

}  // namespace
}  // namespace mote::dut
