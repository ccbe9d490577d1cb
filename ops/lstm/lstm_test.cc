// SPDX-License-Identifier: Apache-2.0
// LSTMs of one cell by hand, and what their directions have in common.
#include "ops/lstm/lstm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "ops/unary/unary.op.h"

namespace mote {
namespace {

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

TEST(Lstm, FollowsItsFormula) {
  LstmFloat32Params p{{1, 3, 1, 1, 0, 0, 1, 0}, 0};
  std::vector<float> weights = {0.5f, -1, 2, 1}, recurrent = {1, 0.25f, -0.5f, 2};
  std::vector<float> bias = {0.1f, 0.2f, 0.3f, 0.4f}, input = {1, -2, 0.5f}, output(3);
  float hidden = 0, cell = 0, h = 0, c = 0;
  lstm_float32(p, input.data(), weights.data(), recurrent.data(), bias.data(), &hidden, &cell,
               output.data());
  for (size_t t = 0; t < input.size(); ++t) {
    auto sum = [&](size_t gate) {
      return weights[gate] * input[t] + bias[gate] + recurrent[gate] * h;
    };
    c = sigmoid(sum(1)) * c + sigmoid(sum(0)) * std::tanh(sum(2));
    h = sigmoid(sum(3)) * std::tanh(c);
    EXPECT_NEAR(output[t], h, 1e-6f) << t;
  }
  EXPECT_NEAR(cell, c, 1e-6f);
  EXPECT_EQ(hidden, output[2]);
}

TEST(Lstm, IntegersFollowFloats) {
  // Inputs in 64ths, weights in 64ths, cell in 2048ths, hidden state in 128ths.
  QuantizedMultiplier to_sum = {1 << 30, 1}, to_hidden_sum = {1 << 30, 0};
  LstmGateScales gate = {to_sum, to_hidden_sum};
  LstmIntegerParams p{
      {1, 3, 1, 1, 0, 0, 1, 0}, 0,      0,  gate, gate, gate, gate, {1 << 30, -14}, {1 << 30, -18},
      {1 << 30, -22},           {6, 0}, -1, 0};
  std::vector<int8_t> weights = {32, -64, 127, 64}, recurrent = {64, 16, -32, 127};
  std::vector<int32_t> bias = {410, 819, 1229, 1638};
  std::vector<int8_t> input = {64, -128, 32}, output(3);
  int8_t hidden = 0;
  int16_t cell = 0;
  std::vector<uint16_t> table = logistic_table();
  lstm_int8(p, input.data(), weights.data(), recurrent.data(), bias.data(), table.data(), &hidden,
            &cell, output.data());
  auto real = [](int32_t value, int32_t ones) {
    return static_cast<float>(value) / static_cast<float>(ones);
  };
  float h = 0, c = 0;
  for (size_t t = 0; t < input.size(); ++t) {
    auto sum = [&](size_t g) {
      return real(weights[g], 64) * real(input[t], 64) + real(bias[g], 4096) +
             real(recurrent[g], 64) * h;
    };
    c = sigmoid(sum(1)) * c + sigmoid(sum(0)) * std::tanh(sum(2));
    h = sigmoid(sum(3)) * std::tanh(c);
    EXPECT_NEAR(real(output[t], 128), h, 0.02f) << t;
  }
  EXPECT_NEAR(real(cell, 2048), c, 0.02f);
}

TEST(Lstm, ClipsTheCell) {
  LstmFloat32Params p{{1, 1, 1, 1, 0, 0, 1, 0}, 0.25f};
  std::vector<float> weights = {9, 9, 9, 9}, recurrent(4), bias(4);
  float input = 1, hidden = 0, cell = 0, output = 0;
  lstm_float32(p, &input, weights.data(), recurrent.data(), bias.data(), &hidden, &cell, &output);
  EXPECT_EQ(cell, 0.25f);
}

TEST(Lstm, BackwardsIsForwardsOnTheReversedSequence) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> draw(-1, 1);
  auto numbers = [&](size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = draw(random);
    return values;
  };
  constexpr int32_t kSteps = 4, kCells = 2;
  LstmFloat32Params p{{1, kSteps, 1, kCells, 0, 0, kCells, 0}, 0};
  std::vector<float> weights = numbers(8), recurrent = numbers(16), bias = numbers(8);
  std::vector<float> input = numbers(kSteps), reversed(input.rbegin(), input.rend());
  std::vector<float> hidden(kCells), cell(kCells), forwards(kSteps * kCells);
  lstm_float32(p, reversed.data(), weights.data(), recurrent.data(), bias.data(), hidden.data(),
               cell.data(), forwards.data());
  p.sequence.backwards = 1, p.sequence.output_row = 5, p.sequence.column = 3;
  hidden.assign(kCells, 0), cell.assign(kCells, 0);
  std::vector<float> backwards(kSteps * 5);
  lstm_float32(p, input.data(), weights.data(), recurrent.data(), bias.data(), hidden.data(),
               cell.data(), backwards.data());
  for (size_t t = 0; t < kSteps; ++t) {
    for (size_t j = 0; j < kCells; ++j) {
      EXPECT_EQ(backwards[5 * t + 3 + j], forwards[kCells * (kSteps - 1 - t) + j]) << t << " " << j;
    }
    EXPECT_EQ(backwards[5 * t], 0) << "not a column of this LSTM";
  }
}

}  // namespace
}  // namespace mote
