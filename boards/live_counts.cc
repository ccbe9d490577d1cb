// SPDX-License-Identifier: Apache-2.0
#include "boards/live_counts.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mote {
namespace {

constexpr int kLookAtOverMs = 20;  // between two looks at over()

Result<int> open_fifo(const std::filesystem::path& path, int flags) {
  int fd = mkfifo(path.c_str(), 0600) == 0 ? open(path.c_str(), flags | O_CLOEXEC) : -1;
  if (fd >= 0) return fd;
  return fail("{}: can't make a FIFO: {}", path.string(), strerror(errno));
}

}  // namespace

Result<LiveCounts> LiveCounts::make(const std::filesystem::path& counts,
                                    const std::filesystem::path& answers) {
  // Neither waits for the plugin: one reads without blocking, one is open in both directions.
  MOTE_TRY(int from, open_fifo(counts, O_RDONLY | O_NONBLOCK));
  Result<int> to = open_fifo(answers, O_RDWR);
  if (to.ok()) return LiveCounts(from, *to);
  close(from);
  return to.error();
}

LiveCounts::LiveCounts(LiveCounts&& other) noexcept
    : counts_(std::exchange(other.counts_, -1)), answers_(std::exchange(other.answers_, -1)) {}

LiveCounts::~LiveCounts() {
  if (counts_ >= 0) close(counts_);
  if (answers_ >= 0) close(answers_);
}

bool LiveCounts::take(CountsStream* stream) {
  uint8_t block[1 << 16];
  ssize_t n = read(counts_, block, sizeof block);
  if (n > 0) stream->feed(block, static_cast<size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

Result<ExecutionCounts> LiveCounts::follow(const SegmentListener& on_segment,
                                           const std::function<bool()>& over) {
  CountsStream stream;
  while (!stream.finished()) {
    pollfd waiting{counts_, POLLIN, 0};
    bool last_look = over();
    int ready = poll(&waiting, 1, last_look ? 0 : kLookAtOverMs);
    if (ready == 0 && last_look) return fail("no end of the counts");
    if (ready > 0 && !take(&stream)) return fail("no end of the counts");
    for (;;) {
      MOTE_TRY(std::optional<Segment> segment, stream.next());
      if (!segment) break;
      on_segment(stream.counts(), *segment);
      if (!stream.finished() && write(answers_, "", 1) != 1) return fail("no way to answer");
    }
  }
  return stream.counts();
}

}  // namespace mote
