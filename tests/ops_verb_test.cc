// SPDX-License-Identifier: Apache-2.0
// mote ops, and the document that is made of it.
#include <algorithm>

#include "base/eight.h"
#include "tests/verb_test_support.h"

namespace mote {
namespace {

TEST(OpsVerb, TheDocumentIsUpToDate) {
  if (!has_eight()) GTEST_SKIP() << "this host lacks AVX2, whose kernels the document names";
  Result<std::string> document = read_text("docs/operators.md");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(*document, run_mote({"ops", "--markdown"}).output) << "run `make docs`";
}

nlohmann::json coverage_of(const std::string& name, const std::string& types) {
  nlohmann::json table = run_mote_json({"ops"});
  for (const auto& one : table["operators"]) {
    if (one["operator"] != name) continue;
    for (const auto& row : one["coverage"]) {
      if (row["types"] == types) return row;
    }
  }
  return {};
}

TEST(OpsVerb, SaysWhichKernelsComputeWhichTypes) {
  nlohmann::json int8 = coverage_of("CONV_2D", "int8, int8, int32 -> int8");
  nlohmann::json float32 = coverage_of("CONV_2D", "float32");
  ASSERT_TRUE(int8.is_object() && float32.is_object());
  EXPECT_EQ(float32["forms"], nlohmann::json({"reference", "fpu"}));
  EXPECT_EQ(int8["forms"][0], "reference");
  EXPECT_NE(std::find(int8["forms"].begin(), int8["forms"].end(), "dsp"), int8["forms"].end());
  EXPECT_EQ(float32["kernels"]["reference"], nlohmann::json({"conv_2d_float32"}));
}

}  // namespace
}  // namespace mote
