// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/recording.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/host/file.h"
#include "compiler/pipeline.h"
#include "train/data/csv.h"
#include "train/data/sound.h"
#include "train/evaluate/run_graph.h"
#include "train/project/keys.h"

namespace mote::train {
namespace {

Result<double> seconds_in(const TextTable::Row& row, size_t column) {
  const std::string& cell = row.cells[column];
  double value = 0;
  auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
    return fail("\"{}\" isn't a number of seconds", cell);
  }
  return value;
}

Result<int> label_in(const std::string& label, const std::vector<std::string>& classes) {
  auto at = std::find(classes.begin(), classes.end(), label);
  if (at != classes.end()) return static_cast<int>(at - classes.begin());
  const std::string near = nearest_word(label, classes);
  return fail("\"{}\" is no class of the project; {}", label,
              near.empty() ? fmt::format("there are {}", fmt::join(classes, ", "))
                           : fmt::format("did you mean \"{}\"?", near));
}

/// A CSV of marks and where its columns are.
struct MarkTable {
  TextTable table;
  size_t start, end, label, file;

  static Result<MarkTable> read(const std::filesystem::path& csv) {
    MOTE_TRY(const std::string text, read_text(csv));
    MOTE_TRY(TextTable table, parse_text_table(text));
    MarkTable marks{table, table.column("start_s"), table.column("end_s"), table.column("label"),
                    table.column("file")};
    for (const auto& [name, at] :
         {std::pair("start_s", marks.start), {"end_s", marks.end}, {"label", marks.label}}) {
      if (at == table.headings.size()) {
        return fail("has no column \"{}\"; the first line must be start_s,end_s,label", name);
      }
    }
    return marks;
  }
};

Result<void> add_mark(const MarkTable& marks, const TextTable::Row& row, const Project& project,
                      const std::vector<std::string>& classes, std::vector<Recording>* recordings) {
  Recording* recording = recordings->data();
  if (marks.file < marks.table.headings.size()) {
    const std::string& name = row.cells[marks.file];
    auto named = std::find_if(recordings->begin(), recordings->end(), [&](const Recording& one) {
      return one.name == name || std::filesystem::path(one.name).filename() == name;
    });
    if (named == recordings->end()) return fail("\"{}\" is none of the recordings", name);
    recording = &*named;
  }
  Mark mark;
  MOTE_TRY(mark.start_s, seconds_in(row, marks.start));
  MOTE_TRY(mark.end_s, seconds_in(row, marks.end));
  MOTE_TRY(mark.label, label_in(row.cells[marks.label], classes));
  const double seconds = recording->seconds(project);
  if (mark.start_s < 0) return fail("begins at {:.6g} s, before the recording", mark.start_s);
  if (mark.end_s <= mark.start_s) {
    return fail("ends at {:.6g} s, not after its start at {:.6g} s", mark.end_s, mark.start_s);
  }
  // Times are mostly written with three decimals.
  if (mark.end_s > seconds + 0.001) {
    return fail("ends at {:.6g} s, but {} has only {:.6g} s", mark.end_s, recording->name, seconds);
  }
  recording->marks.push_back(mark);
  return {};
}

}  // namespace

bool is_background(const std::string& name) {
  return name == "_silence_" || name == "silence" || name == "_background_noise_" ||
         name == "noise";
}

std::set<int> silent_classes(const Project& project, const std::vector<std::string>& classes) {
  std::set<int> silent;
  for (size_t i = 0; i < classes.size(); ++i) {
    const std::string& name = classes[i];
    if (is_background(name) || name == "_unknown_" || name == "unknown" ||
        name == project.data.unknown) {
      silent.insert(static_cast<int>(i));
    }
  }
  return silent;
}

Result<Recording> read_recording(const Project& project, const std::filesystem::path& path) {
  Result<OpenSound> sound = open_sound(path);
  if (!sound.ok()) return fail("{}: {}", path.string(), sound.error().message);
  Result<std::vector<float>> samples = read_mono(*sound, 0, sound->info.frames);
  if (samples.ok()) samples = resample(*samples, sound->info.samplerate, project.input.rate_hz);
  if (!samples.ok()) return fail("{}: {}", path.string(), samples.error().message);
  Recording recording{path.string(), *std::move(samples), {}};
  if (recording.samples.empty()) return fail("{}: holds no samples", path.string());
  if (recording.samples.size() < static_cast<size_t>(project.input.shape()[1])) {
    return fail("{}: {:.3g} s are less than the {:.3g} s that the model listens to", path.string(),
                recording.seconds(project), project.input.seconds);
  }
  return recording;
}

Result<void> read_marks(const std::filesystem::path& csv, const Project& project,
                        const std::vector<std::string>& classes,
                        std::vector<Recording>* recordings) {
  Result<MarkTable> marks = MarkTable::read(csv);
  if (!marks.ok()) {
    const std::string& what = marks.error().message;
    return what.rfind(csv.string(), 0) == 0 ? fail("{}", what) : fail("{}: {}", csv.string(), what);
  }
  if (recordings->size() > 1 && marks->file == marks->table.headings.size()) {
    return fail("{}: has no column \"file\", which says in which of the {} recordings a mark is",
                csv.string(), recordings->size());
  }
  for (const TextTable::Row& row : marks->table.rows) {
    Result<void> added = add_mark(*marks, row, project, classes, recordings);
    if (!added.ok()) return fail("{}:{}: {}", csv.string(), row.line, added.error().message);
  }
  for (Recording& recording : *recordings) {
    std::stable_sort(recording.marks.begin(), recording.marks.end(),
                     [](const Mark& a, const Mark& b) { return a.start_s < b.start_s; });
  }
  return {};
}

std::string marks_csv(const Recording& recording, const std::vector<std::string>& classes) {
  std::string text = "start_s,end_s,label\n";
  for (const Mark& mark : recording.marks) {
    text += fmt::format("{:.3f},{:.3f},{}\n", mark.start_s, mark.end_s,
                        classes[static_cast<size_t>(mark.label)]);
  }
  return text;
}

Result<std::vector<std::vector<float>>> scores_of(const Graph& model, const Project& project,
                                                  const FrontEnd& front_end,
                                                  const Recording& recording, size_t step,
                                                  const Progress& progress) {
  constexpr size_t kAtOnce = 512;  // windows in memory
  MOTE_TRY(const Target host, target_of_core("host"));
  MOTE_TRY(const Plan plan, compile(model, host));
  MOTE_TRY(EnginePtr engine, make_image_engine(image_model(plan), Batch{.jobs = 0}));
  const Shape shape = project.input.shape();
  const auto window = static_cast<size_t>(shape[1]);
  const size_t count = (recording.samples.size() - window) / step + 1;
  std::vector<std::vector<float>> scores;
  while (scores.size() < count) {
    std::vector<Values> inputs;
    for (size_t i = scores.size(); i < count && inputs.size() < kAtOnce; ++i) {
      auto from = recording.samples.begin() + static_cast<std::ptrdiff_t>(i * step);
      inputs.push_back(
          {front_end.device_input({shape, {from, from + static_cast<std::ptrdiff_t>(window)}})});
    }
    MOTE_TRY(const std::vector<Values> outputs, engine->run(inputs));
    for (const Values& output : outputs) scores.push_back(outputs_of(model, output));
    progress("listening to " + recording.name, scores.size(), count);
  }
  return scores;
}

}  // namespace mote::train
