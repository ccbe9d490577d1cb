// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

constexpr const char* kFast =
    "{max_detections=3, num_classes=2, nms_score_threshold=0.3, nms_iou_threshold=0.5}";
constexpr const char* kByClass =
    "{max_detections=3, num_classes=2, nms_score_threshold=0.3, nms_iou_threshold=0.5, "
    "use_regular_nms=true}";

/// Four boxes of size 1 (encodings are 0, so they are the anchors): 0 and 1 overlap by 0.8 / 1.2, 2
/// and 3 lie elsewhere. Scores have a background in front.
std::string detector(const char* attributes, const char* output) {
  std::vector<float> anchors = {0, 0, 1, 1, 0.2f, 0, 1, 1, 5, 5, 1, 1, 9, 9, 1, 1};
  std::vector<float> scores = {0, 0.6f, 0.1f, 0, 0.7f, 0.5f, 0, 0.1f, 0.9f, 0.9f, 0.2f, 0.1f};
  return R"(
    input %0 "boxes" float32[1,4,4]
    const %1 "scores" float32[1,4,3] = )" +
         hex(scores) + R"(
    const %2 "anchors" float32[4,4] = )" +
         hex(anchors) + R"(
    %3 "b" float32[1,3,4], %4 "c" float32[1,3], %5 "s" float32[1,3], %6 "n" float32[1] = )" +
         "TFLite_Detection_PostProcess(%0, %1, %2) " + attributes + "\n    output " + output;
}

const std::vector<Bytes> kAtTheAnchors = {bytes_from(std::vector<float>(16))};

TEST(Detection, ABoxThatOverlapsABetterOneIsDropped) {
  EXPECT_EQ(run_text<float>(detector(kFast, "%5"), kAtTheAnchors),
            (std::vector<float>{0.9f, 0.7f, 0}));
  EXPECT_EQ(run_text<float>(detector(kFast, "%4"), kAtTheAnchors), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(run_text<float>(detector(kFast, "%6"), kAtTheAnchors), (std::vector<float>{2}));
}

TEST(Detection, CornersAreYAndXOfBothEnds) {
  EXPECT_EQ(run_text<float>(detector(kFast, "%3"), kAtTheAnchors),
            (std::vector<float>{4.5f, 4.5f, 5.5f, 5.5f, -0.3f, -0.5f, 0.7f, 0.5f, 0, 0, 0, 0}));
}

TEST(Detection, ByClassABoxMayBeFoundTwice) {
  EXPECT_EQ(run_text<float>(detector(kByClass, "%5"), kAtTheAnchors),
            (std::vector<float>{0.9f, 0.7f, 0.5f}));
  EXPECT_EQ(run_text<float>(detector(kByClass, "%4"), kAtTheAnchors),
            (std::vector<float>{1, 0, 1}));
}

TEST(Detection, ClassesThatDontMatchTheScoresAreRefused) {
  EXPECT_NE(refusal(detector("{num_classes=4, max_detections=3}", "%6"))
                .find("attribute num_classes must be the scores of input 1"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
