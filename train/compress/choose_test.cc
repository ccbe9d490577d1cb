// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "train/compress/steps.h"

namespace mote::compress {
namespace {

Variant form(const char* name, double score, uint64_t file_bytes, const char* problem = "") {
  Variant v;
  v.name = name;
  v.score = score;
  v.file_bytes = file_bytes;
  v.problem = problem;
  v.made = true;
  return v;
}

/// Name and reason of the one that is marked.
std::string best_of(std::vector<Variant> variants, double max_loss = kUsualLoss) {
  mark_best(&variants, max_loss);
  std::string text;
  for (const Variant& v : variants) {
    EXPECT_EQ(v.best, !v.why.empty());
    if (v.best) text += v.name + ": " + v.why;
  }
  return text;
}

TEST(ChooseForm, IsTheSmallestThatLosesAtMostAPoint) {
  EXPECT_EQ(best_of({form("float", 0.90, 4000), form("int16", 0.91, 1500), form("int8", 0.89, 1000),
                     form("4 bits", 0.88, 600)}),
            "int8: the smallest within 1 point of the float network's 90.0 %, of 3");
}

TEST(ChooseForm, IsTheMostAccurateWhereNoneIsSoClose) {
  EXPECT_EQ(
      best_of({form("float", 0.90, 4000, "too big"), form("int8", 0.85, 1000),
               form("pruned", 0.20, 500)}),
      "int8: none that meets the budget is within 1 point of the float network's 90.0 %; this "
      "has the highest score of 2");
}

TEST(ChooseForm, TakesAsManyPointsAsItMay) {
  EXPECT_EQ(
      best_of({form("float", 0.90, 4000), form("int8", 0.89, 1000), form("4 bits", 0.875, 600),
               form("pruned", 0.80, 300, "the loss 10 points, the limit 2.5")},
              0.025),
      "4 bits: the smallest within 2.5 points of the float network's 90.0 %, of 3");
}

TEST(ChooseForm, OfEqualSizesIsTheMoreAccurateAndOfEqualScoresTheSmaller) {
  EXPECT_EQ(
      best_of({form("float", 0.9, 4000), form("int8", 0.895, 1000), form("corrected", 0.899, 1000)})
          .substr(0, 9),
      "corrected");
  EXPECT_EQ(
      best_of({form("float", 0.9, 4000, "too big"), form("a", 0.5, 1000), form("b", 0.5, 900)})
          .substr(0, 2),
      "b:");
}

TEST(ChooseForm, IsNoneThatCantBeMadeOrDoesntMeetTheBudget) {
  std::vector<Variant> variants = {form("float", 0.9, 4000, "too big"), form("int8", 0.9, 10)};
  variants[1].made = false;
  EXPECT_EQ(best_of(variants), "");
}

}  // namespace
}  // namespace mote::compress
