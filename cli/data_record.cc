// SPDX-License-Identifier: Apache-2.0
// mote data record: examples from a board's serial port, a file or a sound card's stream.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstring>

#include "base/host/file.h"
#include "bench/mlperf/line.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "train/data/record.h"

namespace mote {
namespace {

using mlperf::Line;

struct RecordFlags {
  std::string project, class_name, from, group;
  std::vector<std::string> set;
  double seconds = 0, pause = 0, wait = 10;
  int count = 1, baud = 115200;
  double raw_rate = 0;
};

/// The two ways a stream comes: lines with a header, or raw 16-bit samples.
class Source {
 public:
  Source(std::unique_ptr<Line> line, double raw_rate_hz) : line_(std::move(line)) {
    if (raw_rate_hz > 0) raw_.rate_hz = raw_rate_hz;
  }

  const train::StreamHeader& header() const { return raw() ? raw_ : lines_.header(); }
  size_t width() const { return std::max<size_t>(1, header().columns.size()); }

  /// Errors: none came in time.
  Result<void> wait_for_header(double wait_s) {
    auto start = std::chrono::steady_clock::now();
    while (header().rate_hz == 0) {
      std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
      if (waited.count() > wait_s) {
        return fail(
            "no header came in {} s; the board sends a line like \"#mote rate=100 "
            "columns=x,y,z\" first, and again now and then (docs/training.md); for raw "
            "16-bit samples give --raw-rate",
            wait_s);
      }
      MOTE_CHECK_OK(more(wait_s));
    }
    return {};
  }

  /// The next `rows` rows, without a hole.
  Result<std::vector<float>> take(size_t rows, double wait_s) {
    const size_t count = rows * width();
    while (values().size() < count) {
      const size_t had = values().size();
      MOTE_CHECK_OK(more(wait_s));
      if (values().size() == had && idle_) return fail("sends nothing for {} s", wait_s);
    }
    std::vector<float> taken(values().begin(), values().begin() + static_cast<long>(count));
    raw() ? void(samples_.erase(samples_.begin(), samples_.begin() + static_cast<long>(count)))
          : lines_.drop(count);
    return taken;
  }

  size_t broken() const { return lines_.broken(); }

 private:
  bool raw() const { return raw_.rate_hz > 0; }
  const std::vector<float>& values() const { return raw() ? samples_ : lines_.values(); }

  Result<void> more(double wait_s) {
    MOTE_TRY(const std::string text, line_->read(wait_s));
    idle_ = text.empty();
    if (!raw()) return lines_.feed(text);
    rest_ += text;
    for (size_t i = 0; i + 1 < rest_.size(); i += 2) {
      auto low = static_cast<uint8_t>(rest_[i]), high = static_cast<uint8_t>(rest_[i + 1]);
      samples_.push_back(static_cast<int16_t>(low | high << 8));
    }
    rest_.erase(0, rest_.size() / 2 * 2);
    return {};
  }

  std::unique_ptr<Line> line_;
  train::StreamHeader raw_;
  train::LineStream lines_;
  std::vector<float> samples_;
  std::string rest_;
  bool idle_ = false;
};

Result<std::unique_ptr<Line>> open_line(const RecordFlags& flags) {
  if (flags.from == "-") return mlperf::fd_line(dup(STDIN_FILENO));
  std::error_code error;
  if (std::filesystem::is_character_file(flags.from, error)) {
    return mlperf::open_serial(flags.from, flags.baud);
  }
  int fd = open(flags.from.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail("{}: can't be opened: {}", flags.from, std::strerror(errno));
  return mlperf::fd_line(fd);
}

Result<void> check_header(const train::Project& project, const train::StreamHeader& header) {
  const train::InputOptions& input = project.input;
  if (input.kind == train::InputKind::kAudio) {
    if (header.columns.empty()) return {};
    return fail("sends columns, but {} is about sound", project.file.string());
  }
  if (header.columns.empty()) return fail("its header names no columns, as columns=x,y,z");
  for (const std::string& column : input.columns) {
    if (std::find(header.columns.begin(), header.columns.end(), column) == header.columns.end()) {
      return fail("sends no column \"{}\" (input.columns), only: {}", column,
                  fmt::join(header.columns, ", "));
    }
  }
  if (std::abs(header.rate_hz - input.rate_hz) > 0.01 * input.rate_hz) {
    return fail("sends {} rows a second, but input.rate_hz is {}", header.rate_hz, input.rate_hz);
  }
  return {};
}

/// Rows of a recording.
size_t rows_of(const RecordFlags& flags, const train::Project& project,
               const train::StreamHeader& header) {
  const train::InputOptions& input = project.input;
  bool series = input.kind == train::InputKind::kSeries;
  if (series && flags.seconds == 0) return static_cast<size_t>(input.window);
  double seconds = flags.seconds > 0 ? flags.seconds : input.seconds;
  return static_cast<size_t>(std::max(1l, std::lround(seconds * header.rate_hz)));
}

Result<void> check_flags(const RecordFlags& flags, const train::Project& project) {
  const train::InputKind kind = project.input.kind;
  if (kind == train::InputKind::kImage) {
    return fail("{}: is about pictures; only sound and series are recorded", project.file.string());
  }
  if (flags.raw_rate > 0 && kind != train::InputKind::kAudio) {
    return fail("--raw-rate is for sound; {} is about series", project.file.string());
  }
  return {};
}

/// Records all; counts what was written.
Result<void> record_all(const RecordFlags& flags, const train::Project& project, Source& source,
                        int* written) {
  const train::RecordingName name{flags.class_name, flags.group};
  MOTE_CHECK_OK(source.wait_for_header(flags.wait));
  MOTE_CHECK_OK(check_header(project, source.header()));
  const size_t rows = rows_of(flags, project, source.header());
  const auto pause = static_cast<size_t>(std::lround(flags.pause * source.header().rate_hz));
  for (int i = 0; i < flags.count; ++i) {
    MOTE_TRY(const std::string path, train::recording_path(project, name));
    if (pause > 0) {
      if (isatty(STDERR_FILENO)) fmt::print(stderr, "wait …\n");
      MOTE_CHECK_OK(source.take(pause, flags.wait));
    }
    if (isatty(STDERR_FILENO))
      fmt::print(stderr, "{} {} of {} …\n", name.class_name, i + 1, flags.count);
    MOTE_TRY(const std::vector<float> values, source.take(rows, flags.wait));
    MOTE_CHECK_OK(train::write_recording(project, name, path, source.header(), values));
    ++*written;
    fmt::print("{}\n", (project.data.path / path).string());
    fflush(stdout);
  }
  return {};
}

Result<ExitCode> record(const RecordFlags& flags) {
  MOTE_TRY(const train::Project project, train::read_project(flags.project, flags.set));
  MOTE_CHECK_OK(check_flags(flags, project));
  MOTE_CHECK_OK(train::recording_path(project, {flags.class_name, flags.group}));
  MOTE_TRY(std::unique_ptr<Line> line, open_line(flags));
  Source source(std::move(line), flags.raw_rate);
  int written = 0;
  Result<void> recorded = record_all(flags, project, source, &written);
  if (source.broken() > 0) {
    fmt::print(stderr, "mote: {} broken; recordings began again after {}\n",
               counted(source.broken(), "line was"), source.broken() == 1 ? "it" : "them");
  }
  if (recorded.ok()) return kSuccess;
  return fail("{}: {}; {} of {} recordings were written", flags.from, recorded.error().message,
              written, flags.count);
}

}  // namespace

VerbAction setup_data_record(CLI::App& command) {
  auto flags = std::make_shared<RecordFlags>();
  command.add_option("project", flags->project, "A folder with mote.toml, or such a file")
      ->required();
  command.add_option("--class", flags->class_name, "What is recorded")->required();
  command
      .add_option(
          "--from", flags->from,
          "A serial port with a board that sends lines (docs/training.md), a file, or - for "
          "standard input")
      ->required();
  command
      .add_option("--raw-rate", flags->raw_rate,
                  "The stream is raw 16-bit little-endian samples of one channel, so many a "
                  "second, as arecord -t raw -f S16_LE gives")
      ->check(CLI::Range(1.0, 1e6));
  command.add_option("--seconds", flags->seconds, "Length; without: an example's")
      ->check(CLI::Range(0.001, 86400.0));
  command.add_option("--count", flags->count, "How many recordings, one after the other")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command.add_option("--pause", flags->pause, "Seconds before each that are thrown away")
      ->check(CLI::Range(0.0, 3600.0));
  command.add_option("--speaker,--group", flags->group, "Who or what is recorded");
  command.add_option("--baud", flags->baud, "Of the serial port")->capture_default_str();
  command.add_option("--wait", flags->wait, "Seconds of silence on the line that end it")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command.add_option("--set", flags->set, "Another value of a key of mote.toml; repeatable")
      ->allow_extra_args(false);
  return [flags] { return record(*flags); };
}

}  // namespace mote
