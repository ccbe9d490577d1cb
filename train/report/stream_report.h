// SPDX-License-Identifier: Apache-2.0
// What is known of a keyword spotter that listened to long recordings.
#ifndef MOTE_TRAIN_REPORT_STREAM_REPORT_H_
#define MOTE_TRAIN_REPORT_STREAM_REPORT_H_

#include <nlohmann/json.hpp>

#include "train/evaluate/streaming.h"

namespace mote::train {

struct StreamReport {
  struct Heard {
    std::string name;
    double seconds = 0;
    size_t words = 0;  // that are marked
    std::vector<HeardWord> heard;
  };
  std::vector<Heard> recordings;
  std::vector<std::string> classes;
  StreamOptions options;
  StreamMetrics metrics;  // at options.threshold
  std::vector<StreamPoint> curve;
  double wanted_per_hour = 1;         // false accepts
  std::optional<StreamPoint> chosen;  // the threshold that keeps to it
};

/// A model's scores of recordings, judged. Without a threshold, the chosen one is taken, or the
/// highest if there is none. REQUIRES: as many names as streams, at least one; each of some length.
StreamReport judge_streams(const std::vector<std::string>& names, std::vector<Stream> streams,
                           const std::vector<std::string>& classes, StreamOptions options,
                           std::optional<double> threshold, double wanted_per_hour);

/// The middle one; not a number of none. REQUIRES: rising.
double median(const std::vector<double>& values);

/// The field `stream` of mote.training/1.
nlohmann::ordered_json stream_json(const StreamReport& report);

}  // namespace mote::train

#endif  // MOTE_TRAIN_REPORT_STREAM_REPORT_H_
