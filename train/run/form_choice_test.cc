// SPDX-License-Identifier: Apache-2.0
#include "train/run/form_choice.h"

#include <gtest/gtest.h>

#include "base/host/file.h"

namespace mote::train {
namespace {

/// Four examples of class 0, of which so many are called that.
std::vector<Prediction> right(int count) {
  std::vector<Prediction> all(4);
  for (int i = 0; i < 4; ++i) {
    all[static_cast<size_t>(i)].label = 0;
    all[static_cast<size_t>(i)].scores =
        i < count ? std::vector<float>{0.9f, 0.1f} : std::vector<float>{0.1f, 0.9f};
  }
  return all;
}

std::vector<Prediction> saying(float value) {
  std::vector<Prediction> all(2);
  for (Prediction& p : all) p.scores = {value}, p.target = 1;
  return all;
}

TEST(FormChoice, TheBetterOnValidationIsTaken) {
  FormChoice after = choose_form(Task::kClassification, right(3), right(2));
  EXPECT_EQ(after.taken, Form::kAfterTraining);
  EXPECT_EQ(after.after_training, 0.75);
  EXPECT_EQ(after.trained_for_it, 0.5);
  EXPECT_EQ(after.why, "better on 4 validation examples");
  EXPECT_EQ(figure_text(after, after.after_training), "75.00 %");
  EXPECT_EQ(choose_form(Task::kClassification, right(2), right(3)).taken, Form::kTrainedForIt);
}

TEST(FormChoice, OfEqualsTheOneThatWasAskedForIsTaken) {
  FormChoice choice = choose_form(Task::kClassification, right(3), right(3));
  EXPECT_EQ(choice.taken, Form::kTrainedForIt);
  EXPECT_EQ(choice.why, "as good on 4 validation examples, and asked for");
}

TEST(FormChoice, ErrorsAreBetterWhenSmaller) {
  FormChoice regression = choose_form(Task::kRegression, saying(1.5f), saying(1.25f));
  EXPECT_EQ(regression.taken, Form::kTrainedForIt);
  EXPECT_EQ(regression.score, "mean absolute error");
  EXPECT_EQ(regression.trained_for_it, 0.25);
  FormChoice anomaly = choose_form(Task::kAnomaly, saying(0.5f), saying(0.75f));
  EXPECT_EQ(anomaly.taken, Form::kAfterTraining);
  EXPECT_EQ(anomaly.score, "reconstruction error");
  EXPECT_EQ(anomaly.after_training, 0.5);
}

TEST(FormChoice, SurvivesItsFile) {
  TempFolder folder = *TempFolder::make();
  EXPECT_FALSE(read_choice(folder.path()));
  for (const FormChoice& choice :
       {choose_form(Task::kClassification, right(3), right(2)), choose_unseen()}) {
    ASSERT_TRUE(write_text(folder.path() / "deployed.json", choice_json(choice).dump()).ok());
    EXPECT_EQ(choice_json(*read_choice(folder.path())), choice_json(choice));
  }
  EXPECT_EQ(choose_unseen().taken, Form::kTrainedForIt);
  EXPECT_EQ(figure_text(choose_unseen(), choose_unseen().after_training), "-");
  ASSERT_TRUE(write_text(folder.path() / "deployed.json", "[]").ok());
  EXPECT_FALSE(read_choice(folder.path()));
}

}  // namespace
}  // namespace mote::train
