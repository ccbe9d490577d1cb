// SPDX-License-Identifier: Apache-2.0
#include "train/torch/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/host/file.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "train/torch/schedule.h"

namespace mote::train {
namespace {

/// Pictures of three classes: a bright row at the top, in the middle, at the bottom, in noise.
class Stripes : public Source {
 public:
  Stripes(size_t training, size_t validation) : training_(training), validation_(validation) {}
  const Shape& shape() const override { return shape_; }
  size_t size(Split split) const override {
    return split == Split::kTrain ? training_ : validation_;
  }
  Result<void> read(size_t, Split split, size_t i, std::mt19937* random, float* out) override {
    std::mt19937 own(static_cast<uint32_t>(2 * i + (split == Split::kTrain ? 0 : 1)));
    for (int p = 0; p < 64; ++p) out[p] = random_float(own, -0.5f, 0.5f);
    for (int x = 0; x < 8; ++x) out[8 * (1 + 3 * label(split, i)) - 8 + x] += 0.7f;
    if (random) out[0] += random_float(*random, -0.1f, 0.1f);
    if (split == Split::kTrain && i == broken) out[5] = NAN;
    return {};
  }
  bool changes() const override { return changing; }
  int label(Split, size_t i) const override { return static_cast<int>(i % 3); }
  double target(Split split, size_t i) const override { return label(split, i); }
  std::string name(Split, size_t i) const override { return fmt::format("stripe {}", i); }

  bool changing = true;
  size_t broken = SIZE_MAX;

 private:
  Shape shape_ = Shape(1, 8, 8, 1);
  size_t training_, validation_;
};

Project small_project() {
  Project project;
  project.model.type = "ds_cnn";
  project.model.filters = 8;
  project.model.layers = 1;
  project.model.dropout = 0.1;
  project.training.epochs = 4;
  project.training.batch = 16;
  project.training.rate = 0.01;
  project.training.mixup = 0.2;
  return project;
}

Executor executor_of(const Project& project) {
  const int outputs = project.task == Task::kAnomaly      ? 64
                      : project.task == Task::kRegression ? 1
                                                          : 3;
  Result<Network> network = make_network(project, Shape(1, 8, 8, 1), outputs);
  EXPECT_TRUE(network.ok());
  Result<Executor> executor = Executor::make(*network);
  EXPECT_TRUE(executor.ok());
  return *std::move(executor);
}

struct Trained {
  Result<void> result;
  Bytes tflite;
  std::string log;
  std::vector<EpochLog> epochs;
};

Trained train_in(const std::filesystem::path& run, const Project& project, Source& source,
                 bool resume = false, int stop_after = 0) {
  Executor executor = executor_of(project);
  TrainerOptions options;
  options.task = project.task;
  options.training = project.training;
  options.run = run;
  options.resume = resume;
  options.stop_after = stop_after;
  options.workers = 2;
  Trained trained;
  options.on_epoch = [&](const EpochLog& log) { trained.epochs.push_back(log); };
  trained.result = train_network(executor, source, options);
  trained.tflite = *write_tflite(executor.learned());
  Result<std::string> log = read_text(run / "log.jsonl");
  if (log.ok()) trained.log = *log;
  return trained;
}

TEST(Trainer, LearnsAndSaysHow) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(192, 48);
  Trained trained = train_in(folder->path(), small_project(), stripes);
  ASSERT_TRUE(trained.result.ok()) << trained.result.error().message;
  ASSERT_EQ(trained.epochs.size(), 4u);
  EXPECT_LT(trained.epochs[3].loss, trained.epochs[0].loss);
  EXPECT_GT(*trained.epochs[3].validation_accuracy, 0.9);
  EXPECT_EQ(std::count(trained.log.begin(), trained.log.end(), '\n'), 4);
  EXPECT_TRUE(trained.log.starts_with("{\"epoch\":1,\"step\":12,\"loss\":")) << trained.log;
}

TEST(Trainer, ResumesAsIfNothingHadHappened) {
  Result<TempFolder> whole = TempFolder::make(), parts = TempFolder::make();
  Stripes stripes(100, 20);
  for (const char* optimizer : {"adam", "sgd"}) {
    Project project = small_project();
    project.training.optimizer = optimizer;
    Trained at_once = train_in(whole->path(), project, stripes);
    ASSERT_TRUE(at_once.result.ok());
    ASSERT_TRUE(train_in(parts->path(), project, stripes, false, 2).result.ok());
    Trained resumed = train_in(parts->path(), project, stripes, true);
    ASSERT_TRUE(resumed.result.ok()) << resumed.result.error().message;
    EXPECT_EQ(resumed.epochs.size(), 2u);
    EXPECT_EQ(resumed.tflite, at_once.tflite) << optimizer;
    EXPECT_EQ(std::count(resumed.log.begin(), resumed.log.end(), '\n'), 4);
  }
}

TEST(Trainer, TheSeedRepeatsItAll) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(64, 20);
  Project project = small_project();
  project.training.epochs = 2;
  Bytes first = train_in(folder->path(), project, stripes).tflite;
  EXPECT_EQ(train_in(folder->path(), project, stripes).tflite, first);
  project.training.seed = 2;
  EXPECT_NE(train_in(folder->path(), project, stripes).tflite, first);
}

TEST(Trainer, KeptFeaturesTeachTheSame) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(64, 20);
  stripes.changing = false;
  Project project = small_project();
  project.training.epochs = 2;
  project.training.mixup = 0;
  Trained trained = train_in(folder->path(), project, stripes);
  ASSERT_TRUE(trained.result.ok());
  EXPECT_LT(trained.epochs[1].loss, trained.epochs[0].loss);
}

TEST(Trainer, StopsWhereTheLossIsntFinite) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(64, 20);
  Project project = small_project();
  ASSERT_TRUE(train_in(folder->path(), project, stripes, false, 1).result.ok());
  Result<Bytes> before = read_file(folder->path() / "checkpoint.pt");
  ASSERT_TRUE(before.ok());
  stripes.broken = 7;
  Trained broken = train_in(folder->path(), project, stripes, true);
  ASSERT_FALSE(broken.result.ok());
  EXPECT_NE(broken.result.error().message.find("the features of 'stripe 7' aren't all finite"),
            std::string::npos)
      << broken.result.error().message;
  EXPECT_NE(broken.result.error().message.find("checkpoint.pt holds epoch 1"), std::string::npos);
  EXPECT_EQ(*before, *read_file(folder->path() / "checkpoint.pt"));

  stripes.broken = SIZE_MAX;
  project.training.optimizer = "sgd";
  project.training.rate = 1e30;
  Trained wild = train_in(folder->path(), project, stripes);
  ASSERT_FALSE(wild.result.ok());
  EXPECT_NE(wild.result.error().message.find("training.rate 1e+30 may be too high"),
            std::string::npos)
      << wild.result.error().message;
}

TEST(Trainer, ShortGradientsKeepASteepStartFinite) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(64, 20);
  Project project = small_project();
  project.training.optimizer = "sgd";
  project.training.rate = 1e20;
  ASSERT_FALSE(train_in(folder->path(), project, stripes).result.ok());
  project.training.clip_norm = 1e-21;
  Trained held = train_in(folder->path(), project, stripes);
  ASSERT_TRUE(held.result.ok()) << held.result.error().message;
  EXPECT_EQ(held.epochs.size(), 4u);
}

TEST(Trainer, PatienceKeepsTheBest) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(96, 30);
  Project project = small_project();
  project.training.epochs = 40;
  project.training.patience = 2;
  Trained trained = train_in(folder->path(), project, stripes);
  ASSERT_TRUE(trained.result.ok());
  EXPECT_LT(trained.epochs.size(), 40u) << "all right early, then no better";
  project.training.patience = 2;
  stripes = Stripes(96, 0);
  Trained without = train_in(folder->path(), project, stripes);
  ASSERT_FALSE(without.result.ok());
  EXPECT_NE(without.result.error().message.find("needs validation examples"), std::string::npos);
}

TEST(Trainer, AnotherNetworksCheckpointIsRefused) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(64, 0);
  Project project = small_project();
  ASSERT_TRUE(train_in(folder->path(), project, stripes, false, 1).result.ok());
  project.model.filters = 16;
  Trained other = train_in(folder->path(), project, stripes, true);
  ASSERT_FALSE(other.result.ok());
  EXPECT_NE(other.result.error().message.find("is of another network"), std::string::npos);
  std::ofstream(folder->path() / "checkpoint.pt") << "nonsense";
  Trained nonsense = train_in(folder->path(), project, stripes, true);
  ASSERT_FALSE(nonsense.result.ok());
  EXPECT_NE(nonsense.result.error().message.find("isn't a checkpoint"), std::string::npos);
}

TEST(Trainer, RegressionAndReconstruction) {
  Result<TempFolder> folder = TempFolder::make();
  Stripes stripes(480, 60);
  for (Task task : {Task::kRegression, Task::kAnomaly}) {
    Project project = small_project();
    project.task = task;
    project.model.type = task == Task::kAnomaly ? "autoencoder" : "mlp";
    project.model.units = {16};
    project.training.mixup = 0;
    Trained trained = train_in(folder->path(), project, stripes);
    ASSERT_TRUE(trained.result.ok()) << trained.result.error().message;
    EXPECT_LT(*trained.epochs[3].validation_loss, *trained.epochs[0].validation_loss);
    EXPECT_FALSE(trained.epochs[3].accuracy);
  }
}

TEST(Schedule, RatesRiseAndFall) {
  TrainingOptions t;
  t.rate = 1;
  t.epochs = 10;
  t.warmup_epochs = 2;
  EXPECT_NEAR(rate_at(t, 0, 0, 10), 0.05, 1e-9);
  EXPECT_NEAR(rate_at(t, 1, 9, 10), 1, 1e-9);
  EXPECT_NEAR(rate_at(t, 6, 0, 10), 0.5, 1e-9);
  EXPECT_LT(rate_at(t, 9, 9, 10), 1e-3);
  t.warmup_epochs = 0;
  t.schedule = "step";
  t.step_epochs = 4;
  EXPECT_EQ(rate_at(t, 3, 0, 10), 1);
  EXPECT_NEAR(rate_at(t, 8, 0, 10), 0.01, 1e-9);
  t.schedule = "constant";
  EXPECT_EQ(rate_at(t, 8, 0, 10), 1);
}

}  // namespace
}  // namespace mote::train
