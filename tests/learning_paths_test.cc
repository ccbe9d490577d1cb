// SPDX-License-Identifier: Apache-2.0
// The ways to a model as a user goes them, from end to end: each template of mote new, a network of
// one's own that learns further, values that are searched for, recordings from a board, and a
// training that goes wrong and is resumed. Data are made, and small enough for seconds.
#include <cmath>

#include "cli/model_file.h"
#include "compiler/onnx/test_model.h"
#include "ir/builder.h"
#include "tests/fake_board.h"
#include "tests/verb_test_support.h"
#include "train/data/data_test_support.h"

namespace mote {
namespace {

using train::put;
using train::put_bmp;
using train::put_tone;

class LearningPaths : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  bool there(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }

  /// A .csv of waves in three channels, with a line of headings or none.
  void put_wave(const std::string& name, const std::string& headings, int rows, double radians,
                int phase) const {
    std::string text = headings.empty() ? "" : headings + "\n";
    for (int i = 0; i < rows; ++i) {
      for (int c = 0; c < 3; ++c) {
        const double ripple = 0.1 * std::sin(1.7 * i * (phase % 5 + 1) + c);
        text += fmt::format("{}{:.4f}", c ? "," : "", std::sin(radians * i + phase + c) + ripple);
      }
      text += "\n";
    }
    put(path(name), text);
  }

  void put_waves(const std::string& name, double radians) const {
    for (int i = 0; i < 16; ++i) {
      put_wave(fmt::format("data/{}/{:02}.csv", name, i), "a,b,c", 32, radians, i);
    }
  }

  /// Dark and bright pictures with a tint each.
  void put_pictures(const std::string& folder, int count) const {
    for (int i = 0; i < count; ++i) {
      const auto tint = static_cast<uint8_t>(7 * i % 60);
      const std::string file = fmt::format("{:02}.bmp", i);
      put_bmp(path(folder + "/dark/" + file), 20, 18, 20, tint, 40);
      put_bmp(path(folder + "/bright/" + file), 20, 18, 220, static_cast<uint8_t>(180 + tint), 200);
    }
  }

  std::string mote(std::vector<std::string> arguments) const {
    ProcessOutcome outcome = run_mote(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
    return outcome.output;
  }
  std::string failure(std::vector<std::string> arguments) const {
    ProcessOutcome outcome = run_mote(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
    return outcome.output;
  }

  /// What the README of a new project says, in its order.
  void follow_readme(const std::string& kind, const std::string& epochs) const {
    mote({"new", kind, path("new"), "--data", path("data")});
    mote({"data", path("new")});
    mote({"data", path("new"), "--html", path("data.html")});
    const std::string plan = mote({"train", path("new"), "--plan"});
    EXPECT_NE(plan.find("Before training, with "), std::string::npos) << plan;
    EXPECT_FALSE(there("new/run"));
    const std::string trained = mote({"train", path("new"), "--epochs", epochs});
    EXPECT_NE(trained.find(" test examples: float "), std::string::npos) << trained;
    EXPECT_TRUE(there("new/run/model.tflite") && there("new/run/model.mote"));
    const auto json = run_mote_json({"evaluate", path("new")});
    ASSERT_EQ(json["models"].size(), 2u);
    for (const auto& model : json["models"]) {
      EXPECT_GT(model["score"], 0.9) << kind << ", " << model["name"];
      EXPECT_FALSE(model["robustness"].empty());
    }
    mote({"verify", path("new/run/model.tflite"), "--random", "1"});
  }

  TempFolder folder_ = *TempFolder::make();
};

TEST_F(LearningPaths, ANewKeywordSpotter) {
  MOTE_NEEDS_TRAINING();
  for (int speaker = 0; speaker < 10; ++speaker) {
    for (int i = 0; i < 3; ++i) {
      const std::string file = fmt::format("sp{:02}_nohash_{}.wav", speaker, i);
      put_tone(path("data/low/" + file), 300 + 5 * speaker, 16000, 1, 0.1 + 0.1 * i);
      put_tone(path("data/high/" + file), 1500 + 20 * speaker, 16000, 1, 0.1 + 0.1 * i);
    }
  }
  follow_readme("kws", "12");
}

TEST_F(LearningPaths, ANewClassifierOfPictures) {
  MOTE_NEEDS_TRAINING();
  put_pictures("data/train", 24);
  put_pictures("data/test", 6);
  follow_readme("image", "12");
}

TEST_F(LearningPaths, ANewWatchman) {
  MOTE_NEEDS_TRAINING();
  for (int i = 0; i < 30; ++i) {
    put_wave(fmt::format("data/normal/{:02}.csv", i), "", 200, 0.16, i);
    if (i < 10) put_wave(fmt::format("data/odd/{:02}.csv", i), "", 200, 0.7, i);
  }
  follow_readme("anomaly", "12");
}

TEST_F(LearningPaths, ANewWand) {
  MOTE_NEEDS_TRAINING();
  for (int i = 0; i < 15; ++i) {
    put_wave(fmt::format("data/circle/{:02}.csv", i), "accX,accY,accZ", 300, 0.06, i);
    put_wave(fmt::format("data/shake/{:02}.csv", i), "accX,accY,accZ", 300, 0.5, i);
  }
  follow_readme("gesture", "12");
}

/// The constants of a network's layers with weights, in their order.
std::vector<Bytes> weights_of(const std::string& file) {
  std::vector<Bytes> all;
  Result<Graph> graph = load_graph(file);
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  for (const Node& node : graph->nodes) {
    if (node.record->name != "CONV_2D" && node.record->name != "DEPTHWISE_CONV_2D" &&
        node.record->name != "FULLY_CONNECTED") {
      continue;
    }
    all.push_back(*graph->tensor(node.inputs[1]).data);
  }
  return all;
}

constexpr const char* kPictures =
    "task = \"classification\"\n"
    "[input]\nkind = \"image\"\nwidth = 8\nheight = 8\nchannels = 3\n"
    "[data]\nformat = \"folders\"\npath = \"data\"\n"
    "[split]\nby = \"file\"\nvalidation = 0.2\ntest = 0.3\n"
    "[training]\nepochs = 8\nbatch = 8\nrate = 0.02\n";

const std::string kWaves =
    "task = \"classification\"\n"
    "[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 32\ncolumns = [\"a\", \"b\", \"c\"]\n"
    "[data]\nformat = \"folders\"\npath = \"data\"\n"
    "[split]\nvalidation = 0.25\ntest = 0.25\n"
    "[model]\ntype = \"cnn_1d\"\nlayers = 2\n"
    "[training]\nepochs = 9\nbatch = 8\nrate = 0.02\n";

TEST_F(LearningPaths, ATfliteLearnsFurtherFrozenThenWhole) {
  MOTE_NEEDS_TRAINING();
  put_pictures("data", 16);
  put(path("mote.toml"), kPictures);
  mote({"train", path(""), "--set", "model.type=mobilenet_v1", "--set", "model.filters=8", "--set",
        "model.layers=2", "--epochs", "2"});
  // Another class: the last layer is drawn anew.
  put_bmp(path("data/red/0.bmp"), 20, 18, 250, 0, 0);
  for (int i = 1; i < 16; ++i) {
    put_bmp(path(fmt::format("data/red/{}.bmp", i)), 20, 18, static_cast<uint8_t>(255 - i), 0, 9);
  }
  std::vector<std::string> further = {"train", path(""), "--set", "model.type=file", "--set"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), further.begin(), further.end());
    return more;
  };
  mote(with({"model.file=" + path("run/float.tflite"), "--set", "model.freeze=5", "--run",
             path("frozen")}));
  mote(with({"model.file=" + path("frozen/float.tflite"), "--run", path("whole")}));
  const auto before = weights_of(path("run/float.tflite")),
             frozen = weights_of(path("frozen/float.tflite")),
             whole = weights_of(path("whole/float.tflite"));
  ASSERT_EQ(frozen.size(), before.size());
  ASSERT_EQ(whole.size(), before.size());
  for (size_t i = 0; i + 1 < before.size(); ++i) {
    EXPECT_EQ(frozen[i], before[i]) << "layer " << i;
    EXPECT_NE(whole[i], frozen[i]) << "layer " << i;
  }
  EXPECT_EQ(frozen.back().size(), before.back().size() / 2 * 3);
  auto json = run_mote_json({"evaluate", path(""), "--run", path("whole")});
  EXPECT_EQ(json["models"][1]["score"], 1.0);
  EXPECT_NE(failure(with({"model.file=" + path("run/model.tflite"), "--run", path("no")}))
                .find("only float models can be trained further"),
            std::string::npos);
}

/// What a framework that keeps channels first writes: convolutions with batch normalisation, a
/// depthwise one, a residual, pooling, a dense layer, two scores.
Bytes onnx_network() {
  std::mt19937 random(5);
  OnnxBuilder b;
  auto floats = [&](const char* name, const std::vector<int64_t>& dims, float low, float high) {
    int64_t count = 1;
    for (int64_t dim : dims) count *= dim;
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = random_float(random, low, high);
    b.floats(name, dims, values);
  };
  b.input("x", {1, 3, 8, 8});
  floats("w1", {8, 3, 3, 3}, -0.3f, 0.3f), floats("b1", {8}, -0.1f, 0.1f);
  floats("scale", {8}, 0.8f, 1.2f), floats("shift", {8}, -0.1f, 0.1f);
  floats("mean", {8}, -0.1f, 0.1f), floats("variance", {8}, 0.5f, 1.5f);
  floats("w2", {8, 1, 3, 3}, -0.4f, 0.4f), floats("b2", {8}, -0.1f, 0.1f);
  floats("w3", {8, 8, 1, 1}, -0.4f, 0.4f), floats("b3", {8}, -0.1f, 0.1f);
  floats("fc", {2, 8}, -0.5f, 0.5f), floats("bias", {2}, -0.1f, 0.1f);
  auto* first = b.node("Conv", {"x", "w1", "b1"}, "c1");
  OnnxBuilder::attribute(first, "pads", {1, 1, 1, 1});
  OnnxBuilder::attribute(first, "strides", {2, 2});
  b.node("BatchNormalization", {"c1", "scale", "shift", "mean", "variance"}, "n1");
  b.node("Relu", {"n1"}, "r1");
  auto* depthwise = b.node("Conv", {"r1", "w2", "b2"}, "c2");
  OnnxBuilder::attribute(depthwise, "pads", {1, 1, 1, 1});
  OnnxBuilder::attribute(depthwise, "group", 8);
  b.node("Relu", {"c2"}, "r2");
  b.node("Conv", {"r2", "w3", "b3"}, "c3");
  b.node("Add", {"c3", "r1"}, "sum");
  b.node("GlobalAveragePool", {"sum"}, "p");
  b.node("Flatten", {"p"}, "flat");
  OnnxBuilder::attribute(b.node("Gemm", {"flat", "fc", "bias"}, "y"), "transB", 1);
  b.output("y");
  return b.file();
}

TEST_F(LearningPaths, AnOnnxModelLearnsFurtherFrozenThenWhole) {
  MOTE_NEEDS_TRAINING();
  put_pictures("data", 16);
  put(path("mote.toml"), kPictures);
  ASSERT_TRUE(write_file(path("net.onnx"), onnx_network()).ok());
  auto train = [&](const std::string& file, const std::string& freeze, const std::string& run) {
    return mote({"train", path(""), "--set", "model.type=file", "--set", "model.file=" + path(file),
                 "--set", "model.freeze=" + freeze, "--run", path(run)});
  };
  train("net.onnx", "4", "frozen");
  train("net.onnx", "0", "whole");
  auto json = run_mote_json({"evaluate", path(""), "--run", path("whole")});
  EXPECT_EQ(json["models"][0]["score"], 1.0);
  EXPECT_EQ(json["models"][1]["score"], 1.0);
  const auto frozen = weights_of(path("frozen/float.tflite")),
             whole = weights_of(path("whole/float.tflite"));
  ASSERT_EQ(frozen.size(), 4u);
  ASSERT_EQ(whole.size(), 4u);
  const auto before = weights_of(path("net.onnx"));
  ASSERT_EQ(before.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(frozen[i] == before[i], i < 2)
        << "layer " << i << ": PAD, CONV, RELU, DEPTHWISE_CONV";
    EXPECT_NE(whole[i], before[i]) << "layer " << i;
  }
  const Result<Graph> learned = load_graph(path("whole/float.tflite"));
  for (const Node& node : learned->nodes) EXPECT_NE(node.record->name, "TRANSPOSE");
  // Frozen by and by: what has learned goes on as a .tflite.
  train("frozen/float.tflite", "0", "after");
  EXPECT_NE(weights_of(path("after/float.tflite"))[0], frozen[0]);
}

TEST_F(LearningPaths, AnOnnxModelOfSeriesLearnsFurther) {
  MOTE_NEEDS_TRAINING();
  put_waves("slow", 0.15);
  put_waves("fast", 0.6);
  put(path("mote.toml"), kWaves);
  std::mt19937 random(5);
  auto floats = [&](size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = random_float(random, -0.3f, 0.3f);
    return values;
  };
  OnnxBuilder b;
  b.input("x", {1, 3, 32});
  b.floats("w", {8, 3, 5}, floats(120)), b.floats("b", {8}, floats(8));
  b.floats("fc", {2, 8}, floats(16)), b.floats("bias", {2}, floats(2));
  auto* layer = b.node("Conv", {"x", "w", "b"}, "c");
  OnnxBuilder::attribute(layer, "strides", {2});
  OnnxBuilder::attribute(layer, "pads", {2, 2});
  b.node("Relu", {"c"}, "r");
  b.node("GlobalAveragePool", {"r"}, "p");
  b.node("Flatten", {"p"}, "flat");
  OnnxBuilder::attribute(b.node("Gemm", {"flat", "fc", "bias"}, "y"), "transB", 1);
  b.output("y");
  ASSERT_TRUE(write_file(path("net.onnx"), b.file()).ok());
  const std::string trained = mote({"train", path(""), "--set", "model.type=file", "--set",
                                    "model.file=" + path("net.onnx"), "--epochs", "20"});
  EXPECT_NE(trained.find("float 100.00 %, int8 100.00 %"), std::string::npos) << trained;
}

TEST_F(LearningPaths, ARateThatIsAbsurdKeepsTheLastGoodEpoch) {
  MOTE_NEEDS_TRAINING();
  for (int i = 0; i < 30; ++i) put_wave(fmt::format("data/normal/{}.csv", i), "", 32, 0.2, i);
  put_wave("data/odd/0.csv", "", 32, 0.7, 0);
  put(path("mote.toml"),
      "task = \"anomaly\"\n[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 32\n"
      "columns = [\"1\", \"2\", \"3\"]\n[data]\nformat = \"folders\"\npath = \"data\"\n"
      "normal = \"normal\"\n[model]\ntype = \"autoencoder\"\nunits = [16, 4, 16]\n"
      "[training]\nepochs = 3\nbatch = 8\noptimizer = \"sgd\"\nrate = 0.01\n");
  mote({"train", path("")});
  const Bytes good = *read_file(path("run/checkpoint.pt"));
  const std::string log = *read_text(path("run/log.jsonl"));
  auto resume = [&](const char* rate) -> std::vector<std::string> {
    return {"train",
            path(""),
            "--resume",
            "--epochs",
            "6",
            "--set",
            fmt::format("training.rate={}", rate)};
  };
  const std::string wild = failure(resume("100"));
  EXPECT_NE(wild.find("mote-train: error: epoch 4"), std::string::npos) << wild;
  EXPECT_NE(wild.find("training.rate 100 may be too high"), std::string::npos) << wild;
  EXPECT_NE(wild.find("checkpoint.pt holds epoch 3, from which --resume goes on"),
            std::string::npos)
      << wild;
  EXPECT_EQ(*read_file(path("run/checkpoint.pt")), good);
  EXPECT_EQ(*read_text(path("run/log.jsonl")), log);
  const std::string calm = mote(resume("0.001"));
  EXPECT_EQ(calm.find("epoch 3 of 6"), std::string::npos) << calm;
  EXPECT_NE(calm.find("epoch 6 of 6"), std::string::npos) << calm;
}

TEST_F(LearningPaths, ASearchDropsWhatDivergesAndKeepsTheBest) {
  MOTE_NEEDS_TRAINING();
  put_waves("slow", 0.15);
  put_waves("fast", 0.6);
  put(path("mote.toml"),
      kWaves +
          "[[search]]\nkey = \"training.rate\"\nlow = 1e-4\nhigh = 0.1\nlog = true\n"
          "[[search]]\nkey = \"model.filters\"\nchoices = [\"4\", \"8\"]\n");
  const std::string found = mote({"train", path(""), "--search", "4"});
  EXPECT_NE(found.find("trial 4: training.rate="), std::string::npos) << found;
  const size_t table = found.find("\ntrial  values");
  ASSERT_NE(table, std::string::npos) << found;
  const std::string best = found.substr(found.find('\n', table + 1) + 1, 1);
  EXPECT_TRUE(there("run/trial_" + best + "/model.tflite")) << found;
  EXPECT_NE(found.find(" test examples: float "), std::string::npos) << found;
}

TEST_F(LearningPaths, AForestIsSearchedForWithoutEpochs) {
  put_waves("slow", 0.15);
  put_waves("fast", 0.6);
  put(path("mote.toml"),
      kWaves + "[[search]]\nkey = \"model.depth\"\nlow = 1\nhigh = 6\nwhole = true\n");
  const std::string found = mote({"train", path(""), "--search", "4", "--set",
                                  "model.type=random_forest", "--set", "features.type=statistics"});
  EXPECT_NE(found.find("\ntrial  values"), std::string::npos) << found;
  EXPECT_EQ(found.find("2 epochs"), std::string::npos) << found;
  EXPECT_NE(found.find("accuracy on 8 test examples: "), std::string::npos) << found;
}

TEST_F(LearningPaths, AForestLearnsNumbers) {
  std::string labels = "file,label\n";
  for (int i = 0; i < 60; ++i) {
    std::string text = "a\n";
    const double size = 0.5 + 0.1 * (i * 37 % 60);
    for (int row = 0; row < 32; ++row) text += fmt::format("{:.4f}\n", size * std::sin(row + i));
    put(path(fmt::format("data/{:02}.csv", i)), text);
    labels += fmt::format("{:02}.csv,{:.2f}\n", i, size);
  }
  put(path("labels.csv"), labels);
  put(path("mote.toml"),
      "task = \"regression\"\n[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 32\n"
      "columns = [\"a\"]\n[data]\nformat = \"labels\"\npath = \"data\"\nlabels = "
      "\"labels.csv\"\n"
      "[features]\ntype = \"statistics\"\n[model]\ntype = \"random_forest\"\ntrees = 20\n");
  mote({"train", path("")});
  const auto json = run_mote_json({"evaluate", path("")});
  EXPECT_EQ(json["score"], "mean absolute error");
  EXPECT_LT(json["models"][0]["score"], 0.4) << "of 0.5 to 6.4; the mean alone is 1.5 away";
  mote({"verify", path("run/model.tflite"), "--random", "2"});
}

TEST_F(LearningPaths, WhatABoardSendsIsLearned) {
  put(path("mote.toml"),
      "task = \"classification\"\n[input]\nkind = \"series\"\nrate_hz = 100\nwindow = 20\n"
      "columns = [\"x\", \"y\"]\n[data]\nformat = \"folders\"\npath = \"data\"\n"
      "[split]\nvalidation = 0\ntest = 0.25\n[features]\ntype = \"statistics\"\n"
      "[model]\ntype = \"random_forest\"\ntrees = 5\n");
  for (const char* gesture : {"rest", "shake"}) {
    const bool shakes = gesture == std::string("shake");
    FakeBoard board;
    board.send_rows("#mote rate=100 columns=x,y", [shakes](int i) {
      const double size = shakes ? 1 : 0.05;
      return fmt::format("{:.3f},{:.3f}", size * std::sin(i), 1 + size * std::cos(1.3 * i));
    });
    const std::string written = mote(
        {"data", "record", path(""), "--class", gesture, "--from", board.port(), "--count", "8"});
    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 8) << written;
  }
  const std::string trained = mote({"train", path("")});
  EXPECT_NE(trained.find("on 4 test examples: 100.00 %"), std::string::npos) << trained;
}

}  // namespace
}  // namespace mote
