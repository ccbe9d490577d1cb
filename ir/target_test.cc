// SPDX-License-Identifier: Apache-2.0
#include "ir/target.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Target, IsFoundByTheNameOfItsCore) {
  Result<Target> target = target_of_core("cortex-m4");
  ASSERT_TRUE(target.ok());
  EXPECT_TRUE(target->dsp);
  EXPECT_FALSE(target->mve);
  EXPECT_FALSE(target_of_core("cortex-m0")->dsp);
  EXPECT_TRUE(target_of_core("cortex-m55")->mve);
}

TEST(Target, ThatIsUnknownIsRefusedWithThoseThatThereAre) {
  Result<Target> target = target_of_core("cortex-m99");
  ASSERT_FALSE(target.ok());
  EXPECT_NE(target.error().message.find("cortex-m99"), std::string::npos);
  EXPECT_NE(target.error().message.find("rv32imc"), std::string::npos);
}

TEST(Target, ReferenceComesFirstAndIsTheDefault) {
  EXPECT_EQ(targets()[0].name, Target().name);
  EXPECT_TRUE(distinct_targets()[0].alike(Target()));
}

TEST(Target, DistinctOnesDiffer) {
  std::vector<Target> distinct = distinct_targets();
  for (size_t i = 0; i < distinct.size(); ++i) {
    for (size_t k = 0; k < i; ++k) EXPECT_FALSE(distinct[i].alike(distinct[k]));
  }
}

}  // namespace
}  // namespace mote
