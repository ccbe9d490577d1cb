// SPDX-License-Identifier: Apache-2.0
// The last stage of an object detector: boxes are decoded against their anchors, and of boxes that
// overlap too much only the best one stays (non-maximum suppression). All in float.
#ifndef MOTE_OPS_DETECTION_DETECTION_H_
#define MOTE_OPS_DETECTION_DETECTION_H_

#include "base/kernel.h"

namespace mote {

struct DecodeBoxesParams {
  int32_t boxes;
  int32_t stride;  // floats from one encoding to the next, at least 4
  float y_scale, x_scale, h_scale, w_scale;
};

/// Encodings and anchors are y, x, height, width of a box's centre and size; corners are y, x of
/// the lower and y, x of the upper one. centre = encoding / scale · the anchor's size + its centre,
/// size = exp(encoding / scale) · the anchor's size; computed in double, as TFLite does. encodings
/// [boxes, stride], anchors [boxes, 4].
void decode_boxes(const DecodeBoxesParams& params, const float* encodings, const float* anchors,
                  float* corners);
bool check_decode_boxes(const DecodeBoxesParams& params, const Operand* operands);

struct DetectParams {
  int32_t boxes, classes;
  int32_t columns;     // of scores: classes, or one more in front for the background
  int32_t detections;  // the most that are wanted
  int32_t rows;        // of the outputs
  int32_t per_group;  // detect_fast: classes of a detection; detect_by_class: detections of a class
  float least_score;
  float most_overlap;  // intersection over union
};

/// corners [boxes, 4], scores [boxes, columns]; `best` and `candidates` are scratch, one for each
/// box. Outputs: boxes [rows, 4], classes [rows] (from 0, without the background), scores [rows]
/// and the number of detections; rows that aren't needed are 0. Of equal scores the first comes
/// first. A box without an area overlaps none.
///
/// Fast: a box competes with the best of its scores. Detection i fills rows i · per_group … with
/// its best classes.
void detect_fast(const DetectParams& params, const float* corners, const float* scores, float* best,
                 uint8_t* candidates, float* out_boxes, float* out_classes, float* out_scores,
                 float* out_count);
bool check_detect_fast(const DetectParams& params, const Operand* operands);

/// Each class for itself; the best of what they leave make the output.
void detect_by_class(const DetectParams& params, const float* corners, const float* scores,
                     float* best, uint8_t* candidates, float* out_boxes, float* out_classes,
                     float* out_scores, float* out_count);
bool check_detect_by_class(const DetectParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_DETECTION_DETECTION_H_
