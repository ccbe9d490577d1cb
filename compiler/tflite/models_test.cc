// SPDX-License-Identifier: Apache-2.0
// Real models: each is read, gives the golden outputs, and survives being written and read again.
// A model whose operators mote lacks so far is skipped, with the list of them.
#include <gtest/gtest.h>

#include <optional>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ir/comparator.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ops/book.h"
#include "tests/shared_data.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

class TfliteModel : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    fs::path path = shared_data() / "models" / (std::string(GetParam()) + ".tflite");
    if (!fs::exists(path)) GTEST_SKIP() << path << " isn't there";
    Result<Bytes> file = read_file(path);
    ASSERT_TRUE(file.ok()) << file.error().message;
    Result<Graph> graph = read_tflite(*file, path.string(), operator_book());
    if (!graph.ok() && graph.error().message.find("can't be read") != std::string::npos) {
      GTEST_SKIP() << graph.error().message;
    }
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    graph_ = *std::move(graph);
  }

  Graph graph_;
};

/// Cuts the concatenated values of tensors apart.
std::vector<Bytes> split(const Graph& graph, const std::vector<TensorId>& ids, const Bytes& all) {
  std::vector<Bytes> parts;
  size_t at = 0;
  for (TensorId id : ids) {
    size_t bytes = graph.tensor(id).bytes();
    EXPECT_LE(at + bytes, all.size());
    auto begin = all.begin() + static_cast<ptrdiff_t>(at);
    parts.emplace_back(begin, begin + static_cast<ptrdiff_t>(bytes));
    at += bytes;
  }
  EXPECT_EQ(at, all.size());
  return parts;
}

TEST_P(TfliteModel, GivesTheGoldenOutputs) {
  Result<Interpreter> interpreter = Interpreter::make(graph_);
  ASSERT_TRUE(interpreter.ok()) << interpreter.error().message;
  int samples = 0;
  for (;; ++samples) {
    fs::path folder = shared_data() / "golden" / GetParam();
    Result<Bytes> in = read_file(folder / fmt::format("in_{:03}.bin", samples));
    if (!in.ok()) break;
    Result<Bytes> out = read_file(folder / fmt::format("out_{:03}.bin", samples));
    ASSERT_TRUE(out.ok()) << out.error().message;
    std::vector<Bytes> expected = split(graph_, graph_.outputs, *out);
    Result<std::vector<Bytes>> actual = interpreter->run(split(graph_, graph_.inputs, *in));
    ASSERT_TRUE(actual.ok()) << actual.error().message;
    for (size_t i = 0; i < expected.size(); ++i) {
      const Tensor& tensor = graph_.tensor(graph_.outputs[i]);
      std::optional<Difference> difference = compare(tensor, expected[i], (*actual)[i]);
      EXPECT_FALSE(difference) << "sample " << samples << ": " << describe(tensor, *difference);
    }
  }
  EXPECT_GT(samples, 0);
}

TEST_P(TfliteModel, IsReadAsItWasWritten) {
  Result<Bytes> file = write_tflite(graph_);
  ASSERT_TRUE(file.ok()) << file.error().message;
  Result<Graph> back = read_tflite(*file, graph_.name + ".tflite", operator_book());
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_TRUE(print(*back) == print(graph_))
      << print(*back, Constants::kElided) << print(graph_, Constants::kElided);
}

INSTANTIATE_TEST_SUITE_P(Tflite, TfliteModel,
                         testing::Values("kws01_int8", "vww01_int8", "vww01_float", "ic01_int8",
                                         "ic01_float", "ad01_int8", "ad01_float", "sww01_int8",
                                         "person_detect", "hello_world_int8", "hello_world_float",
                                         "micro_speech_quantized", "simple_add_model"),
                         [](const auto& test) { return std::string(test.param); });

/// The ones that use what mote hasn't got: whatever happens to them, it is a graph or one sentence.
TEST(TfliteModels, AreReadOrRefusedInOneSentence) {
  fs::path folder = shared_data() / "models";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " isn't there";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    std::string name = entry.path().filename().string();
    Result<Graph> graph = read_tflite(*read_file(entry.path()), name, operator_book());
    if (graph.ok()) continue;
    EXPECT_EQ(graph.error().message.find(name + ": "), 0u) << graph.error().message;
    EXPECT_EQ(graph.error().message.find('\n'), std::string::npos) << graph.error().message;
    std::printf("%s\n", graph.error().message.c_str());
  }
}

}  // namespace
}  // namespace mote
