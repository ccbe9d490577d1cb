// SPDX-License-Identifier: Apache-2.0
// Speech from its samples to a word, all of it in models: audio_preprocessor_int8 turns windows of
// a recording into features, keeping an estimate of the noise, and micro_speech_quantized tells
// what was said from 49 of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/host/process.h"
#include "cli/input_file.h"
#include "cli/model_file.h"
#include "compiler/pipeline.h"
#include "engines/engine.h"
#include "tests/shared_data.h"

namespace mote {
namespace {

constexpr size_t kSampleRate = 16000;
constexpr size_t kWindow = kSampleRate * 30 / 1000, kStride = kSampleRate * 20 / 1000;
constexpr size_t kFrames = 49;

struct Recording {
  const char* name;
  const char* label;  // as TFLM's own test of these models has it
};

/// The engine for a model, on a board or, if that is empty, on this host.
Result<EnginePtr> make_engine(const std::string& name, const std::string& board) {
  MOTE_TRY(Graph graph, load_graph(shared_data() / "models" / (name + ".tflite")));
  MOTE_TRY(Plan plan, compile(graph, Target()));
  return board.empty() ? make_image_engine(image_model(plan))
                       : make_board_engine(image_model(plan), board);
}

/// The overlapping windows of a recording.
std::vector<Values> windows_of(const Bytes& samples) {
  std::vector<Values> windows;
  for (size_t i = 0; i < kFrames; ++i) {
    auto first = samples.begin() + static_cast<std::ptrdiff_t>(i * kStride * sizeof(int16_t));
    windows.push_back({Bytes(first, first + kWindow * sizeof(int16_t))});
  }
  return windows;
}

class Speech : public testing::TestWithParam<Recording> {
 protected:
  void run_on(const std::string& board) {
    std::string file = fmt::format("speech/{}_1000ms.wav", GetParam().name);
    MOTE_NEEDS_SHARED_DATA(file);
    Result<EnginePtr> preprocessor = make_engine("audio_preprocessor_int8", board);
    Result<EnginePtr> classifier = make_engine("micro_speech_quantized", board);
    ASSERT_TRUE(preprocessor.ok()) << preprocessor.error().message;
    ASSERT_TRUE(classifier.ok()) << classifier.error().message;
    Tensor recording{"recording", DType::kInt16, Shape(kSampleRate), {}, nullptr};
    Result<Values> samples = read_input(shared_data() / file, {recording}, {});
    ASSERT_TRUE(samples.ok()) << samples.error().message;

    Result<std::vector<Values>> features = (*preprocessor)->run(windows_of((*samples)[0]));
    ASSERT_TRUE(features.ok()) << features.error().message;
    Bytes spectrogram;
    for (const Values& frame : *features) {
      spectrogram.insert(spectrogram.end(), frame[0].begin(), frame[0].end());
    }
    Result<std::vector<Values>> scores = (*classifier)->run({{spectrogram}});
    ASSERT_TRUE(scores.ok()) << scores.error().message;
    EXPECT_STREQ(best_label((*scores)[0][0]), GetParam().label);
  }

  static const char* best_label(const Bytes& scores) {
    static constexpr const char* kLabels[] = {"silence", "unknown", "yes", "no"};
    auto less = [](uint8_t a, uint8_t b) {
      return static_cast<int8_t>(a) < static_cast<int8_t>(b);
    };
    return kLabels[std::max_element(scores.begin(), scores.end(), less) - scores.begin()];
  }
};

TEST_P(Speech, IsUnderstoodOnTheHost) {
  run_on("");
}

TEST_P(Speech, IsUnderstoodOnTheVirtualCortexM4) {
  if (!find_program("qemu-system-arm", "").ok() || !find_program("arm-none-eabi-g++", "").ok()) {
    GTEST_SKIP() << "qemu-system-arm or arm-none-eabi-g++ isn't installed";
  }
  run_on("cortex-m4");
}

INSTANTIATE_TEST_SUITE_P(Recordings, Speech,
                         testing::Values(Recording{"yes", "yes"}, Recording{"no", "no"},
                                         Recording{"silence", "silence"},
                                         Recording{"noise", "silence"}),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace mote
