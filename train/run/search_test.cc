// SPDX-License-Identifier: Apache-2.0
#include "train/run/search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/host/file.h"

namespace mote::train {
namespace {

Project searching() {
  Project project;
  project.file = "mote.toml";
  project.training.epochs = 27;
  SearchRange rate;
  rate.key = "training.rate";
  rate.low = 1e-4;
  rate.high = 1e-1;
  rate.log = true;
  SearchRange filters;
  filters.key = "model.filters";
  filters.low = 4;
  filters.high = 6;
  filters.whole = true;
  SearchRange type;
  type.key = "model.type";
  type.choices = {"ds_cnn", "resnet8"};
  project.search = {rate, filters, type};
  return project;
}

TEST(Search, DrawsFromTheRanges) {
  std::mt19937 random(1), same(1);
  std::set<std::string> filters, types;
  int small = 0;
  for (int i = 0; i < 100; ++i) {
    const auto drawn = draw_overrides(searching().search, random);
    EXPECT_EQ(drawn, draw_overrides(searching().search, same));
    const double rate = std::stod(drawn[0].substr(drawn[0].find('=') + 1));
    EXPECT_TRUE(rate >= 1e-4 && rate <= 1e-1) << rate;
    small += rate < 1e-2 ? 1 : 0;
    filters.insert(drawn[1]);
    types.insert(drawn[2]);
  }
  EXPECT_NEAR(small, 67, 15) << "two of three decades";
  EXPECT_EQ(filters,
            std::set<std::string>({"model.filters=4", "model.filters=5", "model.filters=6"}));
  EXPECT_EQ(types.size(), 2u);
}

TEST(Search, TheBetterOnesGetMoreEpochs) {
  std::map<int, int> attempts;  // by epochs
  auto result = search(searching(), 9, [&](const Trial& trial) -> Result<double> {
    ++attempts[trial.epochs];
    if (trial.number == 4) return fail("no memory");
    return static_cast<double>(trial.number);
  });
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(attempts, (std::map<int, int>{{3, 9}, {9, 3}, {27, 1}}));
  EXPECT_EQ((*result)[0].number, 8);
  EXPECT_EQ((*result)[0].epochs, 27);
  EXPECT_EQ((*result)[1].epochs, 9);
  EXPECT_EQ(result->back().problem, "no memory");
}

TEST(Search, WithoutRangesThereIsNothingToTry) {
  Project project = searching();
  project.search.clear();
  auto result = search(project, 3, [](const Trial&) -> Result<double> { return 1.0; });
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("has no [search]"), std::string::npos);
}

TEST(Search, ReadsTheLastLine) {
  Result<TempFolder> folder = TempFolder::make();
  const auto log = folder->path() / "log.jsonl";
  ASSERT_TRUE(write_text(log,
                         "{\"validation_accuracy\":0.1}\n{\"validation_accuracy\":0.5,"
                         "\"validation_loss\":2}\n")
                  .ok());
  EXPECT_EQ(*validation_result(folder->path()), 0.5);
  ASSERT_TRUE(write_text(log, "{\"validation_accuracy\":null,\"validation_loss\":2}\n").ok());
  EXPECT_EQ(*validation_result(folder->path()), -2);
  ASSERT_TRUE(write_text(log, "").ok());
  EXPECT_FALSE(validation_result(folder->path()).ok());
}

}  // namespace
}  // namespace mote::train
