// SPDX-License-Identifier: Apache-2.0
// The streaming wake word: sww01 frame by frame gives what the whole model gives on the newest 30
// frames, on the host and on the virtual Cortex-M4.
#include "compiler/streaming.h"

#include <gtest/gtest.h>

#include "base/host/process.h"
#include "cli/model_file.h"
#include "compiler/pipeline.h"
#include "engines/engine.h"
#include "ir/builder.h"
#include "tests/shared_data.h"

namespace mote {
namespace {

constexpr size_t kFrames = 30, kFrameBytes = 40, kRuns = 70;

int64_t macs_of(const Graph& graph) {
  int64_t macs = 0;
  for (const Node& node : graph.nodes) {
    if (node.record->macs) macs += node.record->macs(NodeView(graph, node));
  }
  return macs;
}

class StreamingWakeWord : public testing::Test {
 protected:
  void SetUp() override {
    MOTE_NEEDS_SHARED_DATA("models/sww01_int8.tflite");
    Result<Graph> graph = load_graph(shared_data() / "models" / "sww01_int8.tflite");
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    whole = *graph;
    Result<Graph> stream = stream_over_time(whole, 1);
    ASSERT_TRUE(stream.ok()) << stream.error().message;
    streamed = *stream;
    std::mt19937 random(11);
    for (size_t i = 0; i < kRuns; ++i) {
      frames.push_back({random_bytes(random, DType::kInt8, kFrameBytes)});
    }
  }

  /// What the whole model gives once frame `last` is there.
  Values expected(Engine& engine, size_t last) const {
    Bytes window;
    for (size_t i = last + 1 - kFrames; i <= last; ++i) {
      window.insert(window.end(), frames[i][0].begin(), frames[i][0].end());
    }
    Result<std::vector<Values>> outputs = engine.run({{window}});
    EXPECT_TRUE(outputs.ok()) << outputs.error().message;
    return outputs.ok() ? (*outputs)[0] : Values();
  }

  void expect_equal(const std::string& board) {
    Result<Plan> plan = compile(whole, Target()), stream = compile(streamed, Target());
    ASSERT_TRUE(plan.ok() && stream.ok());
    Result<EnginePtr> reference = make_image_engine(image_model(*plan));
    Result<EnginePtr> engine = board.empty() ? make_image_engine(image_model(*stream))
                                             : make_board_engine(image_model(*stream), board);
    ASSERT_TRUE(reference.ok() && engine.ok());
    Result<std::vector<Values>> outputs = (*engine)->run(frames);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    for (size_t i = kFrames - 1; i < kRuns; ++i) {
      EXPECT_EQ((*outputs)[i], expected(**reference, i)) << "frame " << i;
    }
  }

  Graph whole, streamed;
  std::vector<Values> frames;
};

TEST_F(StreamingWakeWord, GivesTheWholeModelsBitsOnTheHost) {
  expect_equal("");
}

TEST_F(StreamingWakeWord, GivesTheWholeModelsBitsOnTheVirtualCortexM4) {
  if (!find_program("qemu-system-arm", "").ok() || !find_program("arm-none-eabi-g++", "").ok()) {
    GTEST_SKIP() << "qemu-system-arm or arm-none-eabi-g++ isn't installed";
  }
  expect_equal("cortex-m4");
}

TEST_F(StreamingWakeWord, TakesAFractionOfTheWork) {
  EXPECT_EQ(macs_of(whole), 826368);
  EXPECT_EQ(macs_of(streamed), 46040);
  Result<Plan> plan = compile(streamed, Target());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->state_bytes, 3968u) << "3, 5, 10 and 15 rows of 40 or 128 channels";
}

}  // namespace
}  // namespace mote
