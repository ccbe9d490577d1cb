// SPDX-License-Identifier: Apache-2.0
// mote build --max-ram, --optimize and --explore as their users meet them.
#include "tests/shared_data.h"
#include "tests/verb_test_support.h"

namespace mote {
namespace {

using Json = nlohmann::json;

TEST(ExploreVerb, ListsVariantsOfWhichSomeAreBest) {
  MOTE_NEEDS_CORTEX_M();
  Json json = run_mote_json({"build", MOTE_EXAMPLE, "--target", "cortex-m4", "--explore"});
  EXPECT_EQ(json["schema"], "mote.explore/1");
  ASSERT_GE(json["variants"].size(), 2u);
  int best = 0;
  for (const Json& v : json["variants"]) {
    best += v["best"].get<bool>();
    EXPECT_GT(v["ram_bytes"], v["arena_bytes"]);
  }
  EXPECT_GE(best, 1);
  EXPECT_EQ(json["variants"][0]["kernels"], "cortex-m4");
  EXPECT_TRUE(json["variants"][0]["best"]) << "the fastest one";
}

TEST(ExploreVerb, ABoardThatWaitsForItsFlashIsFastestWithWeightsInRam) {
  MOTE_NEEDS_CORTEX_M();
  Json json = run_mote_json({"build", MOTE_EXAMPLE, "--target", "nucleo-l4r5zi", "--explore"});
  const Json* fastest = &json["variants"][0];
  for (const Json& v : json["variants"]) {
    if (v["cycles"] < (*fastest)["cycles"]) fastest = &v;
  }
  EXPECT_EQ((*fastest)["weights_in"], "ram");
  TempFolder folder = *TempFolder::make();
  ProcessOutcome outcome =
      run_mote({"build", MOTE_EXAMPLE, "--target", "nucleo-l4r5zi", "--optimize", "latency",
                "--output-dir", folder.path().string()});
  EXPECT_NE(outcome.output.find("weights in RAM: copy the image"), std::string::npos)
      << outcome.output;
}

TEST(ExploreVerb, NeedsATarget) {
  ProcessOutcome outcome = run_mote({"build", MOTE_EXAMPLE, "--optimize", "flash"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("--target"), std::string::npos) << outcome.output;
}

TEST(ExploreVerb, FlashIsSavedByReferenceKernels) {
  MOTE_NEEDS_CORTEX_M();
  Result<TempFolder> folder = TempFolder::make();
  ASSERT_TRUE(folder.ok());
  ProcessOutcome outcome = run_mote({"build", MOTE_EXAMPLE, "--target", "cortex-m4", "--optimize",
                                     "flash", "--output-dir", folder->path().string()});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("kernels of reference, as it is"), std::string::npos)
      << outcome.output;
}

TEST(MaxRam, TooLittleIsRefusedWithWhatIsPossible) {
  ProcessOutcome outcome = run_mote({"build", MOTE_EXAMPLE, "--max-ram", "100"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("the arena can't be made smaller than"), std::string::npos)
      << outcome.output;
}

TEST(MaxRam, ARealModelTakesLessAndAnswersTheSame) {
  std::string model = (shared_data() / "models/person_detect.tflite").string();
  MOTE_NEEDS_SHARED_DATA("models/person_detect.tflite");
  ProcessOutcome outcome = run_mote(
      {"verify", model, "--random", "1", "--engines", "passes,image", "--max-ram", "32kb"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_EQ(outcome.output.find("differ"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace mote
