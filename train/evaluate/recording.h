// SPDX-License-Identifier: Apache-2.0
// Long recordings to listen to: read from a file with marks beside it, or strung together from a
// project's held-out examples and background at random gaps, so that all that is said in them is
// known.
#ifndef MOTE_TRAIN_EVALUATE_RECORDING_H_
#define MOTE_TRAIN_EVALUATE_RECORDING_H_

#include "train/evaluate/held_out.h"
#include "train/evaluate/streaming.h"

namespace mote::train {

struct Recording {
  std::string name;
  std::vector<float> samples;  // one channel at the project's rate, full scale ±1
  std::vector<Mark> marks;     // by their start

  double seconds(const Project& project) const {
    return static_cast<double>(samples.size()) / project.input.rate_hz;
  }
};

/// Whether a class of this name is what is heard when nobody speaks: _silence_, silence, noise,
/// _background_noise_.
bool is_background(const std::string& name);
/// Classes that are no words to listen for: background, _unknown_, unknown and data.unknown.
std::set<int> silent_classes(const Project& project, const std::vector<std::string>& classes);

/// Any file that libsndfile reads, resampled. Errors: not a sound file, shorter than the project's
/// window.
Result<Recording> read_recording(const Project& project, const std::filesystem::path& path);

/// Gives recordings the marks of a CSV with columns start_s, end_s and label and, if there are
/// several recordings, file. Errors, with the line: not a number, a label that is no class, a mark
/// that ends before it begins or after its recording's end, a file that is no recording's name.
Result<void> read_marks(const std::filesystem::path& csv, const Project& project,
                        const std::vector<std::string>& classes,
                        std::vector<Recording>* recordings);

/// The marks as such a CSV.
std::string marks_csv(const Recording& recording, const std::vector<std::string>& classes);

/// How a recording is made.
struct MadeRecording {
  Split split = Split::kTest;
  double seconds = 600;
  double snr_db = 15;  // the background is at least so much softer than the median example
  uint32_t seed = 1;
};

/// Background with each example of a split at a random place, none twice before all were there,
/// gaps of 0.5 to 3.5 s between them. Background are the split's examples of silence, else
/// data.noise, else soft made noise. A mark is where its example is loud. The same seed gives the
/// same samples everywhere. Errors: a split without words, examples that can't be read.
Result<Recording> make_recording(const Project& project, const Dataset& dataset,
                                 const MadeRecording& how);

/// What the model says of each window of a recording, `step` samples apart, on the host's kernels.
/// Errors: a model with another input.
Result<std::vector<std::vector<float>>> scores_of(const Graph& model, const Project& project,
                                                  const FrontEnd& front_end,
                                                  const Recording& recording, size_t step,
                                                  const Progress& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_RECORDING_H_
