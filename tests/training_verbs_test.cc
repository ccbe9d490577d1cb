// SPDX-License-Identifier: Apache-2.0
// mote evaluate and mote compress as a user runs them, on models and data made for that.
#include <cstring>

#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "tests/verb_test_support.h"
#include "train/features/front_end.h"

namespace mote {
namespace {

constexpr int kWindow = 4;

/// Two rows of numbers are one class if their first channel is larger than their second.
Graph network() {
  GraphBuilder b("net");
  TensorId x = b.input(DType::kFloat32, Shape(1, kWindow, 2), {}, "x");
  TensorId shape = b.constant(Shape(2), std::vector<int32_t>{1, 2 * kWindow});
  TensorId flat = b.node(*find_record(operator_book(), "RESHAPE"), {x, shape}, {}, DType::kFloat32);
  std::vector<float> hidden, weights;
  for (int unit = 0; unit < 8; ++unit) {
    for (int i = 0; i < 2 * kWindow; ++i) {
      float size = unit < 4 ? 1.0f : 0.01f;
      hidden.push_back((i + unit) % 2 ? -size : size);
    }
  }
  for (int i = 0; i < 16; ++i) weights.push_back((i + i / 8) % 2 ? -1.0f : 1.0f);
  TensorId h = b.constant(Shape(8, 2 * kWindow), hidden),
           zero = b.constant(Shape(8), std::vector<float>(8));
  TensorId w = b.constant(Shape(2, 8), weights), bias = b.constant(Shape(2), std::vector<float>(2));
  const OperatorRecord& layer = *find_record(operator_book(), "FULLY_CONNECTED");
  TensorId made = b.node(layer, {flat, h, zero},
                         {{"fused_activation_function", std::string("RELU")}}, DType::kFloat32);
  TensorId scores = b.node(layer, {made, w, bias}, {}, DType::kFloat32);
  return b.build({b.node(*find_record(operator_book(), "SOFTMAX"), {scores}, {{"beta", 1.0}},
                         DType::kFloat32)});
}

std::vector<float> example(int label, int i) {
  std::vector<float> rows;
  for (int row = 0; row < kWindow; ++row) {
    float high = 0.5f + 0.05f * static_cast<float>((i * 7 + row * 3) % 10), low = -high;
    rows.push_back(label == 0 ? high : low);
    rows.push_back(label == 0 ? low : high);
  }
  return rows;
}

class TrainingVerbs : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(model_, *write_tflite(network())).ok());
    for (int label = 0; label < 2; ++label) {
      for (int i = 0; i < 20; ++i) add_example(label, i);
    }
  }

  void add_example(int label, int i) {
    const char* name = label == 0 ? "first" : "second";
    std::vector<float> rows = example(label, i);
    auto raw = folder_.path() / "raw" / name, csv = folder_.path() / "project/data" / name;
    ASSERT_TRUE(make_folder(raw).ok() && make_folder(csv).ok());
    ASSERT_TRUE(write_file(raw / fmt::format("{:02}.bin", i), rows.data(), 4 * rows.size()).ok());
    std::string text = "x,y\n";
    for (size_t r = 0; r < rows.size(); r += 2)
      text += fmt::format("{},{}\n", rows[r], rows[r + 1]);
    ASSERT_TRUE(write_text(csv / fmt::format("{:02}.csv", i), text).ok());
  }

  /// A project with a run, but without a training.
  std::string project() {
    auto folder = folder_.path() / "project";
    EXPECT_TRUE(make_folder(folder / "run").ok());
    EXPECT_TRUE(
        write_text(
            folder / "mote.toml",
            "name = \"signs\"\ntask = \"classification\"\n"
            "[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 4\ncolumns = [\"x\", \"y\"]\n"
            "[data]\nformat = \"folders\"\npath = \"data\"\n"
            "[split]\nby = \"file\"\nvalidation = 0.25\ntest = 0.5\n"
            "[features]\ntype = \"none\"\nnormalize = false\n")
            .ok());
    EXPECT_TRUE(write_text(folder / "run/front_end.json", train::statistics_json({})).ok());
    std::filesystem::copy_file(model_, folder / "run/float.tflite",
                               std::filesystem::copy_options::overwrite_existing);
    return folder.string();
  }

  std::string samples() const { return (folder_.path() / "raw").string(); }

  std::string failure(std::vector<std::string> arguments) {
    ProcessOutcome outcome = run_mote(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
    return outcome.output;
  }

  TempFolder folder_ = *TempFolder::make();
  std::string model_ = (folder_.path() / "net.tflite").string();
};

TEST_F(TrainingVerbs, FoldersAreClasses) {
  auto json = run_mote_json({"evaluate", model_, "--samples", samples()});
  EXPECT_EQ(json["schema"], "mote.training/1");
  EXPECT_EQ(json["classes"], (nlohmann::json{"first", "second"}));
  EXPECT_EQ(json["models"][0]["score"], 1.0);
  EXPECT_EQ(json["models"][0]["classification"]["confusion"], (nlohmann::json{{20, 0}, {0, 20}}));
}

TEST_F(TrainingVerbs, AProjectsModelsStandSideBySide) {
  std::string path = project();
  ASSERT_EQ(run_mote({"quantize", model_, "--samples", samples() + "/first", samples() + "/second",
                      "--float-io", "-o", path + "/run/model.tflite"})
                .exit_code,
            kSuccess);
  auto json = run_mote_json({"evaluate", path, "--by", "class"});
  ASSERT_EQ(json["models"].size(), 2u);
  EXPECT_EQ(json["examples"], 20);
  for (const auto& model : json["models"]) {
    EXPECT_EQ(model["score"], 1.0);
    EXPECT_EQ(model["fairness"][0]["groups"].size(), 2u);
    EXPECT_FALSE(model["robustness"].empty());
  }
  EXPECT_TRUE(json["features"].is_null());
  EXPECT_EQ(nlohmann::json::parse(*read_text(path + "/run/report.json")), json);
  EXPECT_TRUE(std::filesystem::exists(path + "/run/report.html"));
}

TEST_F(TrainingVerbs, OnABoardTheAnswersAndTheFeaturesAreTheSame) {
  MOTE_NEEDS_CORTEX_M();
  std::string path = project();
  std::filesystem::copy_file(model_, path + "/run/model.tflite");
  auto json =
      run_mote_json({"evaluate", path, "--board", "nucleo-l4r5zi", "--board-examples", "3"});
  ASSERT_EQ(json["models"].size(), 3u);
  EXPECT_EQ(json["models"][2]["where"], "nucleo-l4r5zi");
  EXPECT_EQ(json["models"][2]["examples"], 3);
  EXPECT_GT(json["models"][2]["flash_bytes"], 0);
  EXPECT_EQ(json["features"]["different_bits"], 0);
  EXPECT_EQ(json["features"]["bits"], 3 * 8 * 32);
}

TEST_F(TrainingVerbs, CompressionKeepsTheBestThatFits) {
  std::string out = (folder_.path() / "small.tflite").string();
  auto json = run_mote_json({"compress", model_, "--samples", samples(), "--prune", "50", "-o", out,
                             "--budget", "flash=1700"});
  EXPECT_EQ(json["score"], "accuracy");
  size_t best = 0, made = 0;
  for (const auto& step : json["steps"]) {
    made += step["made"].get<bool>();
    best += step["best"].get<bool>();
    if (step["best"]) {
      EXPECT_LE(step["file_bytes"], 1700);
      EXPECT_EQ(step["file_bytes"], std::filesystem::file_size(out));
      EXPECT_EQ(step["score"], 1.0);
    }
  }
  EXPECT_EQ(best, 1u) << json.dump(1);
  EXPECT_GE(made, 7u);
}

TEST_F(TrainingVerbs, CompressionOfAProjectPutsTheFrontEndBefore) {
  std::string out = (folder_.path() / "small.tflite").string();
  auto json = run_mote_json({"compress", project(), "-o", out, "--no-finetune"});
  EXPECT_EQ(json["name"], "signs");
  EXPECT_EQ(json["steps"][1]["score"], 1.0);
  auto inspected = run_mote_json({"inspect", out});
  EXPECT_EQ(inspected["inputs"][0]["dtype"], "float32") << "what the sensor gives";
}

TEST_F(TrainingVerbs, CompressionSaysWhyAFormIsTheBest) {
  ProcessOutcome outcome = run_mote({"compress", model_, "--samples", samples(), "--prune", "50"});
  EXPECT_NE(
      outcome.output.find(": the smallest within 1 point of the float network's 100.0 %, of "),
      std::string::npos)
      << outcome.output;
  auto json = run_mote_json({"compress", model_, "--samples", samples(), "--prune", "50"});
  uint64_t smallest = UINT64_MAX, taken = 0;
  for (const auto& step : json["steps"]) {
    EXPECT_EQ(step["best"], !step["why"].is_null());
    if (!step["made"] || step["score"] < 0.99) continue;
    smallest = std::min(smallest, step["file_bytes"].get<uint64_t>());
    if (step["best"]) taken = step["file_bytes"];
  }
  EXPECT_EQ(taken, smallest) << json.dump(1);
}

TEST_F(TrainingVerbs, MissingExtraDataIsAWarningOfEvaluation) {
  const std::string path = project(), extra = (folder_.path() / "nowhere").string();
  const std::vector<std::string> without = {"--set", "data.extra=[\"" + extra + "\"]"};
  auto evaluate = [&](const char* split) {
    return run_mote(
        {"evaluate", path, "--hard-examples", "0", "--split", split, without[0], without[1]});
  };
  ProcessOutcome test = evaluate("test");
  EXPECT_EQ(test.exit_code, kSuccess) << test.output;
  EXPECT_NE(test.output.find(extra + ": warning: no such folder (data.extra); what is in it only "
                                     "trains, so the test examples are the same without it"),
            std::string::npos)
      << test.output;
  EXPECT_EQ(evaluate("train").exit_code, kFailure);
}

TEST_F(TrainingVerbs, ABudgetThatNothingMeetsNamesTheNearest) {
  std::string out = (folder_.path() / "small.tflite").string();
  std::string error =
      failure({"compress", model_, "--samples", samples(), "-o", out, "--budget", "flash=100"});
  EXPECT_NE(error.find("no step meets the budget; the nearest is '"), std::string::npos) << error;
  EXPECT_NE(error.find("bytes, the limit 100"), std::string::npos) << error;
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(TrainingVerbs, SayWhatIsWrong) {
  auto has = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(failure({"compress", model_}), "a model needs --samples of its inputs");
  has(failure({"compress", model_, "--samples", samples(), "--budget", "ram=1k"}),
      "add board=NAME");
  has(failure({"compress", model_, "--samples", samples(), "--budget", "colour=red"}),
      "there are board, ram, flash, latency, energy and loss");
  has(failure({"compress", model_, "--samples", samples(), "--budget", "flash=much"}),
      "'much' isn't a number of bytes");
  has(failure({"evaluate", model_}), "a model is evaluated on --samples");
  has(failure({"evaluate", model_, "--samples", samples() + "/first"}),
      "nothing says what is right");
  std::string path = project();
  std::filesystem::remove(path + "/run/float.tflite");
  has(failure({"evaluate", path}), "has neither float.tflite nor model.tflite");
}

}  // namespace
}  // namespace mote
