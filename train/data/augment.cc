// SPDX-License-Identifier: Apache-2.0
#include "train/data/augment.h"

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "train/data/formats/listing.h"
#include "train/data/sound.h"

namespace mote::train {
namespace {

using Values = std::vector<float>;

/// Draws strengths, or gives full ones.
struct Draw {
  std::mt19937& random;
  bool full;

  /// Within ±range.
  float amount(double range) const {
    float end = static_cast<float>(range);
    return full || end == 0 ? end : random_float(random, -end, end);
  }
  float between(double low, double high) const {
    return random_float(random, static_cast<float>(low), static_cast<float>(high));
  }
  bool chance(double part) const {
    return part > 0 && (full || random_float(random, 0, 1) < static_cast<float>(part));
  }
  size_t index(size_t count) const {
    return static_cast<size_t>(random_int(random, 0, static_cast<int>(count) - 1));
  }
};

/// Rows of channels, channels innermost.
struct Rows {
  Values& values;
  size_t channels;
  size_t count() const { return values.size() / channels; }
};

/// The whole number at or below; std::floor is a call on plain x86-64.
int64_t floor_of(double value) {
  auto whole = static_cast<int64_t>(value);
  return whole - (static_cast<double>(whole) > value);
}

/// The row at a real position, between its neighbours by a cubic (Catmull-Rom). Outside: silence
/// for sound, the first or last row for sensors.
void resample_at(const Values& from, size_t channels, double position, bool silence, float* row) {
  const auto rows = static_cast<int64_t>(from.size() / channels), whole = floor_of(position);
  const auto t = static_cast<float>(position - static_cast<double>(whole));
  const float weights[4] = {((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2,
                            ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2};
  const float* source[4];
  static constexpr float kSilence[1] = {};  // sound has one channel
  for (int64_t i = 0; i < 4; ++i) {
    int64_t at = whole - 1 + i, inside = std::clamp<int64_t>(at, 0, rows - 1);
    source[i] = from.data() + static_cast<size_t>(inside) * channels;
    if (silence && at != inside) source[i] = kSilence;
  }
  for (size_t c = 0; c < channels; ++c) {
    row[c] = weights[0] * source[0][c] + weights[1] * source[1][c] + weights[2] * source[2][c] +
             weights[3] * source[3][c];
  }
}

/// Faster by `speed` around the middle, then later by `shift` rows.
void warp(Rows rows, double speed, double shift, bool silence) {
  const Values from = rows.values;
  double middle = static_cast<double>(rows.count() - 1) / 2;
  for (size_t i = 0; i < rows.count(); ++i) {
    double position = middle + (static_cast<double>(i) - shift - middle) * speed;
    resample_at(from, rows.channels, position, silence, rows.values.data() + i * rows.channels);
  }
}

void warp_randomly(const Project& project, const AugmentOptions& options, const Draw& draw,
                   size_t channels, Values* values) {
  if (options.shift_seconds == 0 && options.speed == 0) return;
  Rows rows{*values, channels};
  double speed = 1 + draw.amount(options.speed);
  double most = static_cast<double>(rows.count()) / 2;
  double shift = draw.amount(options.shift_seconds) * project.input.rate_hz;
  // Whole rows, so that a shift alone leaves values as they are.
  shift = std::round(std::clamp(shift, -most, most));
  warp(rows, speed, shift, project.input.kind == InputKind::kAudio);
}

/// Noise whose spectrum is flat or falls with frequency: random numbers through a low pass.
Values make_noise(const Draw& draw, size_t count) {
  float keep = draw.between(0, 0.98), state = 0;
  Values noise(count);
  for (float& value : noise) value = state = keep * state + random_float(draw.random, -1, 1);
  return noise;
}

Values piece_of(const std::vector<Values>& recordings, const Draw& draw, size_t count) {
  const Values& recording = recordings[draw.index(recordings.size())];
  size_t first = draw.index(recording.size() - count + 1);
  auto from = recording.begin() + static_cast<std::ptrdiff_t>(first);
  return {from, from + static_cast<std::ptrdiff_t>(count)};
}

double power_of(const Values& values) {
  double sum = 0;
  for (float value : values) sum += static_cast<double>(value) * value;
  return sum / static_cast<double>(values.size());
}

/// Mixes noise in so that the signal is `snr_db` stronger. Of a signal below -60 dB of full scale
/// it is taken as that, so that silence gets noise too.
void mix(const Values& noise, double snr_db, Values* values) {
  double strength = std::max(power_of(*values), 1e-6), noise_power = power_of(noise);
  if (noise_power == 0) return;
  auto factor = static_cast<float>(std::sqrt(strength / noise_power * std::pow(10, -snr_db / 10)));
  for (size_t i = 0; i < values->size(); ++i) (*values)[i] += factor * noise[i];
}

void multiply(double gain_db, Values* values) {
  if (gain_db == 0) return;
  auto factor = static_cast<float>(std::pow(10, gain_db / 20));
  for (float& value : *values) value *= factor;
}

void augment_sound(const Project& project, const AugmentOptions& options,
                   const std::vector<Values>& noise, const Draw& draw, Values* values) {
  warp_randomly(project, options, draw, 1, values);
  if (draw.chance(options.noise)) {
    double snr_db = draw.between(options.noise_snr_low_db, options.noise_snr_high_db);
    mix(noise.empty() ? make_noise(draw, values->size()) : piece_of(noise, draw, values->size()),
        snr_db, values);
  }
  multiply(draw.amount(options.gain_db), values);
  for (float& value : *values) value = std::clamp(value, -1.0f, 1.0f);
}

/// A picture of [height,width,channels] values.
struct Pixels {
  Values& values;
  int height, width, channels;

  float* at(int y, int x) const { return values.data() + (y * width + x) * channels; }
  bool inside(int y, int x) const { return y >= 0 && y < height && x >= 0 && x < width; }
};

void shift_pixels(Pixels picture, int down, int right) {
  Values from = picture.values;
  Pixels source{from, picture.height, picture.width, picture.channels};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      float* to = picture.at(y, x);
      if (source.inside(y - down, x - right)) {
        std::copy_n(source.at(y - down, x - right), picture.channels, to);
      } else {
        std::fill_n(to, picture.channels, 0.0f);
      }
    }
  }
}

void flip_pixels(Pixels picture) {
  for (int y = 0; y < picture.height; ++y) {
    for (int left = 0, right = picture.width - 1; left < right; ++left, --right) {
      std::swap_ranges(picture.at(y, left), picture.at(y, left) + picture.channels,
                       picture.at(y, right));
    }
  }
}

/// Between the four pixels around a place; zeros outside.
void bilinear(const Pixels& source, float y, float x, float* to) {
  static constexpr float kZeros[3] = {};
  const auto top = static_cast<int>(floor_of(y)), left = static_cast<int>(floor_of(x));
  const float down = y - static_cast<float>(top), right = x - static_cast<float>(left);
  const float* pixels[4];
  for (int i = 0; i < 4; ++i) {
    int row = top + i / 2, column = left + i % 2;
    pixels[i] = source.inside(row, column) ? source.at(row, column) : kZeros;
  }
  for (int c = 0; c < source.channels; ++c) {
    float above = pixels[0][c] + (pixels[1][c] - pixels[0][c]) * right;
    float below = pixels[2][c] + (pixels[3][c] - pixels[2][c]) * right;
    to[c] = above + (below - above) * down;
  }
}

void rotate_pixels(Pixels picture, float degrees) {
  Values from = picture.values;
  Pixels source{from, picture.height, picture.width, picture.channels};
  double angle = degrees * M_PI / 180;
  float sine = static_cast<float>(std::sin(angle)), cosine = static_cast<float>(std::cos(angle));
  float y0 = static_cast<float>(picture.height - 1) / 2;
  float x0 = static_cast<float>(picture.width - 1) / 2;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      float v = static_cast<float>(y) - y0, u = static_cast<float>(x) - x0;
      bilinear(source, y0 + cosine * v - sine * u, x0 + sine * v + cosine * u, picture.at(y, x));
    }
  }
}

/// Around the mean by `contrast`, then by `brightness` and each channel by its own.
void change_light(const AugmentOptions& options, const Draw& draw, Pixels picture) {
  float offset[4] = {}, factor = 1 + draw.amount(options.contrast);
  float brightness = draw.amount(options.brightness), mean = 0;
  for (int c = 0; c < picture.channels; ++c) {
    // A tint of full strength is one channel's against the others'.
    float tint = draw.amount(draw.full && c % 2 ? -options.color : options.color);
    offset[c] = 255 * (brightness + tint);
  }
  for (float value : picture.values) mean += value;
  mean /= static_cast<float>(picture.values.size());
  size_t i = 0, channels = static_cast<size_t>(picture.channels);
  for (float& value : picture.values) {
    value = std::clamp(mean + (value - mean) * factor + offset[i++ % channels], 0.0f, 255.0f);
  }
}

void augment_picture(const AugmentOptions& options, const Draw& draw, const Shape& shape,
                     Values* values) {
  Pixels picture{*values, shape[1], shape[2], shape[3]};
  if (options.rotation_degrees != 0) {
    rotate_pixels(picture, draw.amount(options.rotation_degrees));
  }
  if (options.crop != 0) {
    int most = options.crop;
    int down = draw.full ? most : random_int(draw.random, -most, most);
    int right = draw.full ? most : random_int(draw.random, -most, most);
    if (down != 0 || right != 0) shift_pixels(picture, down, right);
  }
  if (options.flip && (draw.full || random_int(draw.random, 0, 1) == 1)) flip_pixels(picture);
  if (options.brightness != 0 || options.contrast != 0 || options.color != 0) {
    change_light(options, draw, picture);
  }
}

/// Turns vectors of three around one axis (Rodrigues' formula).
void rotate_rows(Rows rows, const Draw& draw, float degrees) {
  double axis[3], length = 0;
  while (length < 1e-3 || length > 1) {
    for (double& part : axis) part = draw.between(-1, 1);
    length = std::hypot(axis[0], axis[1], axis[2]);
  }
  double x = axis[0] / length, y = axis[1] / length, z = axis[2] / length;
  double s = std::sin(degrees * M_PI / 180), c = std::cos(degrees * M_PI / 180), d = 1 - c;
  const double m[3][3] = {{c + x * x * d, x * y * d - z * s, x * z * d + y * s},
                          {y * x * d + z * s, c + y * y * d, y * z * d - x * s},
                          {z * x * d - y * s, z * y * d + x * s, c + z * z * d}};
  for (size_t i = 0; i < rows.values.size(); i += 3) {
    float* v = rows.values.data() + i;
    double from[3] = {v[0], v[1], v[2]};
    for (int r = 0; r < 3; ++r) {
      v[r] = static_cast<float>(m[r][0] * from[0] + m[r][1] * from[1] + m[r][2] * from[2]);
    }
  }
}

/// Nearly normal with deviation 1: of twelve uniform numbers' sum only libm-free steps are needed.
float normal(std::mt19937& random) {
  float sum = 0;
  for (int i = 0; i < 12; ++i) sum += random_float(random, -0.5f, 0.5f);
  return sum;
}

void add_sensor_noise(Rows rows, const Draw& draw, double part) {
  for (size_t c = 0; c < rows.channels; ++c) {
    double sum = 0, squares = 0, count = static_cast<double>(rows.count());
    for (size_t i = c; i < rows.values.size(); i += rows.channels) {
      double value = rows.values[i];
      sum += value, squares += value * value;
    }
    double variance = std::max(0.0, squares / count - (sum / count) * (sum / count));
    auto strength = static_cast<float>(part * std::sqrt(variance));
    for (size_t i = c; i < rows.values.size(); i += rows.channels) {
      rows.values[i] += strength * normal(draw.random);
    }
  }
}

void augment_series(const Project& project, const AugmentOptions& options, const Draw& draw,
                    size_t channels, Values* values) {
  Rows rows{*values, channels};
  warp_randomly(project, options, draw, channels, values);
  if (options.rotation_degrees != 0 && channels == 3) {
    rotate_rows(rows, draw, draw.amount(options.rotation_degrees));
  }
  multiply(draw.amount(options.gain_db), values);
  if (options.sensor_noise > 0) add_sensor_noise(rows, draw, options.sensor_noise);
  if (draw.chance(options.channel_dropout)) {
    size_t dead = draw.index(channels);
    for (size_t i = dead; i < values->size(); i += channels) (*values)[i] = 0;
  }
}

void change(const Project& project, const AugmentOptions& options, const std::vector<Values>& noise,
            const Draw& draw, Signal* signal) {
  switch (project.input.kind) {
    case InputKind::kAudio:
      return augment_sound(project, options, noise, draw, &signal->values);
    case InputKind::kImage:
      return augment_picture(options, draw, signal->shape, &signal->values);
    default:
      return augment_series(project, options, draw, static_cast<size_t>(signal->shape.back(0)),
                            &signal->values);
  }
}

/// A stripe of at most `widest` of `all`: where it begins and its width.
std::pair<int, int> stripe(std::mt19937& random, int all, int widest) {
  int width = random_int(random, 0, std::min(all, widest));
  return {random_int(random, 0, all - width), width};
}

template <typename Change>
Hardship hardship(const char* name, Change make) {
  Hardship row{name, AugmentOptions()};
  make(row.options);
  return row;
}

}  // namespace

Result<std::vector<std::vector<float>>> read_noise(const Project& project) {
  std::vector<Values> recordings;
  const std::filesystem::path& folder = project.data.noise;
  if (folder.empty() || project.input.kind != InputKind::kAudio) return recordings;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return fail("{}: no such folder (data.noise)", folder.string());
  }
  const size_t least = static_cast<size_t>(project.input.shape()[1]);
  for (const std::string& path : files_below(folder, InputKind::kAudio)) {
    Result<OpenSound> sound = open_sound(folder / path);
    if (!sound.ok()) continue;
    Result<Values> samples = read_mono(*sound, 0, sound->info.frames);
    if (samples.ok()) {
      samples = resample(*samples, sound->info.samplerate, project.input.rate_hz);
    }
    if (!samples.ok() || samples->empty()) continue;
    const size_t once = samples->size();
    while (samples->size() < least) samples->push_back((*samples)[samples->size() - once]);
    recordings.push_back(*std::move(samples));
  }
  if (recordings.empty()) {
    return fail("{}: holds no recording that can be read (data.noise)", folder.string());
  }
  return recordings;
}

void augment_signal(const Project& project, const std::vector<std::vector<float>>& noise,
                    std::mt19937& random, Signal* signal) {
  change(project, project.augment, noise, Draw{random, false}, signal);
}

void endure(const Project& project, const Hardship& hardship,
            const std::vector<std::vector<float>>& noise, std::mt19937& random, Signal* signal) {
  change(project, hardship.options, noise, Draw{random, true}, signal);
}

void augment_features(const AugmentOptions& options, std::mt19937& random, const Shape& shape,
                      std::vector<float>* features) {
  if (shape.rank != 3 && shape.rank != 4) return;
  if (options.time_masks == 0 && options.frequency_masks == 0) return;
  const int frames = shape[1], bins = shape[2], channels = shape.rank == 4 ? shape[3] : 1;
  double sum = 0;
  for (float value : *features) sum += value;
  auto mean = static_cast<float>(sum / static_cast<double>(features->size()));
  auto mask = [&](std::pair<int, int> times, std::pair<int, int> stripes) {
    for (int t = times.first; t < times.first + times.second; ++t) {
      auto from = features->begin() + (t * bins + stripes.first) * channels;
      std::fill_n(from, stripes.second * channels, mean);
    }
  };
  for (int i = 0; i < options.time_masks; ++i) {
    mask(stripe(random, frames, options.time_mask_width), {0, bins});
  }
  for (int i = 0; i < options.frequency_masks; ++i) {
    mask({0, frames}, stripe(random, bins, options.frequency_mask_width));
  }
}

std::vector<Hardship> hardships(InputKind kind) {
  using Options = AugmentOptions;
  auto noise = [](const char* name, double snr_db) {
    return hardship(
        name, [=](Options& o) { o.noise = 1, o.noise_snr_low_db = o.noise_snr_high_db = snr_db; });
  };
  if (kind == InputKind::kAudio) {
    return {noise("noise 20 dB", 20),
            noise("noise 10 dB", 10),
            noise("noise 0 dB", 0),
            hardship("shift 0.1 s", [](Options& o) { o.shift_seconds = 0.1; }),
            hardship("gain -12 dB", [](Options& o) { o.gain_db = -12; }),
            hardship("gain +12 dB", [](Options& o) { o.gain_db = 12; }),
            hardship("10 % faster", [](Options& o) { o.speed = 0.1; })};
  }
  if (kind == InputKind::kImage) {
    return {hardship("dark", [](Options& o) { o.brightness = -0.3; }),
            hardship("bright", [](Options& o) { o.brightness = 0.3; }),
            hardship("half the contrast", [](Options& o) { o.contrast = -0.5; }),
            hardship("tinted", [](Options& o) { o.color = 0.15; }),
            hardship("shift", [](Options& o) { o.crop = 3; }),
            hardship("turned 15 degrees", [](Options& o) { o.rotation_degrees = 15; }),
            hardship("mirrored", [](Options& o) { o.flip = true; })};
  }
  return {hardship("sensor noise", [](Options& o) { o.sensor_noise = 0.3; }),
          hardship("shift 0.1 s", [](Options& o) { o.shift_seconds = 0.1; }),
          hardship("gain +2 dB", [](Options& o) { o.gain_db = 2; }),
          hardship("10 % faster", [](Options& o) { o.speed = 0.1; }),
          hardship("turned 20 degrees", [](Options& o) { o.rotation_degrees = 20; }),
          hardship("dead sensor", [](Options& o) { o.channel_dropout = 1; })};
}

}  // namespace mote::train
