// SPDX-License-Identifier: Apache-2.0
// The definition of detection. Instead of sorting boxes by their scores, the best one that is left
// is looked for each time: few are wanted of many.
#include "ops/detection/detection.h"

#include "base/power.h"

namespace mote {
namespace {

constexpr int32_t kCoordinates = 4;

/// The centre and half the size of one box along one axis, as its two ends.
void decode_axis(float center, float size, double center_scale, double size_scale,
                 float anchor_center, float anchor_size, float* low, float* high) {
  double length = static_cast<double>(anchor_size);
  float middle = static_cast<float>(static_cast<double>(center) / center_scale * length +
                                    static_cast<double>(anchor_center));
  float half =
      static_cast<float>(0.5 * detail::wide_exp(static_cast<double>(size) / size_scale) * length);
  *low = middle - half;
  *high = middle + half;
}

float area(const float* box) {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

/// How long [a_low, a_high] and [b_low, b_high] run together.
float shared(float a_low, float a_high, float b_low, float b_high) {
  float low = a_low < b_low ? b_low : a_low, high = b_high < a_high ? b_high : a_high;
  return high - low < 0 ? 0 : high - low;
}

/// Intersection over union.
float overlap(const float* a, const float* b) {
  float area_a = area(a), area_b = area(b);
  if (area_a <= 0 || area_b <= 0) return 0;
  float both = shared(a[0], a[2], b[0], b[2]) * shared(a[1], a[3], b[1], b[3]);
  return both / (area_a + area_b - both);
}

/// The competition of boxes by one score each.
struct Competition {
  const DetectParams& params;
  const float* corners;
  float* best;
  uint8_t* candidates;

  void enter(int32_t box, float score) const {
    best[box] = score;
    candidates[box] = score >= params.least_score;
  }
  /// Takes the best candidate, and away what overlaps it too much; -1 if there is none.
  int32_t take() const {
    int32_t winner = -1;
    for (int32_t b = 0; b < params.boxes; ++b) {
      if (candidates[b] != 0 && (winner < 0 || best[b] > best[winner])) winner = b;
    }
    if (winner < 0) return -1;
    candidates[winner] = 0;
    const float* box = corners + winner * kCoordinates;
    for (int32_t b = 0; b < params.boxes; ++b) {
      bool beaten =
          candidates[b] != 0 && overlap(box, corners + b * kCoordinates) > params.most_overlap;
      if (beaten) candidates[b] = 0;
    }
    return winner;
  }
};

/// The outputs, by row.
struct Detections {
  float *boxes, *classes, *scores;

  void put(int32_t row, const float* box, int32_t class_index, float score) const {
    for (int i = 0; i < kCoordinates; ++i) boxes[row * kCoordinates + i] = box[i];
    classes[row] = static_cast<float>(class_index);
    scores[row] = score;
  }
  void move(int32_t from, int32_t to) const {
    for (int i = 0; i < kCoordinates; ++i) {
      boxes[to * kCoordinates + i] = boxes[from * kCoordinates + i];
    }
    classes[to] = classes[from];
    scores[to] = scores[from];
  }
  void clear(int32_t rows) const {
    for (int32_t i = 0; i < rows * kCoordinates; ++i) boxes[i] = 0;
    for (int32_t i = 0; i < rows; ++i) classes[i] = scores[i] = 0;
  }
};

/// The class that comes after class `previous` in falling order of scores; the first if that is -1.
int32_t next_class(const float* scores, int32_t classes, int32_t previous) {
  int32_t found = -1;
  for (int32_t c = 0; c < classes; ++c) {
    bool later = previous < 0 || scores[c] < scores[previous] ||
                 (scores[c] == scores[previous] && c > previous);
    if (later && (found < 0 || scores[c] > scores[found])) found = c;
  }
  return found < 0 ? 0 : found;  // only NaN leaves none
}

bool check_detect(const DetectParams& p, const Operand* operands) {
  bool counts = p.columns >= p.classes && p.columns - 1 <= p.classes && p.detections <= p.rows;
  return counts && p.classes >= 1 && p.detections >= 1 && p.per_group >= 1 &&
         operands[0].holds<float>(p.boxes, kCoordinates) &&
         operands[1].holds<float>(p.boxes, p.columns) && operands[2].holds<float>(p.boxes) &&
         operands[3].holds<uint8_t>(p.boxes) && operands[4].holds<float>(p.rows, kCoordinates) &&
         operands[5].holds<float>(p.rows) && operands[6].holds<float>(p.rows) &&
         operands[7].holds<float>(1);
}

}  // namespace

void decode_boxes(const DecodeBoxesParams& p, const float* encodings, const float* anchors,
                  float* corners) {
  double y_scale = static_cast<double>(p.y_scale), x_scale = static_cast<double>(p.x_scale);
  double h_scale = static_cast<double>(p.h_scale), w_scale = static_cast<double>(p.w_scale);
  for (int32_t b = 0; b < p.boxes; ++b) {
    const float *code = encodings + b * p.stride, *anchor = anchors + b * kCoordinates;
    float* box = corners + b * kCoordinates;
    decode_axis(code[0], code[2], y_scale, h_scale, anchor[0], anchor[2], &box[0], &box[2]);
    decode_axis(code[1], code[3], x_scale, w_scale, anchor[1], anchor[3], &box[1], &box[3]);
  }
}

bool check_decode_boxes(const DecodeBoxesParams& p, const Operand* operands) {
  return p.stride >= kCoordinates && operands[0].holds<float>(p.boxes, p.stride) &&
         operands[1].holds<float>(p.boxes, kCoordinates) &&
         operands[2].holds<float>(p.boxes, kCoordinates);
}

void detect_fast(const DetectParams& p, const float* corners, const float* scores, float* best,
                 uint8_t* candidates, float* out_boxes, float* out_classes, float* out_scores,
                 float* out_count) {
  Competition competition{p, corners, best, candidates};
  Detections output{out_boxes, out_classes, out_scores};
  output.clear(p.rows);
  scores += p.columns - p.classes;
  for (int32_t b = 0; b < p.boxes; ++b) {
    const float* own = scores + b * p.columns;
    competition.enter(b, own[next_class(own, p.classes, -1)]);
  }
  int32_t count = 0;
  for (; count < p.detections; ++count) {
    int32_t box = competition.take();
    if (box < 0) break;
    const float* own = scores + box * p.columns;
    for (int32_t i = 0, found = -1; i < p.per_group && i < p.classes; ++i) {
      found = next_class(own, p.classes, found);
      output.put(count * p.per_group + i, corners + box * kCoordinates, found, own[found]);
    }
  }
  *out_count = static_cast<float>(count);
}

bool check_detect_fast(const DetectParams& p, const Operand* operands) {
  return check_detect(p, operands) && int64_t{p.detections} * p.per_group <= p.rows;
}

void detect_by_class(const DetectParams& p, const float* corners, const float* scores, float* best,
                     uint8_t* candidates, float* out_boxes, float* out_classes, float* out_scores,
                     float* out_count) {
  Competition competition{p, corners, best, candidates};
  Detections output{out_boxes, out_classes, out_scores};
  output.clear(p.rows);
  scores += p.columns - p.classes;
  int32_t count = 0;
  for (int32_t c = 0; c < p.classes; ++c) {
    for (int32_t b = 0; b < p.boxes; ++b) competition.enter(b, scores[b * p.columns + c]);
    for (int32_t taken = 0; taken < p.per_group; ++taken) {
      int32_t box = competition.take();
      if (box < 0) break;
      int32_t row = count < p.detections ? count++ : count;
      for (; row > 0 && best[box] > out_scores[row - 1]; --row) {
        if (row < count) output.move(row - 1, row);
      }
      if (row < count) output.put(row, corners + box * kCoordinates, c, best[box]);
    }
  }
  *out_count = static_cast<float>(count);
}

bool check_detect_by_class(const DetectParams& p, const Operand* operands) {
  return check_detect(p, operands);
}

}  // namespace mote
