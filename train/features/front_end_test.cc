// SPDX-License-Identifier: Apache-2.0
#include "train/features/front_end.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/pipeline.h"
#include "engines/engine.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "train/quantize/quantize.h"
#include "train/run/deploy.h"

namespace mote::train {
namespace {

Project sound_project() {
  Project project;
  project.features.type = "mfcc";
  return project;
}

Signal tone(double hz) {
  Signal signal{Shape(1, 16000), std::vector<float>(16000)};
  for (size_t i = 0; i < 16000; ++i) {
    signal.values[i] =
        0.5f * static_cast<float>(std::sin(static_cast<double>(i) * hz * 6.283185 / 16000));
  }
  return signal;
}

FeatureStatistics sound_statistics() {
  return {quantization(0.6f, 80), {}, {}};
}

TEST(FrontEnd, SoundBecomesInt8FeaturesWhoseRealValuesAreOnTheirGrid) {
  FrontEnd front_end = *FrontEnd::make(sound_project(), sound_statistics());
  EXPECT_EQ(front_end.shape(), Shape(1, 49, 10, 1));
  const std::vector<float> values = *front_end.run(tone(440));
  const Bytes bytes = *front_end.run_bytes(tone(440));
  ASSERT_EQ(values.size(), 490u);
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i], static_cast<float>(static_cast<int8_t>(bytes[i]) - 80) * 0.6f);
  }
  EXPECT_NE(values, *front_end.run(tone(2000)));
}

TEST(FrontEnd, PicturesAreNormalisedByChannel) {
  Project project;
  project.input.kind = InputKind::kImage;
  project.input.width = project.input.height = 2;
  project.input.channels = 1;
  FrontEnd front_end = *FrontEnd::make(project, {quantization(0.02f, 0), {100}, {50}});
  const std::vector<float> values = *front_end.run({Shape(1, 2, 2, 1), {100, 150, 50, 125}});
  EXPECT_NEAR(values[0], 0, 0.011);
  EXPECT_NEAR(values[1], 1, 0.011);
  EXPECT_NEAR(values[2], -1, 0.011);
  EXPECT_NEAR(values[3], 0.5, 0.011);
}

Project series_project(const std::string& features) {
  Project project;
  project.input.kind = InputKind::kSeries;
  project.input.window = 64;
  project.input.rate_hz = 64;
  project.input.columns = {"x", "y"};
  project.features.type = features;
  project.features.window_size = project.features.window_step = 32;
  project.features.mel_bins = 8;
  project.features.lower_hz = 0;
  project.features.upper_hz = 32;
  return project;
}

TEST(FrontEnd, StatisticsOfASeriesAreThoseOfItsChannels) {
  Project project = series_project("statistics");
  FrontEnd front_end = *FrontEnd::make(project, {});
  Signal signal{Shape(1, 64, 2), {}};
  for (int i = 0; i < 64; ++i) {
    signal.values.push_back(i % 2 ? 3.0f : 1.0f);
    signal.values.push_back(-5.0f);
  }
  const std::vector<float> wanted = {2, -5, 1, 0, 1, 0, 1, -5, 3, -5};
  EXPECT_EQ(*front_end.run(signal), wanted);
}

TEST(FrontEnd, TheSpectrumOfASeriesHasItsPeakWhereItsToneIs) {
  FrontEnd front_end = *FrontEnd::make(series_project("spectrum"), {});
  EXPECT_EQ(front_end.shape(), Shape(1, 2 * 2 * 8));
  Signal signal{Shape(1, 64, 2), {}};
  for (int i = 0; i < 64; ++i) {
    signal.values.push_back(7 + std::sin(static_cast<float>(i) * 6.2832f * 10 / 64));
    signal.values.push_back(0);
  }
  const std::vector<float> values = *front_end.run(signal);
  size_t loudest =
      static_cast<size_t>(std::max_element(values.begin(), values.begin() + 8) - values.begin());
  EXPECT_TRUE(loudest == 2 || loudest == 3) << loudest;  // 10 Hz of 0 to 32 in eight bands
  EXPECT_LT(values[16], values[loudest] - 5);            // the silent channel
}

TEST(FrontEnd, RefusesOptionsThatContradictEachOther) {
  auto message = [](const Project& project) {
    auto made = FrontEnd::make(project, {});
    return made.ok() ? "" : made.error().message;
  };
  Project project = sound_project();
  project.input.seconds = 0.01;
  EXPECT_NE(message(project).find("window_size 480 is longer than an example"), std::string::npos);
  project = sound_project();
  project.features.coefficients = 41;
  EXPECT_NE(message(project).find("coefficients 41 is more than features.mel_bins"),
            std::string::npos);
  project = sound_project();
  project.features.upper_hz = 9000;
  EXPECT_NE(message(project).find("half of 16000 Hz"), std::string::npos);
  project = sound_project();
  project.features.type = "statistics";
  EXPECT_NE(message(project).find("doesn't go with audio"), std::string::npos);
}

TEST(FrontEnd, RefusesASpectrumOfASeriesThatItsRowsDontHold) {
  auto message = [](auto change) {
    Project project = series_project("spectrum");
    change(project.features);
    auto made = FrontEnd::make(project, {});
    return made.ok() ? "" : made.error().message;
  };
  using F = FeatureOptions;
  EXPECT_EQ(message([](F&) {}), "");
  EXPECT_EQ(message([](F& f) { f.mel_bins = 18; }),
            ": features.mel_bins 18 is more than an FFT of 32 has frequencies (17)");
  EXPECT_EQ(message([](F& f) { f.fft_length = 16; }),
            ": features.fft_length 16 is below features.window_size 32");
  EXPECT_EQ(message([](F& f) { f.window_size = 65; }),
            ": features.window_size 65 is longer than an example, which has 64 rows");
  EXPECT_NE(message([](F& f) { f.window_size = 1, f.fft_length = 2; }).find("lie in 4.."),
            std::string::npos);
  EXPECT_NE(message([](F& f) { f.upper_hz = 33; }).find("half of 64 Hz"), std::string::npos);
}

/// A network with one layer, on whatever the front end gives.
Graph small_network(const Shape& features) {
  GraphBuilder b("small");
  std::mt19937 random(1);
  TensorId input = b.input(DType::kFloat32, features, {}, "features");
  auto n = static_cast<int32_t>(features.elements());
  TensorId weights = b.random_constant(random, DType::kFloat32, Shape(3, n));
  TensorId output =
      b.node(fully_connected_record(), {input, weights, kAbsent}, {}, DType::kFloat32);
  return b.build({b.node(softmax_record(), {output}, {{"beta", 1.0}}, DType::kFloat32)});
}

TEST(Join, QuantisedNetworkBehindItsFrontEndAnswersAsBothDo) {
  FrontEnd front_end = *FrontEnd::make(sound_project(), sound_statistics());
  const Graph network = small_network(front_end.shape());
  std::vector<std::vector<Bytes>> samples;
  for (double hz : {300.0, 1000.0}) {
    std::vector<float> values = *front_end.run(tone(hz));
    Bytes bytes(values.size() * sizeof(float));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    samples.push_back({bytes});
  }
  auto ranges = quantize::observe(network, samples, quantize::Calibration::kMinMax, 255,
                                  [](size_t, size_t) {});
  (*ranges)[network.inputs[0]] = *feature_range(front_end);
  const Graph integers = *quantize::quantize_graph(network, *ranges, {});
  const Graph whole = *join(front_end.graph(), integers);
  for (const Node& node : whole.nodes) {
    EXPECT_NE(node.record->name, std::string("QUANTIZE")) << "scales should agree";
  }
  Interpreter alone = *Interpreter::make(integers), joined = *Interpreter::make(whole);
  const Bytes features = *front_end.run_bytes(tone(700));
  EXPECT_EQ(*alone.run({features}), *joined.run({front_end.device_input(tone(700))}));
}

TEST(Join, FloatNetworkBehindInt8FeaturesGetsTheirRealValues) {
  FrontEnd front_end = *FrontEnd::make(sound_project(), sound_statistics());
  const Graph network = small_network(front_end.shape());
  const Graph whole = *join(front_end.graph(), network);
  std::vector<float> values = *front_end.run(tone(700));
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  Interpreter alone = *Interpreter::make(network), joined = *Interpreter::make(whole);
  EXPECT_EQ(*alone.run({bytes}), *joined.run({front_end.device_input(tone(700))}));
}

TEST(Statistics, SurviveTheirFileAndRefuseOthers) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "front_end.json";
  FeatureStatistics statistics{quantization(0.1f, -3), {1.5f}, {0.3f}};
  const std::string text = statistics_json(statistics);
  ASSERT_TRUE(write_text(path, text).ok());
  FeatureStatistics read = *read_statistics(path);
  EXPECT_EQ(read.quantization, statistics.quantization);
  EXPECT_EQ(read.mean, statistics.mean);
  EXPECT_EQ(read.deviation, statistics.deviation);
  ASSERT_TRUE(write_text(path, "{}").ok());
  EXPECT_NE(read_statistics(path).error().message.find("train again"), std::string::npos);
}

}  // namespace
}  // namespace mote::train
