// SPDX-License-Identifier: Apache-2.0
// Writes the model that ships with mote: it hears which of four tones a quarter second of sound
// holds. Nothing is trained. A bank of windowed cosines and sines (a convolution) picks each tone
// out, squaring and averaging give its power whatever the phase, a fully connected layer adds the
// cosine's and the sine's part, and silence wins when no tone is loud enough. All in int8, with
// scales worked out from the largest values that full-scale sound can reach.
//
//     make_model tones.tflite
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "base/host/file.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ops/book.h"

namespace {

using namespace mote;

constexpr int kSampleRate = 8000;  // Hz
constexpr int kSamples = 2000;     // a quarter second
constexpr int kTaps = 64;
constexpr int kStride = 16;
constexpr double kTones[] = {440, 880, 1760, 3000};  // Hz
constexpr int kToneCount = 4;
constexpr int kFilters = 2 * kToneCount;
constexpr int kClasses = 1 + kToneCount;  // silence first

int8_t quantize(double real, double scale) {
  return static_cast<int8_t>(std::clamp(std::round(real / scale), -127.0, 127.0));
}

/// Filter k is the cosine (even k) or sine (odd k) of tone k/2 under a Hann window.
std::vector<int8_t> filter_bank(double scale) {
  std::vector<int8_t> bank;
  for (int k = 0; k < kFilters; ++k) {
    for (int t = 0; t < kTaps; ++t) {
      double phase = 2 * std::numbers::pi * kTones[k / 2] * t / kSampleRate;
      double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (t + 0.5) / kTaps);
      bank.push_back(quantize(window * (k % 2 ? std::sin(phase) : std::cos(phase)), scale));
    }
  }
  return bank;
}

Graph make_model() {
  GraphBuilder b("tones");
  const double filter_scale = 1.0 / 127;
  // A full-scale sine through its own filter reaches half the window's sum, kTaps / 4 = 16.
  const double most_response = kTaps / 4.0, most_power = most_response * most_response / 2;
  Quantization sound = quantization(1.0f / 128, 0);
  Quantization response = quantization(static_cast<float>(most_response / 127), 0);
  Quantization square = quantization(static_cast<float>(2 * most_power / 255), -128);
  Quantization power = quantization(static_cast<float>(most_power / 255), -128);

  TensorId input = b.input(DType::kInt8, Shape(1, kSamples, 1, 1), sound, "sound");
  TensorId filter = b.constant<int8_t>(Shape(kFilters, kTaps, 1, 1), filter_bank(filter_scale),
                                       quantization(static_cast<float>(filter_scale), 0), "bank");
  TensorId filtered = b.node(
      conv_2d_record(), {input, filter, kAbsent},
      {{"padding", std::string("VALID")}, {"stride_h", int64_t{kStride}}, {"stride_w", int64_t{1}}},
      DType::kInt8, response, "responses");
  TensorId squared =
      b.node(mul_record(), {filtered, filtered}, {}, DType::kInt8, square, "squares");
  TensorId axes = b.constant<int32_t>(Shape(2), {1, 2}, {}, "time");
  TensorId powers =
      b.node(mean_record(), {squared, axes}, {{"keep_dims", false}}, DType::kInt8, power, "powers");

  // Logits: what tone i's cosine and sine gather, against a constant for silence.
  const double weight_scale = 1.0 / 127, logit_scale = 2 * most_power / 255;
  std::vector<int8_t> weights(kClasses * kFilters, 0);
  for (int k = 0; k < kFilters; ++k) {
    weights[static_cast<size_t>((1 + k / 2) * kFilters + k)] = 127;
  }
  const double quietest = 0.02;  // of full power: below this it is silence
  int32_t silence =
      static_cast<int32_t>(std::round(quietest * most_power / (power.scale() * weight_scale)));
  TensorId weight = b.constant<int8_t>(Shape(kClasses, kFilters), weights,
                                       quantization(static_cast<float>(weight_scale), 0), "sum");
  TensorId bias = b.constant<int32_t>(
      Shape(kClasses), {silence, 0, 0, 0, 0},
      quantization(static_cast<float>(power.scale() * weight_scale), 0), "silence");
  TensorId logits = b.node(fully_connected_record(), {powers, weight, bias}, {}, DType::kInt8,
                           quantization(static_cast<float>(logit_scale), -128), "logits");
  TensorId classes = b.node(softmax_record(), {logits}, {{"beta", 1.0}}, DType::kInt8,
                            quantization(1.0f / 256, -128), "classes");
  return b.build({classes});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: make_model OUTPUT.tflite\n");
    return 2;
  }
  Result<Bytes> file = write_tflite(make_model());
  Result<void> written = file.ok() ? write_file(argv[1], *file) : Result<void>(file.error());
  if (!written.ok()) {
    fmt::print(stderr, "make_model: error: {}\n", written.error().message);
    return 1;
  }
  return 0;
}
