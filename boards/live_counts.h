// SPDX-License-Identifier: Apache-2.0
// The counts of a run while it goes on: the plugin's stream comes through a FIFO, and the guest
// waits at the end of each segment until it is answered.
#ifndef MOTE_BOARDS_LIVE_COUNTS_H_
#define MOTE_BOARDS_LIVE_COUNTS_H_

#include <filesystem>
#include <functional>

#include "boards/counts.h"

namespace mote {

class LiveCounts {
 public:
  /// Makes the two FIFOs that the plugin's arguments name, and opens them. Errors: they can't be.
  static Result<LiveCounts> make(const std::filesystem::path& counts,
                                 const std::filesystem::path& answers);
  LiveCounts(LiveCounts&& other) noexcept;
  LiveCounts& operator=(LiveCounts&&) = delete;
  ~LiveCounts();

  /// Calls `on_segment` for each segment, the last one too, until the stream's end or until
  /// `over()` and nothing comes any more. Returns the counts without segments and sums. Errors: the
  /// stream ended too soon or is damaged.
  Result<ExecutionCounts> follow(const SegmentListener& on_segment,
                                 const std::function<bool()>& over);

 private:
  LiveCounts(int counts, int answers) : counts_(counts), answers_(answers) {}
  /// Waits for bytes for a moment; false at the stream's end.
  bool take(CountsStream* stream);

  int counts_, answers_;
};

}  // namespace mote

#endif  // MOTE_BOARDS_LIVE_COUNTS_H_
