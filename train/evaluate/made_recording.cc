// SPDX-License-Identifier: Apache-2.0
// A recording in which all that is said is known, because it is put there.
#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "train/evaluate/recording.h"

namespace mote::train {
namespace {

using Samples = std::vector<float>;

constexpr double kLeastGap = 0.5, kMostGap = 3.5;  // seconds
constexpr double kFade = 0.01;                     // seconds in which pieces of background change
constexpr float kMadeNoise = 0.003f;               // amplitude, -50 dB of full scale

double power_of(const Samples& samples) {
  double sum = 0;
  for (float sample : samples) sum += static_cast<double>(sample) * sample;
  return sum / static_cast<double>(samples.size());
}

/// Where a clip is loud: from the first to the last 20 ms within 20 dB of its loudest ones.
std::pair<size_t, size_t> loud_part(const Samples& clip, int rate_hz) {
  const size_t frame = std::max<size_t>(1, static_cast<size_t>(rate_hz / 50));
  std::vector<double> power;
  for (size_t at = 0; at < clip.size(); at += frame) {
    double sum = 0;
    for (size_t i = at; i < std::min(at + frame, clip.size()); ++i) {
      sum += static_cast<double>(clip[i]) * clip[i];
    }
    power.push_back(sum);
  }
  const double least = *std::max_element(power.begin(), power.end()) / 100;
  auto loud = [&](double one) { return one >= least; };
  auto first = std::find_if(power.begin(), power.end(), loud) - power.begin();
  auto last = power.rend() - std::find_if(power.rbegin(), power.rend(), loud);
  return {static_cast<size_t>(first) * frame,
          std::min(clip.size(), static_cast<size_t>(last) * frame)};
}

/// All examples in random order, then again in another.
class Deck {
 public:
  Deck(std::vector<size_t> cards, std::mt19937& random)
      : cards_(std::move(cards)), random_(random) {}

  size_t size() const { return cards_.size(); }
  size_t draw() {
    if (at_ == 0) {
      for (size_t i = cards_.size(); i > 1; --i) {
        std::swap(cards_[i - 1],
                  cards_[static_cast<size_t>(random_int(random_, 0, static_cast<int>(i) - 1))]);
      }
    }
    const size_t card = cards_[at_];
    at_ = (at_ + 1) % cards_.size();
    return card;
  }

 private:
  std::vector<size_t> cards_;
  std::mt19937& random_;
  size_t at_ = 0;
};

class Maker {
 public:
  Maker(const Project& project, const Dataset& dataset, const MadeRecording& how)
      : project_(project), dataset_(dataset), how_(how), random_(how.seed) {}

  Result<Recording> make() {
    recording_.samples.resize(samples_in(how_.seconds));
    std::vector<size_t> quiet, spoken;
    for (size_t i : dataset_.of(how_.split)) {
      const auto label = static_cast<size_t>(dataset_.examples[i].label);
      (is_background(dataset_.classes[label]) ? quiet : spoken).push_back(i);
    }
    if (spoken.empty()) {
      return fail("{}: no examples to {} to make a recording of; [split] says how many there are",
                  project_.file.string(), name_of(how_.split));
    }
    MOTE_TRY(const double speech, median_power(spoken));
    MOTE_CHECK_OK(add_background(quiet, speech * std::pow(10, -how_.snr_db / 10)));
    MOTE_CHECK_OK(add_examples(spoken));
    for (float& sample : recording_.samples) sample = std::clamp(sample, -1.0f, 1.0f);
    return std::move(recording_);
  }

 private:
  size_t samples_in(double seconds) const {
    return static_cast<size_t>(std::llround(seconds * project_.input.rate_hz));
  }

  /// The next example that can be read.
  Result<Samples> read_next(Deck* deck, size_t* example) const {
    for (size_t tries = 1;; ++tries) {
      *example = deck->draw();
      Result<Signal> signal = read_example(project_, dataset_, dataset_.examples[*example]);
      if (signal.ok()) return std::move(signal->values);
      if (tries == deck->size()) return signal.error();
    }
  }

  /// Of some examples, spread.
  Result<double> median_power(const std::vector<size_t>& spoken) const {
    constexpr size_t kMost = 200;
    const size_t count = std::min(spoken.size(), kMost);
    std::vector<double> powers;
    std::string why;
    for (size_t i = 0; i < count; ++i) {
      const Example& example = dataset_.examples[spoken[i * spoken.size() / count]];
      Result<Signal> signal = read_example(project_, dataset_, example);
      if (signal.ok()) {
        powers.push_back(power_of(signal->values));
      } else {
        why = signal.error().message;
      }
    }
    if (powers.empty()) return fail("{}", why);
    std::sort(powers.begin(), powers.end());
    return powers[powers.size() / 2];
  }

  /// Pieces of background as long as an example, at most so strong, each faded into the next.
  Result<void> add_background(const std::vector<size_t>& quiet, double most_power) {
    const auto piece = static_cast<size_t>(project_.input.shape()[1]);
    const size_t fade = std::min(samples_in(kFade) + 1, piece / 2 + 1);
    MOTE_TRY(const std::vector<Samples> noise, read_noise(project_));
    Deck deck(quiet, random_);
    for (size_t at = 0; at < recording_.samples.size(); at += piece - fade) {
      size_t example = 0;
      MOTE_TRY(Samples sound, quiet.empty() ? piece_of(noise, piece) : read_next(&deck, &example));
      const double power = power_of(sound);
      if (power > most_power) {
        const auto softer = static_cast<float>(std::sqrt(most_power / power));
        for (float& sample : sound) sample *= softer;
      }
      for (size_t i = 0; i < fade; ++i) {
        const float part = static_cast<float>(i + 1) / static_cast<float>(fade + 1);
        if (at > 0) sound[i] *= std::sqrt(part);
        sound[piece - 1 - i] *= std::sqrt(part);
      }
      mix(sound, at);
    }
    return {};
  }

  Result<Samples> piece_of(const std::vector<Samples>& noise, size_t piece) {
    Samples made(piece);
    if (noise.empty()) {
      for (float& sample : made) sample = random_float(random_, -kMadeNoise, kMadeNoise);
      return made;
    }
    const auto& from =
        noise[static_cast<size_t>(random_int(random_, 0, static_cast<int>(noise.size()) - 1))];
    const int first = random_int(random_, 0, static_cast<int>(from.size() - piece));
    std::copy_n(from.begin() + first, piece, made.begin());
    return made;
  }

  Result<void> add_examples(const std::vector<size_t>& spoken) {
    Deck deck(spoken, random_);
    for (size_t at = samples_in(gap());; at += samples_in(gap())) {
      size_t example = 0;
      MOTE_TRY(const Samples clip, read_next(&deck, &example));
      if (at + clip.size() > recording_.samples.size()) return {};
      mix(clip, at);
      const auto [first, last] = loud_part(clip, project_.input.rate_hz);
      recording_.marks.push_back(
          {seconds_at(at + first), seconds_at(at + last), dataset_.examples[example].label});
      at += clip.size();
    }
  }

  /// To the millisecond, as marks are written.
  double seconds_at(size_t sample) const {
    return std::round(1000.0 * static_cast<double>(sample) / project_.input.rate_hz) / 1000;
  }

  double gap() { return random_float(random_, kLeastGap, kMostGap); }

  void mix(const Samples& sound, size_t at) {
    const size_t count = std::min(sound.size(), recording_.samples.size() - at);
    for (size_t i = 0; i < count; ++i) recording_.samples[at + i] += sound[i];
  }

  const Project& project_;
  const Dataset& dataset_;
  const MadeRecording& how_;
  std::mt19937 random_;
  Recording recording_;
};

}  // namespace

Result<Recording> make_recording(const Project& project, const Dataset& dataset,
                                 const MadeRecording& how) {
  return Maker(project, dataset, how).make();
}

}  // namespace mote::train
