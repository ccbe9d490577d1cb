// SPDX-License-Identifier: Apache-2.0
#include "train/data/augment.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>

#include "train/data/data_test_support.h"

namespace mote::train {
namespace {

Project sound_project() {
  return {};
}

Signal tone(double hz = 440, double amplitude = 0.1) {
  Signal signal{Shape(1, 16000), std::vector<float>(16000)};
  for (size_t i = 0; i < 16000; ++i) {
    signal.values[i] =
        static_cast<float>(amplitude * std::sin(2 * M_PI * hz * static_cast<double>(i) / 16000));
  }
  return signal;
}

Project picture_project() {
  Project project;
  project.input.kind = InputKind::kImage;
  return project;
}

Signal picture() {
  std::mt19937 random(7);
  Signal signal{Shape(1, 32, 32, 3), std::vector<float>(32 * 32 * 3)};
  for (float& value : signal.values) value = static_cast<float>(random() % 256);
  return signal;
}

Project series_project() {
  Project project;
  project.input.kind = InputKind::kSeries;
  project.input.window = 100;
  project.input.rate_hz = 50;
  project.input.columns = {"x", "y", "z"};
  return project;
}

Signal series() {
  std::mt19937 random(8);
  Signal signal{Shape(1, 100, 3), std::vector<float>(300)};
  for (float& value : signal.values) value = static_cast<float>(random() % 1000) / 100 - 5;
  return signal;
}

double power(const std::vector<float>& values) {
  double sum = 0;
  for (float value : values) sum += static_cast<double>(value) * value;
  return sum / static_cast<double>(values.size());
}

Signal augmented(const Project& project, Signal signal, uint32_t seed = 1) {
  std::mt19937 random(seed);
  augment_signal(project, {}, random, &signal);
  return signal;
}

Hardship named(InputKind kind, const std::string& name) {
  for (const Hardship& hardship : hardships(kind)) {
    if (hardship.name == name) return hardship;
  }
  ADD_FAILURE() << name;
  return {};
}

Signal endured(const Project& project, Signal signal, const std::string& name) {
  std::mt19937 random(1);
  endure(project, named(project.input.kind, name), {}, random, &signal);
  return signal;
}

TEST(Augment, WithoutOptionsNothingChanges) {
  EXPECT_EQ(augmented(sound_project(), tone()).values, tone().values);
  EXPECT_EQ(augmented(picture_project(), picture()).values, picture().values);
  EXPECT_EQ(augmented(series_project(), series()).values, series().values);
}

TEST(Augment, NoiseHasTheAskedRatio) {
  Project project = sound_project();
  project.augment.noise = 1;
  for (double snr_db : {-5.0, 0.0, 10.0, 20.0}) {
    project.augment.noise_snr_low_db = project.augment.noise_snr_high_db = snr_db;
    for (uint32_t seed = 0; seed < 5; ++seed) {
      Signal noisy = augmented(project, tone(440, 0.05), seed);
      std::vector<float> noise = tone(440, 0.05).values;
      for (size_t i = 0; i < noise.size(); ++i) noise[i] = noisy.values[i] - noise[i];
      double reached = 10 * std::log10(power(tone(440, 0.05).values) / power(noise));
      EXPECT_NEAR(reached, snr_db, 0.5) << seed;
    }
  }
}

TEST(Augment, RecordedNoiseIsWhatIsMixedIn) {
  Project project = sound_project();
  project.augment.noise = 1;
  project.augment.noise_snr_low_db = project.augment.noise_snr_high_db = 0;
  std::vector<float> square(20000);
  for (size_t i = 0; i < square.size(); ++i) square[i] = i % 2 ? 1 : -1;
  const Signal clean = tone(440, 0.1);
  Signal noisy = clean;
  std::mt19937 random(3);
  augment_signal(project, {square}, random, &noisy);
  for (size_t i = 0; i < 16000; ++i) {
    float noise = noisy.values[i] - clean.values[i];
    ASSERT_NEAR(std::abs(noise), 0.1 / std::sqrt(2), 1e-3);
  }
}

TEST(Augment, ChanceIsKept) {
  Project project = sound_project();
  project.augment.noise = 0.3;
  std::mt19937 random(5);
  int changed = 0;
  for (int i = 0; i < 1000; ++i) {
    Signal signal{Shape(1, 16), std::vector<float>(16, 0.5f)};
    augment_signal(project, {}, random, &signal);
    changed += signal.values != std::vector<float>(16, 0.5f);
  }
  EXPECT_NEAR(changed, 300, 50);
}

TEST(Augment, AShiftMovesSamplesAndLetsSilenceIn) {
  const Signal clean = tone(), moved = endured(sound_project(), clean, "shift 0.1 s");
  for (size_t i = 0; i < 1600; ++i) ASSERT_EQ(moved.values[i], 0);
  for (size_t i = 1600; i < 16000; ++i) ASSERT_EQ(moved.values[i], clean.values[i - 1600]);
}

TEST(Augment, SpeedChangesThePitch) {
  Signal faster = endured(sound_project(), tone(1000), "10 % faster");
  double cosine = 0, sine = 0, energy = 0;
  for (size_t i = 2000; i < 14000; ++i) {
    double phase = 2 * M_PI * 1100 * static_cast<double>(i) / 16000, value = faster.values[i];
    cosine += value * std::cos(phase), sine += value * std::sin(phase), energy += value * value;
  }
  EXPECT_GT((cosine * cosine + sine * sine) * 2 / 12000 / energy, 0.99);
}

TEST(Augment, GainIsInDecibels) {
  Signal soft = endured(sound_project(), tone(), "gain -12 dB");
  EXPECT_NEAR(10 * std::log10(power(soft.values) / power(tone().values)), -12, 0.01);
  Signal loud = endured(sound_project(), tone(440, 0.9), "gain +12 dB");
  EXPECT_EQ(*std::max_element(loud.values.begin(), loud.values.end()), 1.0f);
}

TEST(Augment, TheSameSeedDrawsTheSame) {
  Project project = sound_project();
  project.augment.noise = 0.8, project.augment.shift_seconds = 0.1, project.augment.gain_db = 6;
  EXPECT_EQ(augmented(project, tone(), 9).values, augmented(project, tone(), 9).values);
  EXPECT_NE(augmented(project, tone(), 9).values, augmented(project, tone(), 10).values);
}

TEST(Augment, FlippedTwiceIsAsBefore) {
  Signal once = endured(picture_project(), picture(), "mirrored");
  EXPECT_NE(once.values, picture().values);
  EXPECT_EQ(once.values[0], picture().values[31 * 3]);
  EXPECT_EQ(endured(picture_project(), once, "mirrored").values, picture().values);
}

TEST(Augment, ACropShiftsAndFillsWithZeros) {
  Signal moved = endured(picture_project(), picture(), "shift");
  EXPECT_EQ(moved.values[0], 0);
  EXPECT_EQ(moved.values[(3 * 32 + 3) * 3 + 1], picture().values[1]);
  Project project = picture_project();
  project.augment.crop = 4;
  std::set<float> corners;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    corners.insert(augmented(project, picture(), seed).values[(16 * 32 + 16) * 3]);
  }
  EXPECT_GT(corners.size(), 40u);  // of 81 places
}

TEST(Augment, LightChangesAndStaysInRange) {
  auto mean = [](const Signal& signal) {
    return std::accumulate(signal.values.begin(), signal.values.end(), 0.0) /
           static_cast<double>(signal.values.size());
  };
  Signal grey{Shape(1, 32, 32, 3), std::vector<float>(32 * 32 * 3, 128)};
  EXPECT_NEAR(mean(endured(picture_project(), grey, "dark")), 128 - 0.3 * 255, 0.01);
  EXPECT_NEAR(mean(endured(picture_project(), grey, "bright")), 128 + 0.3 * 255, 0.01);
  Signal flat = endured(picture_project(), picture(), "half the contrast");
  EXPECT_NEAR(mean(flat), mean(picture()), 0.1);
  EXPECT_NEAR(flat.values[5] - mean(picture()), (picture().values[5] - mean(picture())) / 2, 0.1);
  for (const Hardship& hardship : hardships(InputKind::kImage)) {
    for (float value : endured(picture_project(), picture(), hardship.name).values) {
      ASSERT_TRUE(value >= 0 && value <= 255) << hardship.name;
    }
  }
}

TEST(Augment, AQuarterTurnMovesPixelsToTheirPlaces) {
  Project project = picture_project();
  const Signal clean = picture();
  Signal turned = clean;
  std::mt19937 random(1);
  AugmentOptions options;
  options.rotation_degrees = 90;
  endure(project, {"a quarter", options}, {}, random, &turned);
  for (size_t y = 0; y < 32; ++y) {
    for (size_t x = 0; x < 32; ++x) {
      // Position (y, x) shows what was at (31 - x, y).
      ASSERT_NEAR(turned.values[(y * 32 + x) * 3], clean.values[((31 - x) * 32 + y) * 3], 0.05);
    }
  }
}

TEST(Augment, RotationInSpaceKeepsLengthsAndAngles) {
  Project project = series_project();
  project.augment.rotation_degrees = 30;
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const Signal clean = series(), turned = augmented(project, clean, seed);
    double most = 0;
    for (size_t i = 0; i < 300; i += 3) {
      const float *a = &turned.values[i], *b = &clean.values[i];
      double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
      double length = std::hypot(b[0], b[1], b[2]);
      EXPECT_NEAR(std::hypot(a[0], a[1], a[2]), length, 1e-4);
      if (length > 0.1) most = std::max(most, std::acos(std::min(1.0, dot / length / length)));
    }
    EXPECT_LE(most, 30.01 * M_PI / 180);
  }
}

TEST(Augment, SensorNoiseIsAPartOfTheDeviation) {
  Project project = series_project();
  Signal noisy = endured(project, series(), "sensor noise"), clean = series();
  for (size_t c = 0; c < 3; ++c) {
    double sum = 0, squares = 0, noise = 0;
    for (size_t i = c; i < 300; i += 3) {
      sum += clean.values[i], squares += clean.values[i] * clean.values[i];
      noise += std::pow(noisy.values[i] - clean.values[i], 2);
    }
    double deviation = std::sqrt(squares / 100 - sum * sum / 1e4);
    EXPECT_NEAR(std::sqrt(noise / 100) / deviation, 0.3, 0.09);
  }
}

TEST(Augment, ADeadSensorIsOneChannelOfZeros) {
  Signal dead = endured(series_project(), series(), "dead sensor");
  int silent = 0;
  for (size_t c = 0; c < 3; ++c) {
    bool zero = true, same = true;
    for (size_t i = c; i < 300; i += 3) {
      zero &= dead.values[i] == 0;
      same &= dead.values[i] == series().values[i];
    }
    EXPECT_TRUE(zero || same);
    silent += zero;
  }
  EXPECT_EQ(silent, 1);
}

TEST(Augment, MasksAreStripesOfTheMean) {
  AugmentOptions options;
  options.time_masks = 1, options.time_mask_width = 10;
  std::vector<float> clean(49 * 10);
  std::iota(clean.begin(), clean.end(), 0.0f);
  const float mean = 489 / 2.0f;
  int most = 0;
  for (uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<float> masked = clean;
    augment_features(options, random, Shape(1, 49, 10, 1), &masked);
    int frames = 0;
    for (size_t t = 0; t < 49; ++t) {
      bool same = std::equal(masked.begin() + static_cast<long>(t * 10),
                             masked.begin() + static_cast<long>(t * 10 + 10),
                             clean.begin() + static_cast<long>(t * 10));
      if (same) continue;
      ++frames;
      for (size_t b = 0; b < 10; ++b) ASSERT_EQ(masked[t * 10 + b], mean);
    }
    most = std::max(most, frames);
  }
  EXPECT_EQ(most, 10);
  options = {};
  options.frequency_masks = 2, options.frequency_mask_width = 3;
  std::mt19937 random(1);
  std::vector<float> masked = clean;
  augment_features(options, random, Shape(1, 49, 10), &masked);
  EXPECT_NE(masked, clean);
  for (size_t b = 0; b < 10; ++b) EXPECT_EQ(masked[b] == mean, masked[480 + b] == mean);
}

TEST(Augment, EveryHardshipChangesItsKind) {
  for (const Hardship& h : hardships(InputKind::kAudio)) {
    EXPECT_NE(endured(sound_project(), tone(), h.name).values, tone().values) << h.name;
  }
  for (const Hardship& h : hardships(InputKind::kImage)) {
    EXPECT_NE(endured(picture_project(), picture(), h.name).values, picture().values) << h.name;
  }
  for (const Hardship& h : hardships(InputKind::kSeries)) {
    EXPECT_NE(endured(series_project(), series(), h.name).values, series().values) << h.name;
  }
}

TEST(Augment, NoiseFoldersAreReadAndRepeated) {
  TempFolder folder = *TempFolder::make();
  Project project = sound_project();
  project.data.noise = folder.path();
  EXPECT_FALSE(read_noise(project).ok());
  put_tone(folder.path() / "a/hum.wav", 50, 8000, 0.25);
  put(folder.path() / "bad.wav", "nonsense");
  Result<std::vector<std::vector<float>>> noise = read_noise(project);
  ASSERT_TRUE(noise.ok()) << noise.error().message;
  ASSERT_EQ(noise->size(), 1u);
  EXPECT_EQ((*noise)[0].size(), 16000u);
  EXPECT_EQ((*noise)[0][100], (*noise)[0][4100]);
}

}  // namespace
}  // namespace mote::train
