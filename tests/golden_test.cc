// SPDX-License-Identifier: Apache-2.0
// Real models on real input, against the outputs of TFLM's reference kernels: integers byte for
// byte, floats within 1e-5, on the host's runtime and on the virtual Cortex-M4. And their arenas
// against the smallest that their activations allow.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/host/process.h"
#include "cli/model_file.h"
#include "compiler/pipeline.h"
#include "engines/engine.h"
#include "ir/comparator.h"
#include "tests/shared_data.h"

namespace mote {
namespace {

/// Splits one file that holds several tensors, one after the other.
Values split(const Bytes& bytes, const std::vector<Tensor>& tensors) {
  Values values;
  size_t at = 0;
  for (const Tensor& tensor : tensors) {
    size_t end = std::min(bytes.size(), at + tensor.bytes());
    values.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  }
  return values;
}

void expect_equal(const std::vector<Tensor>& tensors, const Values& expected, const Values& actual,
                  const std::string& what) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    auto difference = compare(tensors[i], expected[i], actual[i]);
    EXPECT_FALSE(difference) << what << ": " << describe(tensors[i], *difference);
  }
}

class Golden : public testing::TestWithParam<const char*> {
 protected:
  void run_on(const std::string& board) {
    std::string name = GetParam();
    MOTE_NEEDS_SHARED_DATA("golden/" + name);
    Result<ModelFile> model = load_model(shared_data() / "models" / (name + ".tflite"));
    ASSERT_TRUE(model.ok()) << model.error().message;
    Result<Plan> plan = compile(*model->graph, Target());
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    Result<EnginePtr> engine = board.empty() ? make_image_engine(image_model(*plan))
                                             : make_board_engine(image_model(*plan), board);
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    std::vector<Values> inputs, expected;
    for (int i = 0; i < 3; ++i) {
      auto folder = shared_data() / "golden" / name;
      Result<Bytes> in = read_file(folder / fmt::format("in_{:03}.bin", i));
      Result<Bytes> out = read_file(folder / fmt::format("out_{:03}.bin", i));
      ASSERT_TRUE(in.ok() && out.ok());
      inputs.push_back(split(*in, model->inputs));
      expected.push_back(split(*out, model->outputs));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      // One by one: a run begins with a reset, as each golden output did.
      Result<std::vector<Values>> actual = (*engine)->run({inputs[i]});
      ASSERT_TRUE(actual.ok()) << actual.error().message;
      expect_equal(model->outputs, expected[i], (*actual)[0], fmt::format("golden {}", i));
    }
  }
};

TEST_P(Golden, OnTheHost) {
  run_on("");
}

TEST_P(Golden, OnTheVirtualCortexM4) {
  if (!find_program("qemu-system-arm", "").ok() || !find_program("arm-none-eabi-g++", "").ok()) {
    GTEST_SKIP() << "qemu-system-arm or arm-none-eabi-g++ isn't installed";
  }
  run_on("cortex-m4");
}

INSTANTIATE_TEST_SUITE_P(Models, Golden,
                         testing::Values("kws01_int8", "vww01_int8", "vww01_float", "ic01_int8",
                                         "ic01_float", "ad01_int8", "ad01_float", "sww01_int8",
                                         "person_detect", "hello_world_int8", "hello_world_float",
                                         "micro_speech_quantized", "simple_add_model",
                                         "audio_preprocessor_int8", "audio_preprocessor_float",
                                         "keyword_scrambled_8bit"),
                         [](const auto& p) { return std::string(p.param); });

struct DataSet {
  const char* model;
  const char* folder;
  int flip;     // what turns a stored byte into the model's input
  int correct;  // how many TFLM gets right
};

class WholeDataSet : public testing::TestWithParam<DataSet> {};

TEST_P(WholeDataSet, EqualsTheGoldenOutputsOfEveryRow) {
  const DataSet& set = GetParam();
  auto folder = shared_data() / set.folder;
  MOTE_NEEDS_SHARED_DATA(set.folder);
  Result<ModelFile> model = load_model(shared_data() / "models" / set.model);
  ASSERT_TRUE(model.ok()) << model.error().message;
  Result<Plan> plan = compile(*model->graph, Target());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  Result<EnginePtr> engine = make_image_engine(image_model(*plan));
  ASSERT_TRUE(engine.ok()) << engine.error().message;

  Result<std::string> csv = read_text(folder / "y_labels.csv");
  Result<Bytes> golden = read_file(folder / "golden_outputs.bin");
  ASSERT_TRUE(csv.ok() && golden.ok());
  std::vector<Values> inputs;
  std::vector<size_t> labels;
  std::istringstream lines(*csv);
  for (std::string line; std::getline(lines, line);) {
    Result<Bytes> input = read_file(folder / line.substr(0, line.find(',')));
    ASSERT_TRUE(input.ok()) << input.error().message;
    for (uint8_t& byte : *input) byte = static_cast<uint8_t>(byte ^ set.flip);
    inputs.push_back({*input});
    labels.push_back(std::stoul(line.substr(line.rfind(',') + 1)));
  }
  Result<std::vector<Values>> outputs = (*engine)->run(inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  int correct = 0;
  size_t classes = golden->size() / inputs.size();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Bytes& output = (*outputs)[i][0];
    ASSERT_EQ(output.size(), classes);
    EXPECT_TRUE(std::equal(output.begin(), output.end(),
                           golden->begin() + static_cast<std::ptrdiff_t>(i * classes)))
        << "row " << i;
    auto signed_less = [](uint8_t a, uint8_t b) {
      return static_cast<int8_t>(a) < static_cast<int8_t>(b);
    };
    auto best = std::max_element(output.begin(), output.end(), signed_less);
    correct += static_cast<size_t>(best - output.begin()) == labels[i];
  }
  EXPECT_EQ(correct, set.correct);
}

INSTANTIATE_TEST_SUITE_P(Sets, WholeDataSet,
                         testing::Values(DataSet{"kws01_int8.tflite", "kws01", 0, 452},
                                         DataSet{"ic01_int8.tflite", "ic01", 0x80, 78}),
                         [](const auto& p) { return std::string(p.param.folder); });

struct Activations {
  const char* model;
  uint32_t bytes;  // the smallest peak of activations
};

class Arena : public testing::TestWithParam<Activations> {};

TEST_P(Arena, IsAtMostFivePercentAboveTheSmallestPeak) {
  std::string file = std::string("models/") + GetParam().model + ".tflite";
  MOTE_NEEDS_SHARED_DATA(file);
  Result<Graph> graph = load_graph(shared_data() / file);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  Result<Plan> plan = compile(*graph, Target());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_LE(plan->arena_bytes, GetParam().bytes * 105 / 100);
}

INSTANTIATE_TEST_SUITE_P(Models, Arena,
                         testing::Values(Activations{"kws01_int8", 16000},
                                         Activations{"vww01_int8", 55296},
                                         Activations{"ic01_int8", 49152},
                                         Activations{"ad01_int8", 768},
                                         Activations{"sww01_int8", 6656}),
                         [](const auto& p) { return std::string(p.param.model); });

/// Kernels with assembly must compile with whatever a user compiles generated C++ with.
TEST(GeneratedCpp, OfRealModelsCompilesForCoresAtAnyOptimisation) {
  MOTE_NEEDS_SHARED_DATA("models/vww01_int8.tflite");
  if (!find_program("arm-none-eabi-g++", "").ok()) GTEST_SKIP() << "arm-none-eabi-g++ isn't there";
  TempFolder folder = *TempFolder::make();
  for (const char* model : {"vww01_int8", "ad01_int8", "vww01_float"}) {
    std::string path = (shared_data() / "models" / (std::string(model) + ".tflite")).string();
    Result<ProcessOutcome> made =
        run_process({MOTE_PROGRAM, "build", path, "--emit", "cpp", "--target", "cortex-m4",
                     "--output-dir", folder.path().string()});
    ASSERT_TRUE(made.ok());
    ASSERT_EQ(made->exit_code, 0) << "at -Os: " << made->output;
    for (const char* level : {"-O0", "-O2", "-O3"}) {
      Result<ProcessOutcome> compiled = run_process(
          {"arm-none-eabi-g++", "-std=c++17", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16",
           "-mfloat-abi=hard", level, "-c", (folder.path() / model).string() + ".cc", "-o",
           (folder.path() / "model.o").string()},
          300);
      ASSERT_TRUE(compiled.ok());
      EXPECT_EQ(compiled->exit_code, 0) << model << " " << level << ": " << compiled->output;
    }
  }
}

}  // namespace
}  // namespace mote
