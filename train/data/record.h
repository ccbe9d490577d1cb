// SPDX-License-Identifier: Apache-2.0
// New examples from outside: the lines that a board sends, and where a recording belongs in a
// project's data.
//
// A board sends text, line by line:
//   #mote rate=100 columns=accX,accY,accZ     a series' rows a second and columns, or
//   #mote rate=16000                          sound's samples a second
//   12.5,-3,9.81                              a row; of sound any number of samples, 16-bit
//   integers 17:12.5,-3,9.81*4C                        the same with its number and a checksum,
//   both optional
// The header comes first and may come again. Numbers rise by one from line to line. The checksum is
// that of NMEA 0183: all bytes before '*', exclusive or, two hexadecimal digits.
#ifndef MOTE_TRAIN_DATA_RECORD_H_
#define MOTE_TRAIN_DATA_RECORD_H_

#include <string_view>

#include "train/data/dataset.h"

namespace mote::train {

/// What a stream says of itself.
struct StreamHeader {
  double rate_hz = 0;                // 0: no header has come
  std::vector<std::string> columns;  // empty: sound
};

/// Takes lines apart. A broken or missing line would be a hole in the recording, so it begins again
/// after it.
class LineStream {
 public:
  /// Takes what has come. Errors: a header that isn't understood, or that changes.
  Result<void> feed(std::string_view text);

  const StreamHeader& header() const { return header_; }
  const std::vector<float>& values() const { return values_; }  // whole rows
  /// Removes the first values. REQUIRES: there are so many.
  void drop(size_t count);
  size_t broken() const { return broken_; }  // lines

 private:
  Result<void> take_line(std::string_view line);
  Result<void> take_header(std::string_view line);
  bool take_values(std::string_view line);

  std::string rest_;  // a line's beginning
  StreamHeader header_;
  std::vector<float> values_;
  long next_ = -1;  // the next line's number; -1: any
  size_t broken_ = 0;
};

/// Who and what a recording is.
struct RecordingName {
  std::string class_name, group;
};

/// A path below the data's folder that is free and that the project reads as this class and group.
/// Errors: a layout that can't be added to, a class or group that the path can't hold.
Result<std::string> recording_path(const Project& project, const RecordingName& name);

/// Writes a recording as .wav (series: .csv), whole or not at all; format labels: adds its row to
/// the CSV.
Result<void> write_recording(const Project& project, const RecordingName& name,
                             const std::string& path, const StreamHeader& header,
                             const std::vector<float>& values);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_RECORD_H_
