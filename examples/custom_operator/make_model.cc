// SPDX-License-Identifier: Apache-2.0
// Writes a model with an operator of one's own: it hears a sound's pitch in Hz, eight times in a
// quarter second, by counting how often the sound changes its sign.
//
//     make_model pitch.tflite
#include <cstdio>

#include "base/host/file.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ops/book.h"

namespace mote {
const OperatorRecord& zero_crossings_record();
}

namespace {

using namespace mote;

constexpr int kSampleRate = 8000;    // Hz
constexpr int kSamples = 2000;       // a quarter second
constexpr int kFrameLength = 250;    // samples
constexpr int64_t kThreshold = 300;  // of 32767

Graph make_model() {
  GraphBuilder b("pitch");
  TensorId sound = b.input(DType::kInt16, Shape(1, kSamples), {}, "sound");
  TensorId counts = b.node(zero_crossings_record(), {sound},
                           {{"frame_length", int64_t{kFrameLength}}, {"threshold", kThreshold}},
                           DType::kInt32, {}, "crossings");
  TensorId real = b.node(cast_record(), {counts}, {}, DType::kFloat32);
  // A period crosses zero twice.
  TensorId hertz = b.constant<float>(Shape(), {kSampleRate / (2.0f * kFrameLength)}, {}, "hertz");
  return b.build({b.node(mul_record(), {real, hertz}, {}, DType::kFloat32, {}, "pitch")});
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
