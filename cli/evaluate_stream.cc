// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluate_stream.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "base/host/file.h"
#include "cli/model_file.h"
#include "cli/table.h"
#include "train/data/sound.h"
#include "train/project/keys.h"

namespace mote {
namespace {

using train::Recording;
using train::StreamReport;

constexpr std::string_view kSynthetic = "synthetic:";
constexpr double kMostMinutes = 24 * 60;

Result<double> minutes_of(const std::string& name) {
  const char* begin = name.data() + kSynthetic.size();
  const char* end = name.data() + name.size();
  double minutes = 0;
  auto [stop, error] = std::from_chars(begin, end, minutes);
  if (error != std::errc() || stop != end || !(minutes > 0) || minutes > kMostMinutes) {
    return fail("--recording {}: {} takes minutes, more than 0 and at most {}", name, kSynthetic,
                kMostMinutes);
  }
  return minutes;
}

bool is_synthetic(const std::string& name) {
  return name.rfind(kSynthetic, 0) == 0;
}

Result<train::StreamOptions> stream_options(const StreamFlags& flags, const train::Project& project,
                                            const std::vector<std::string>& classes) {
  train::StreamOptions options;
  options.window_s = static_cast<double>(project.input.shape()[1]) / project.input.rate_hz;
  options.step_s = flags.hop_s.value_or(options.window_s / 4);
  options.smoothing = flags.smoothing;
  options.refractory_s = flags.refractory_s.value_or(options.window_s);
  options.tolerance_s = flags.tolerance_s.value_or(options.window_s);
  if (options.step_s > options.window_s) {
    return fail(
        "--hop: {:.6g} s are more than the {:.6g} s that the model listens to; what is "
        "said between isn't heard",
        options.step_s, options.window_s);
  }
  options.silent = train::silent_classes(project, classes);
  for (const std::string& name : flags.silent) {
    auto at = std::find(classes.begin(), classes.end(), name);
    if (at == classes.end()) {
      return fail("--not-a-word: there is no class '{}'; there are {}", name,
                  fmt::join(classes, ", "));
    }
    options.silent.insert(static_cast<int>(at - classes.begin()));
  }
  if (options.silent.size() == classes.size()) {
    return fail("--not-a-word: no class is left to listen for");
  }
  return options;
}

Result<void> save_recording(const std::string& file, const Recording& recording,
                            const train::Project& project,
                            const std::vector<std::string>& classes) {
  std::vector<int16_t> samples;
  for (float sample : recording.samples) {
    samples.push_back(
        static_cast<int16_t>(std::clamp(std::lround(sample * 32768.0f), -32768L, 32767L)));
  }
  MOTE_CHECK_OK(write_file(file, train::wav_file(samples, project.input.rate_hz)));
  return write_text(std::filesystem::path(file).replace_extension(".csv"),
                    train::marks_csv(recording, classes));
}

Result<std::vector<Recording>> recordings_of(const StreamFlags& flags,
                                             const train::Project& project,
                                             const train::Dataset& dataset, train::Split split) {
  std::vector<Recording> recordings;
  for (const std::string& name : flags.recordings) {
    if (!is_synthetic(name)) {
      MOTE_TRY(Recording read, read_recording(project, name));
      recordings.push_back(std::move(read));
      continue;
    }
    MOTE_TRY(const double minutes, minutes_of(name));
    MOTE_TRY(Recording made,
             make_recording(project, dataset, {split, 60 * minutes, flags.snr_db, flags.seed}));
    made.name = name;
    if (made.samples.size() < static_cast<size_t>(project.input.shape()[1])) {
      return fail("--recording {}: is shorter than the {:.3g} s that the model listens to", name,
                  project.input.seconds);
    }
    recordings.push_back(std::move(made));
  }
  if (!flags.marks.empty()) {
    MOTE_CHECK_OK(read_marks(flags.marks, project, dataset.classes, &recordings));
  }
  return recordings;
}

std::string part(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f} %", 100 * value) : "-";
}

std::string seconds_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.2f} s", value) : "-";
}

std::string per_hour(double value) {
  return fmt::format("{:.{}f}", value, value < 100 ? 1 : 0);
}

void print_words(const StreamReport& report) {
  const train::StreamMetrics& m = report.metrics;
  Table table({"word", ">spoken", ">missed", ">false accepts", ">per hour", ">latency"});
  auto add = [&](const std::string& name, const train::WordMetrics& one) {
    table.add({name, fmt::format("{}", one.words), fmt::format("{}", one.words - one.found),
               fmt::format("{}", one.false_accepts),
               per_hour(static_cast<double>(one.false_accepts) / m.hours),
               seconds_text(train::median(one.latencies_s))});
  };
  for (const auto& [label, one] : m.words) add(report.classes[static_cast<size_t>(label)], one);
  add("all", m.all);
  fmt::print("{}", table.text());
}

/// False accepts with their place, to be listened to.
void print_false_accepts(const StreamReport& report) {
  constexpr size_t kMost = 20;
  size_t printed = 0;
  for (const StreamReport::Heard& recording : report.recordings) {
    for (const train::HeardWord& word : recording.heard) {
      if (word.found || printed++ >= kMost) continue;
      if (printed == 1) fmt::print("false accepts:\n");
      fmt::print("  {} {:02}:{:05.2f}  {} ({:.2f})\n", recording.name,
                 static_cast<int>(word.at_s) / 60, std::fmod(word.at_s, 60.0),
                 report.classes[static_cast<size_t>(word.label)], word.score);
    }
  }
  if (printed > kMost) fmt::print("  … {} more in --json\n", printed - kMost);
}

void print_chosen(const StreamReport& report) {
  if (!report.chosen) {
    fmt::print("no threshold keeps to {:.4g} false accepts per hour\n", report.wanted_per_hour);
    return;
  }
  const train::StreamPoint& p = *report.chosen;
  fmt::print("for at most {:.4g} false accepts per hour: threshold {:.3f}{}\n",
             report.wanted_per_hour, p.threshold,
             std::isfinite(p.false_reject_rate)
                 ? fmt::format(", which misses {} of the words", part(p.false_reject_rate))
                 : "");
}

}  // namespace

void StreamFlags::add_to(CLI::App& command) {
  command
      .add_option("--recording", recordings,
                  "A project of words: listen to a long recording, too; a sound file, or "
                  "synthetic:MINUTES of the split's examples strung together; repeatable")
      ->allow_extra_args(false);
  command.add_option("--marks", marks,
                     "What is said in the recordings: a CSV with start_s,end_s,label and, for "
                     "several, file; without it nothing is");
  command
      .add_option("--hop", hop_s,
                  "Seconds from one inference to the next; a quarter of the window unless told")
      ->check(CLI::Range(0.001, 3600.0));
  command.add_option("--smoothing", smoothing, "How many of the newest scores are averaged")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      .add_option("--threshold", threshold,
                  "The score at which a word is heard; that for --false-accepts-per-hour unless "
                  "told")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--refractory", refractory_s,
                  "Seconds after a word in which none is heard; the window unless told")
      ->check(CLI::Range(0.0, 3600.0));
  command
      .add_option(
          "--tolerance", tolerance_s,
          "Seconds after its end in which a word may still be heard; the window unless told")
      ->check(CLI::Range(0.0, 3600.0));
  command
      .add_option("--false-accepts-per-hour", wanted_per_hour, "How many the threshold may cost")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--not-a-word", silent,
                  "A class that isn't listened for; silence and unknown never are; repeatable")
      ->allow_extra_args(false);
  command.add_option("--recording-seed", seed, "Of synthetic:MINUTES")->capture_default_str();
  command
      .add_option("--recording-snr", snr_db,
                  "Of synthetic:MINUTES: decibels between the median example and the loudest "
                  "background")
      ->check(CLI::Range(-20.0, 100.0))
      ->capture_default_str();
  command.add_option("--save-recording", save,
                     "Write synthetic:MINUTES as this .wav, and its marks as a .csv beside it");
}

Result<bool> StreamFlags::given() const {
  const auto made = std::count_if(recordings.begin(), recordings.end(), is_synthetic);
  if (recordings.empty()) {
    if (!marks.empty()) return fail("--marks: needs --recording, which they are of");
    if (!save.empty()) return fail("--save-recording: needs --recording synthetic:MINUTES");
    return false;
  }
  if (!save.empty() && made != 1) {
    return fail("--save-recording: needs one --recording synthetic:MINUTES, there are {}", made);
  }
  if (!save.empty() && std::filesystem::path(save).extension() != ".wav") {
    return fail("--save-recording: {} must end in .wav; its marks go beside it as a .csv", save);
  }
  if (!marks.empty() && made > 0) {
    return fail("--marks: a synthetic recording has its own; they can't be mixed");
  }
  return true;
}

Result<StreamReport> evaluate_streams(const StreamFlags& flags, const train::Project& project,
                                      const train::Dataset& dataset, train::Split split,
                                      const train::FrontEnd& front_end,
                                      const std::filesystem::path& model,
                                      const train::Progress& progress) {
  MOTE_TRY(train::StreamOptions options, stream_options(flags, project, dataset.classes));
  const auto step = std::max<size_t>(
      1, static_cast<size_t>(std::llround(options.step_s * project.input.rate_hz)));
  options.step_s = static_cast<double>(step) / project.input.rate_hz;
  std::error_code error;
  if (!std::filesystem::exists(model, error)) {
    return fail(
        "{}: isn't there; --recording listens with the model that is deployed, which mote "
        "train makes",
        model.string());
  }
  MOTE_TRY(const Graph graph, load_graph(model));
  MOTE_TRY(const std::vector<Recording> recordings, recordings_of(flags, project, dataset, split));
  std::vector<train::Stream> streams;
  std::vector<std::string> names;
  for (const Recording& recording : recordings) {
    MOTE_TRY(auto scores, scores_of(graph, project, front_end, recording, step, progress));
    streams.push_back({recording.seconds(project), recording.marks, std::move(scores)});
    names.push_back(recording.name);
  }
  for (const Recording& recording : recordings) {
    if (flags.save.empty() || !is_synthetic(recording.name)) continue;
    MOTE_CHECK_OK(save_recording(flags.save, recording, project, dataset.classes));
  }
  return judge_streams(names, std::move(streams), dataset.classes, options, flags.threshold,
                       flags.wanted_per_hour);
}

void print_streams(const StreamReport& report) {
  const train::StreamMetrics& m = report.metrics;
  const std::string length =
      m.hours < 1 ? fmt::format("{:.3g} min", 60 * m.hours) : fmt::format("{:.3g} h", m.hours);
  fmt::print("\n{} of {}, one score each {:.3g} s, {} averaged, threshold {:.3f}\n", length,
             counted(report.recordings.size(), "recording"), report.options.step_s,
             report.options.smoothing, report.options.threshold);
  print_words(report);
  if (m.all.words > 0) {
    fmt::print("missed {} of the words (95 %: {} – {})\n", part(m.false_reject_rate),
               part(m.reject_interval.low), part(m.reject_interval.high));
  }
  fmt::print("{} false accepts per hour (95 %: {} – {})", per_hour(m.false_accepts_per_hour),
             per_hour(m.per_hour_interval.low), per_hour(m.per_hour_interval.high));
  const char* separator = "; while there was: ";
  for (const auto& [label, count] : m.during) {
    fmt::print("{}{} {}", separator,
               label < 0 ? "nothing marked" : report.classes[static_cast<size_t>(label)], count);
    separator = ", ";
  }
  fmt::print("\n");
  print_chosen(report);
  print_false_accepts(report);
}

}  // namespace mote
