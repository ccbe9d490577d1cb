// SPDX-License-Identifier: Apache-2.0
// Features against the plain computation in double, and against each other.
#include "ops/features/features.h"

#include <cmath>
#include <numbers>

#include "ops/run_text_test.h"

namespace mote {
namespace {

constexpr int kRate = 16000, kWindow = 480, kStep = 320, kLength = 512, kBins = kLength / 2 + 1;
constexpr int kMels = 40, kCoefficients = 10, kSamples = 1600, kFrames = 4;

/// Two tones and a little noise, in 16 bits.
std::vector<int16_t> sound(double volume) {
  std::mt19937 random(3);
  std::vector<int16_t> samples;
  for (int i = 0; i < kSamples; ++i) {
    double t = static_cast<double>(i) / kRate;
    double x = 0.5 * std::sin(2 * std::numbers::pi * 440 * t) +
               0.3 * std::sin(2 * std::numbers::pi * 1900 * t * (1 + t)) +
               0.01 * (random() / 4294967296.0 - 0.5);
    samples.push_back(static_cast<int16_t>(std::lround(32767 * volume * x)));
  }
  return samples;
}

std::vector<float> in_floats(const std::vector<int16_t>& samples) {
  std::vector<float> result;
  for (int16_t sample : samples) result.push_back(static_cast<float>(sample) / 32768);
  return result;
}

double mel_of(double hz) {
  return 1127 * std::log(1 + hz / 700);
}

/// The spectrum of frame f, by the definition: magnitudes, or their squares.
std::vector<double> frame_spectrum(const std::vector<float>& samples, int f, bool power) {
  std::vector<double> bins;
  for (int k = 0; k < kBins; ++k) {
    double real = 0, imaginary = 0;
    for (int i = 0; i < kWindow; ++i) {
      double x = static_cast<double>(samples[static_cast<size_t>(f * kStep + i)]) *
                 (0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / kWindow));
      real += x * std::cos(2 * std::numbers::pi * k * i / kLength);
      imaginary += x * std::sin(2 * std::numbers::pi * k * i / kLength);
    }
    double square = real * real + imaginary * imaginary;
    bins.push_back(power ? square : std::sqrt(square));
  }
  return bins;
}

std::vector<double> log_mel(const std::vector<double>& bins) {
  std::vector<double> logs;
  double low = mel_of(20), step = (mel_of(4000) - low) / (kMels + 1);
  for (int m = 0; m < kMels; ++m) {
    double sum = 0;
    for (int k = 1; k < kBins; ++k) {
      double at = mel_of(static_cast<double>(kRate) * k / kLength);
      double rise = (at - (low + m * step)) / step, fall = (low + (m + 2) * step - at) / step;
      sum += std::max(0.0, std::min(rise, fall)) * bins[static_cast<size_t>(k)];
    }
    logs.push_back(std::log(sum + 1e-6));
  }
  return logs;
}

std::vector<double> mfcc(const std::vector<double>& logs) {
  std::vector<double> result;
  for (int c = 0; c < kCoefficients; ++c) {
    double sum = 0;
    for (int m = 0; m < kMels; ++m) {
      sum += 2 * logs[static_cast<size_t>(m)] * std::cos(std::numbers::pi * c * (m + 0.5) / kMels);
    }
    result.push_back(sum / std::sqrt(2.0 * kMels));
  }
  return result;
}

std::vector<double> expected(const std::vector<float>& samples, bool coefficients, bool power) {
  std::vector<double> all;
  for (int f = 0; f < kFrames; ++f) {
    std::vector<double> frame = log_mel(frame_spectrum(samples, f, power));
    if (coefficients) frame = mfcc(frame);
    for (double feature : frame) all.push_back(feature);
  }
  return all;
}

std::string graph(const char* from, const std::string& to, bool coefficients, bool power) {
  return fmt::format(R"(
    input %0 "x" {}[1,{}]
    %1 "y" {}[1,{},{}]{} = {}(%0) {{spectrum="{}"}}
    output %1)",
                     from, kSamples, to.substr(0, to.find(' ')), kFrames,
                     coefficients ? kCoefficients : kMels,
                     to.find(' ') == std::string::npos ? "" : to.substr(to.find(' ')),
                     coefficients ? "MoteMfcc" : "MoteLogMel", power ? "POWER" : "MAGNITUDE");
}

TEST(Features, FloatsAgreeWithTheDefinition) {
  std::vector<float> samples = in_floats(sound(0.8));
  for (bool coefficients : {false, true}) {
    for (bool power : {false, true}) {
      std::vector<double> want = expected(samples, coefficients, power);
      std::vector<float> got =
          run_text<float>(graph("float32", "float32", coefficients, power), {bytes_from(samples)});
      ASSERT_EQ(got.size(), want.size());
      for (size_t i = 0; i < got.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(got[i]), want[i], 2e-3) << coefficients << power << i;
      }
    }
  }
}

/// Whether value i is at most `range` below the loudest of its frame.
bool loud(const std::vector<double>& logs, size_t i, double range) {
  auto frame = logs.begin() + static_cast<ptrdiff_t>(i / kMels * kMels);
  return logs[i] > *std::max_element(frame, frame + kMels) - range;
}

// A spectrum of 16 bits knows nothing of what lies far below a frame's loudest tone. Quiet sound
// loses no more than loud sound, since each frame is scaled up.
TEST(Features, FixedPointAgreesWithTheDefinition) {
  for (double volume : {0.9, 0.05}) {
    std::vector<int16_t> samples = sound(volume);
    for (bool power : {false, true}) {
      double range = (power ? 2 : 1) * std::log(10) * 30 / 20;  // 30 dB
      std::vector<double> want = expected(in_floats(samples), false, power);
      std::vector<float> got =
          run_text<float>(graph("int16", "float32", false, power), {bytes_from(samples)});
      ASSERT_EQ(got.size(), want.size());
      for (size_t i = 0; i < got.size(); ++i) {
        double error = static_cast<double>(got[i]) - want[i];
        EXPECT_LT(std::abs(error), loud(want, i, range) ? 0.05 : 2.0) << volume << power << i;
      }
    }
  }
}

TEST(Features, FixedPointCoefficientsAreThoseOfItsLogarithms) {
  std::vector<int16_t> samples = sound(0.5);
  std::vector<float> logs =
      run_text<float>(graph("int16", "float32", false, true), {bytes_from(samples)});
  std::vector<float> got =
      run_text<float>(graph("int16", "float32", true, true), {bytes_from(samples)});
  for (size_t f = 0; f < kFrames; ++f) {
    auto begin = logs.begin() + static_cast<ptrdiff_t>(f * kMels);
    std::vector<double> want = mfcc({begin, begin + kMels});
    for (size_t c = 0; c < kCoefficients; ++c) {
      EXPECT_NEAR(static_cast<double>(got[f * kCoefficients + c]), want[c], 0.01) << f << c;
    }
  }
}

TEST(Features, SilenceIsTheLogarithmOfTheOffset) {
  for (const char* type : {"int16", "float32"}) {
    Bytes silence = type[0] == 'i' ? bytes_from(std::vector<int16_t>(kSamples))
                                   : bytes_from(std::vector<float>(kSamples));
    for (float value : run_text<float>(graph(type, "float32", false, true), {silence})) {
      EXPECT_NEAR(value, std::log(1e-6f), 1e-4f) << type;
    }
  }
}

TEST(Features, QuantizedFeaturesAreTheSameNumbers) {
  std::vector<int16_t> samples = sound(0.5);
  std::vector<float> real =
      run_text<float>(graph("int16", "float32", true, true), {bytes_from(samples)});
  std::vector<int8_t> steps =
      run_text<int8_t>(graph("int16", "int8 q(0.5:20)", true, true), {bytes_from(samples)});
  for (size_t i = 0; i < real.size(); ++i) {
    float want = std::clamp(real[i] / 0.5f + 20, -128.0f, 127.0f);
    EXPECT_NEAR(static_cast<float>(steps[i]), want, 0.51f) << i;
  }
}

std::string refusal_with(const std::string& attributes) {
  return refusal(fmt::format(R"(
    input %0 "x" float32[1600]
    %1 "y" float32[4,40] = MoteLogMel(%0) {{{}}}
    output %1)",
                             attributes));
}

TEST(Features, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(refusal_with("upper_hz=8000.0"), "");
  EXPECT_NE(refusal_with("upper_hz=8001.0").find("must increase and lie in 0..8000"),
            std::string::npos);
  EXPECT_NE(refusal_with("lower_hz=5000.0").find("must increase"), std::string::npos);
  EXPECT_NE(refusal_with("log_offset=0.0").find("must be above 0"), std::string::npos);
  EXPECT_NE(refusal_with("fft_length=256").find("window_size 480 is longer than fft_length 256"),
            std::string::npos);
  EXPECT_NE(refusal_with("fft_length=514").find("product of 2, 3 and 5"), std::string::npos);
  EXPECT_NE(refusal_with("window_size=2000").find("is shorter than a window"), std::string::npos);
  EXPECT_NE(refusal_with("mel_bins=300").find("must not increase"), std::string::npos);
}

}  // namespace
}  // namespace mote
