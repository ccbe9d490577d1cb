// SPDX-License-Identifier: Apache-2.0
// mote train as a user runs it, on data made for that: slow and fast waves.
#include <cmath>
#include <filesystem>

#include "tests/verb_test_support.h"

namespace mote {
namespace {

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

class TrainVerb : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 24; ++i) {
      add_wave("slow", i, 0.15);
      add_wave("fast", i, 0.45);
    }
    ASSERT_TRUE(
        write_text(folder_.path() / "mote.toml",
                   "name = \"waves\"\ntask = \"classification\"\n"
                   "[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 32\ncolumns = [\"a\"]\n"
                   "[data]\nformat = \"folders\"\npath = \"data\"\n"
                   "[split]\nvalidation = 0.2\ntest = 0.3\n"
                   "[model]\ntype = \"cnn_1d\"\nfilters = 4\nlayers = 2\n"
                   "[training]\nepochs = 12\nbatch = 8\nrate = 0.02\n")
            .ok());
  }

  void add_wave(const std::string& name, int i, double radians) {
    const auto folder = folder_.path() / "data" / name;
    ASSERT_TRUE(make_folder(folder).ok());
    std::string text = "a\n";
    for (int row = 0; row < 32; ++row) text += fmt::format("{:.4f}\n", std::sin(radians * row + i));
    ASSERT_TRUE(write_text(folder / fmt::format("{:02}.csv", i), text).ok());
  }

  ProcessOutcome train(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"train", folder_.path().string()});
    return run_mote(more);
  }
  std::filesystem::path run(const char* file) const { return folder_.path() / "run" / file; }

  TempFolder folder_ = *TempFolder::make();
};

TEST_F(TrainVerb, LearnsQuantisesAndTests) {
  MOTE_NEEDS_TRAINING();
  ProcessOutcome outcome = train({"--set", "compression.qat_epochs=1"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  for (const char* file :
       {"float.tflite", "qat.tflite", "qat_ranges.json", "front_end.json", "model.tflite",
        "model.mote", "checkpoint.pt", "log.jsonl", "deployed.json"}) {
    EXPECT_TRUE(is_there(run(file))) << file;
  }
  EXPECT_NE(outcome.output.find("epoch 12 of 12"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("accuracy on 14 test examples: float 100.00 %, int8 100.00 %"),
            std::string::npos)
      << outcome.output;
  // Both forms are compared, and the report says which one it is.
  for (const char* text : {"quantised after training", "validation accuracy", "deployed: "}) {
    EXPECT_NE(outcome.output.find(text), std::string::npos) << text << " in\n" << outcome.output;
  }
  const auto report = run_mote_json({"evaluate", folder_.path().string()});
  EXPECT_EQ(report["deployed"], nlohmann::json::parse(*read_text(run("deployed.json"))));
  EXPECT_TRUE(report["deployed"]["after_training"].is_number());
  EXPECT_TRUE(report["deployed"]["trained_for_it"].is_number());
  ProcessOutcome verified = run_mote({"verify", run("model.tflite").string(), "--random", "2"});
  EXPECT_EQ(verified.exit_code, kSuccess) << verified.output;
}

TEST_F(TrainVerb, WithoutValidationWhatWasAskedForIsDeployed) {
  MOTE_NEEDS_TRAINING();
  ProcessOutcome outcome =
      train({"--epochs", "1", "--set", "compression.qat_epochs=1", "--set", "split.validation=0"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("deployed: there are no validation examples"), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("int8 (trained for it)"), std::string::npos) << outcome.output;
}

TEST_F(TrainVerb, ResumesToTheSameModel) {
  MOTE_NEEDS_TRAINING();
  ASSERT_EQ(train().exit_code, kSuccess);
  Result<Bytes> at_once = read_file(run("float.tflite"));
  // Another run, stopped after 5 epochs by the program itself.
  std::filesystem::remove_all(folder_.path() / "run");
  const auto program = std::filesystem::path(MOTE_PROGRAM).parent_path() / "mote-train";
  Result<ProcessOutcome> stopped =
      run_process({program.string(), folder_.path().string(), "--run",
                   (folder_.path() / "run").string(), "--stop-after", "5"},
                  300);
  ASSERT_TRUE(stopped.ok() && stopped->exit_code == 0) << stopped->output;
  ProcessOutcome resumed = train({"--resume"});
  ASSERT_EQ(resumed.exit_code, kSuccess) << resumed.output;
  EXPECT_EQ(resumed.output.find("epoch 5 of 12"), std::string::npos);
  EXPECT_NE(resumed.output.find("epoch 6 of 12"), std::string::npos);
  EXPECT_EQ(*at_once, *read_file(run("float.tflite")));
}

TEST_F(TrainVerb, EachFoldTestsAModel) {
  ProcessOutcome outcome = train(
      {"--folds", "2", "--set", "model.type=random_forest", "--set", "features.type=statistics"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("fold 2"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("standard deviation"), std::string::npos) << outcome.output;
}

TEST_F(TrainVerb, WhatDoesntFitIsRefusedBeforeAnythingIsLearned) {
  MOTE_NEEDS_CORTEX_M();
  const std::vector<std::string> tight = {"--set", "budget.board=nano33ble", "--set",
                                          "budget.max_flash_bytes=1000"};
  ProcessOutcome refused = train(tight);
  EXPECT_EQ(refused.exit_code, kFailure);
  EXPECT_NE(refused.output.find("bytes over the limit of 1000 bytes"), std::string::npos)
      << refused.output;
  EXPECT_FALSE(is_there(run("checkpoint.pt")));
  std::vector<std::string> lax = tight;
  lax.insert(lax.end(), {"--set", "budget.strict=false", "--plan"});
  ProcessOutcome warned = train(lax);
  EXPECT_EQ(warned.exit_code, kSuccess) << warned.output;
  EXPECT_NE(warned.output.find("warning: the model doesn't fit"), std::string::npos)
      << warned.output;
}

TEST_F(TrainVerb, WhatIsWrongIsNamed) {
  ProcessOutcome type = train({"--set", "model.type=resnet9"});
  EXPECT_EQ(type.exit_code, kFailure);
  EXPECT_NE(type.output.find("no such type; there are: ds_cnn"), std::string::npos) << type.output;
  MOTE_NEEDS_TRAINING();
  ProcessOutcome patience = train({"--set", "training.patience=3", "--set", "split.validation=0"});
  EXPECT_EQ(patience.exit_code, kFailure);
  EXPECT_NE(patience.output.find("mote-train: error: training.patience needs validation examples"),
            std::string::npos)
      << patience.output;
}

}  // namespace
}  // namespace mote
