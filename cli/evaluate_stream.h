// SPDX-License-Identifier: Apache-2.0
// mote evaluate --recording: a keyword spotter on long recordings.
#ifndef MOTE_CLI_EVALUATE_STREAM_H_
#define MOTE_CLI_EVALUATE_STREAM_H_

#include "train/evaluate/recording.h"
#include "train/report/stream_report.h"

namespace CLI {
class App;
}

namespace mote {

struct StreamFlags {
  std::vector<std::string> recordings;  // files, or "synthetic:MINUTES"
  std::string marks, save;
  std::vector<std::string> silent;
  std::optional<double> hop_s, threshold, refractory_s, tolerance_s;
  int smoothing = 2;
  double wanted_per_hour = 1, snr_db = 15;
  uint32_t seed = 1;

  void add_to(CLI::App& command);
  /// Whether there is something to listen to. Errors: options that mean nothing without that.
  Result<bool> given() const;
};

/// What a run's model.tflite hears in the recordings. Errors: those of the files, options that
/// contradict each other, a project that doesn't classify sound, a run without model.tflite.
Result<train::StreamReport> evaluate_streams(const StreamFlags& flags,
                                             const train::Project& project,
                                             const train::Dataset& dataset, train::Split split,
                                             const train::FrontEnd& front_end,
                                             const std::filesystem::path& model,
                                             const train::Progress& progress);

void print_streams(const train::StreamReport& report);

}  // namespace mote

#endif  // MOTE_CLI_EVALUATE_STREAM_H_
