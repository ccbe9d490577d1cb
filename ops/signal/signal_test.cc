// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(SignalWindow, ShiftsDownAndSaturates) {
  std::string graph = R"(
    input %0 "x" int16[1,4]
    const %1 "w" int16[4] = )" +
                      hex<int16_t>({4096, -4096, 8192, 32767}) + R"(
    %2 "y" int16[1,4] = SignalWindow(%0, %1) {shift=12}
    output %2)";
  EXPECT_EQ(run_text<int16_t>(graph, {bytes_from<int16_t>({100, 7, 20000, -32768})}),
            (std::vector<int16_t>{100, -7, 32767, -32768}));
}

std::vector<int16_t> auto_scaled(const std::vector<int16_t>& input) {
  std::string graph = fmt::format(R"(
    input %0 "x" int16[{0}]
    %1 "y" int16[{0}], %2 "bits" int32[] = SignalFftAutoScale(%0)
    output %1)",
                                  input.size());
  return run_text<int16_t>(graph, {bytes_from(input)});
}

TEST(SignalFftAutoScale, FillsTheWord) {
  EXPECT_EQ(auto_scaled({0, 3, -5}), (std::vector<int16_t>{0, 12288, -20480}));
  EXPECT_EQ(auto_scaled({16384, -1}), (std::vector<int16_t>{16384, -1}));
  EXPECT_EQ(auto_scaled({0, 0}), (std::vector<int16_t>{0, 0}));
}

TEST(SignalRfft, ACosineIsOneBin) {
  std::vector<int16_t> wave;
  for (int i = 0; i < 64; ++i) {
    wave.push_back(static_cast<int16_t>(16000 * std::cos(2 * std::numbers::pi * 5 * i / 64)));
  }
  std::vector<int16_t> bins = run_text<int16_t>(R"(
    input %0 "x" int16[64]
    %1 "y" int16[66] = SignalRfft(%0) {fft_length=64}
    output %1)",
                                                {bytes_from(wave)});
  for (size_t k = 0; k <= 32; ++k) {
    EXPECT_NEAR(bins[2 * k], k == 5 ? 8000 : 0, 5) << k;  // divided by the length, half of it here
    EXPECT_NEAR(bins[2 * k + 1], 0, 5) << k;
  }
}

/// The transform by its definition, in double.
std::vector<double> spectrum(const std::vector<float>& x, int32_t length) {
  std::vector<double> bins;
  for (int k = 0; k <= length / 2; ++k) {
    double real = 0, imaginary = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      double phase = 2 * std::numbers::pi * k * static_cast<double>(i) / length;
      real += static_cast<double>(x[i]) * std::cos(phase);
      imaginary -= static_cast<double>(x[i]) * std::sin(phase);
    }
    bins.push_back(real);
    bins.push_back(imaginary);
  }
  return bins;
}

TEST(SignalRfft, FloatsAgreeWithTheDefinitionForEveryRadix) {
  for (int length : {4, 6, 8, 10, 12, 30, 60, 64, 90, 128, 150, 480, 500}) {
    std::vector<float> x;
    for (int i = 0; i < length - 1; ++i) x.push_back(static_cast<float>((i * 37) % 19) - 9);
    std::vector<double> expected = spectrum(x, length);
    std::vector<float> bins = run_text<float>(fmt::format(R"(
      input %0 "x" float32[{}]
      %1 "y" float32[{}] = SignalRfft(%0) {{T=0, fft_length={}}}
      output %1)",
                                                          length - 1, length + 2, length),
                                              {bytes_from(x)});
    ASSERT_EQ(bins.size(), expected.size());
    for (size_t i = 0; i < bins.size(); ++i) {
      EXPECT_NEAR(static_cast<double>(bins[i]), expected[i], 1e-5 * length) << length << " " << i;
    }
  }
}

TEST(SignalIrfft, BringsFloatsBack) {
  std::vector<float> x;
  for (int i = 0; i < 60; ++i) x.push_back(static_cast<float>((i * 31) % 17));
  std::vector<float> back = run_text<float>(R"(
    input %0 "x" float32[60]
    %1 "bins" float32[62] = SignalRfft(%0) {T=0, fft_length=60}
    %2 "y" float32[60] = SignalIrfft(%1) {T=0, fft_length=60}
    output %2)",
                                            {bytes_from(x)});
  for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(back[i], x[i], 1e-4f) << i;
}

TEST(SignalRfft, LengthsWithOtherFactorsAreRefused) {
  auto with = [](int length) {
    return refusal(fmt::format(R"(
      input %0 "x" int16[4]
      %1 "y" int16[{}] = SignalRfft(%0) {{fft_length={}}}
      output %1)",
                               length + 2, length));
  };
  EXPECT_EQ(with(16), "");
  for (int length : {14, 15, 2, 65536}) {
    EXPECT_NE(with(length).find("must be even, a product of 2, 3 and 5"), std::string::npos);
  }
}

TEST(SignalRfft, TheTypeAttributeIsTheInputs) {
  EXPECT_NE(refusal(R"(
    input %0 "x" float32[4]
    %1 "y" float32[10] = SignalRfft(%0) {fft_length=8}
    output %1)")
                .find("attribute T is 7, must be 0, which stands for float32"),
            std::string::npos);
}

TEST(SignalEnergy, ComputesTheWantedBinsOnly) {
  std::string graph = R"(
    input %0 "x" int16[8]
    %1 "y" uint32[4] = SignalEnergy(%0) {start_index=1, end_index=3}
    output %1)";
  EXPECT_EQ(run_text<uint32_t>(graph, {bytes_from<int16_t>({9, 9, 3, -4, -32768, -32768, 9, 9})}),
            (std::vector<uint32_t>{0, 25, 0x80000000u, 0}));
}

}  // namespace
}  // namespace mote
