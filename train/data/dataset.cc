// SPDX-License-Identifier: Apache-2.0
// A format lists the files; then patterns apply, classes are chosen, headers looked at, series cut
// into windows, and all is split.
#include "train/data/dataset.h"

#include <algorithm>
#include <charconv>
#include <regex>

#include "base/host/parallel.h"
#include "train/data/csv.h"
#include "train/data/formats/listing.h"
#include "train/data/picture.h"
#include "train/data/sound.h"
#include "train/data/split.h"

namespace mote::train {
namespace {

Result<void> check_folder(const std::string& key, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  if (!std::filesystem::exists(path, error)) {
    return fail("{}: no such folder ({})", path.string(), key);
  }
  std::string name = path.filename().string();
  bool tar = name.find(".tar") != std::string::npos || path.extension() == ".tgz";
  if (tar || path.extension() == ".zip") {
    return fail("{}: is an archive; unpack it ({} {}) and give the folder as {}", path.string(),
                tar ? "tar xf" : "unzip", name, key);
  }
  return fail("{}: isn't a folder ({})", path.string(), key);
}

/// A regular expression and the text of its first group.
class Pattern {
 public:
  explicit Pattern(const std::string& text) : given_(!text.empty()), regex_(text) {}
  bool given() const { return given_; }
  std::optional<std::string> find(const std::string& path) const {
    std::smatch match;
    if (!given_ || !std::regex_search(path, match, regex_)) return std::nullopt;
    return match.size() > 1 ? match[1].str() : match[0].str();
  }

 private:
  bool given_;
  std::regex regex_;
};

/// REQUIRES: read_project() checked the patterns.
void apply_patterns(const DataOptions& data, Listing* listing) {
  Pattern class_pattern(data.class_pattern), group(data.group_pattern), test(data.test_pattern);
  std::map<std::string, Pattern> columns;
  for (const auto& [name, text] : data.columns) columns.emplace(name, text);
  if (class_pattern.given()) listing->classes.clear();
  std::vector<Found> kept;
  for (Found& found : listing->found) {
    const std::string& path = found.example.path;
    if (class_pattern.given()) {
      std::optional<std::string> name = class_pattern.find(path);
      if (!name) continue;
      found.class_name = *name;
    }
    if (group.given()) found.example.group = group.find(path).value_or("");
    found.example.test_only = test.find(path).has_value();
    for (const auto& [name, pattern] : columns) {
      found.example.columns[name] = pattern.find(path).value_or("");
    }
    found.example.columns["class"] = found.class_name;
    if (!found.example.group.empty()) found.example.columns["group"] = found.example.group;
    kept.push_back(std::move(found));
  }
  listing->found = std::move(kept);
}

/// Missing folders are added to `missing`, unless that is null: then they are errors.
Result<Listing> list_all(const Project& project, std::vector<std::filesystem::path>* missing) {
  const Format& format = format_of(project.data.format);
  MOTE_CHECK_OK(check_folder("data.path", project.data.path));
  MOTE_TRY(Listing all, format.list(project, project.data.path));
  apply_patterns(project.data, &all);
  for (const std::filesystem::path& folder : project.data.extra) {
    std::error_code error;
    if (missing && !std::filesystem::exists(folder, error)) {
      missing->push_back(folder);
      continue;
    }
    MOTE_CHECK_OK(check_folder("data.extra", folder));
    Project extra = project;
    // All of it trains, so that it needs no folder train/.
    if (!std::filesystem::exists(folder / "train", error)) extra.split.by = SplitBy::kFile;
    MOTE_TRY(Listing more, format.list(extra, folder));
    apply_patterns(project.data, &more);
    for (Found& found : more.found) {
      found.example.path = (folder / found.example.path).generic_string();
      found.example.extra = true;
      all.found.push_back(std::move(found));
    }
    for (Skipped& skipped : more.skipped) {
      all.skipped.push_back({(folder / skipped.path).generic_string(), std::move(skipped.why)});
    }
  }
  return all;
}

/// Names of the model's classes, in its order.
std::vector<std::string> choose_classes(const Project& project, const Listing& listing) {
  const DataOptions& data = project.data;
  if (project.task == Task::kRegression) return {};
  if (project.task == Task::kAnomaly) {
    return {data.normal.empty() ? "normal" : data.normal, "anomaly"};
  }
  std::vector<std::string> classes = data.classes;
  if (classes.empty()) {
    std::set<std::string> names = listing.classes;
    for (const Found& found : listing.found) names.insert(found.class_name);
    classes.assign(names.begin(), names.end());
  }
  bool there = std::find(classes.begin(), classes.end(), data.unknown) != classes.end();
  if (!data.unknown.empty() && !there) classes.push_back(data.unknown);
  return classes;
}

/// The number of a class's name, or nothing where it isn't to be learned.
std::optional<int> label_of(const Project& project, const std::vector<std::string>& classes,
                            const std::string& name) {
  const std::vector<std::string>& wanted = project.data.classes;
  if (project.task == Task::kAnomaly) {
    bool left_out =
        !wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end();
    return left_out ? std::nullopt : std::optional<int>(name == classes[0] ? 0 : 1);
  }
  auto at = std::find(classes.begin(), classes.end(), name);
  if (at == classes.end()) at = std::find(classes.begin(), classes.end(), project.data.unknown);
  if (at == classes.end()) return std::nullopt;
  return static_cast<int>(at - classes.begin());
}

bool number_of(const std::string& text, double* value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Keeps what is to be learned, with its label or target.
void label_all(const Project& project, const std::vector<std::string>& classes, Listing* listing) {
  std::vector<Found> kept;
  for (Found& found : listing->found) {
    Example& example = found.example;
    if (project.task == Task::kRegression) {
      if (!number_of(found.class_name, &example.target)) {
        listing->skipped.push_back(
            {example.path, fmt::format("\"{}\" isn't a number to learn", found.class_name)});
        continue;
      }
    } else {
      std::optional<int> label = label_of(project, classes, found.class_name);
      if (!label) continue;
      example.label = *label;
      if (project.task == Task::kAnomaly && *label == 1) example.test_only = true;
    }
    kept.push_back(std::move(found));
  }
  listing->found = std::move(kept);
}

/// Rows of a series, once its columns are found.
Result<size_t> check_series(const Project& project, const std::filesystem::path& path) {
  MOTE_TRY(const NumberTable table, read_number_table(path));
  for (const std::string& column : project.input.columns) {
    if (std::find(table.headings.begin(), table.headings.end(), column) != table.headings.end()) {
      continue;
    }
    return fail("has no column \"{}\" (input.columns); there are: {}", column,
                fmt::join(table.headings, ", "));
  }
  if (table.rows() < static_cast<size_t>(project.input.window)) {
    return fail("has {} rows, input.window is {}", table.rows(), project.input.window);
  }
  return table.rows();
}

/// Looks at a file's header. Series: the number of rows.
Result<size_t> check_file(const Project& project, const std::filesystem::path& path) {
  if (project.input.kind == InputKind::kSeries) return check_series(project, path);
  if (project.data.format == DataFormat::kCifar10) return size_t{0};
  if (project.input.kind == InputKind::kImage) {
    MOTE_CHECK_OK(check_picture(path));
    return size_t{0};
  }
  MOTE_TRY(const OpenSound sound, open_sound(path));
  if (sound.info.frames < 1) return fail("holds no samples");
  return size_t{0};
}

/// Leaves out files that can't be read; cuts series into windows.
void check_all(const Project& project, Listing* listing) {
  std::vector<Found>& found = listing->found;
  std::vector<Result<size_t>> rows(found.size(), Result<size_t>(size_t{0}));
  auto check = [&](size_t, size_t i) -> Result<void> {
    rows[i] = check_file(project, project.data.path / found[i].example.path);
    return {};
  };
  (void)for_each_in_parallel(found.size(), job_count(0, found.size()), check);
  size_t window = static_cast<size_t>(project.input.window);
  size_t stride = static_cast<size_t>(project.input.stride);
  std::vector<Found> kept;
  for (size_t i = 0; i < found.size(); ++i) {
    const std::string& path = found[i].example.path;
    if (!rows[i].ok()) {
      std::string why = without_path(rows[i].error().message, project.data.path / path);
      listing->skipped.push_back({path, why});
      continue;
    }
    for (size_t at = stride; stride > 0 && at + window <= *rows[i]; at += stride) {
      kept.push_back(found[i]);
      kept.back().example.offset = at;
    }
    kept.push_back(std::move(found[i]));
  }
  std::stable_sort(kept.begin(), kept.end(), [](const Found& a, const Found& b) {
    return std::tie(a.example.extra, a.example.path, a.example.offset) <
           std::tie(b.example.extra, b.example.path, b.example.offset);
  });
  found = std::move(kept);
}

/// "; 3 files were skipped, such as a.wav: isn't a sound file".
std::string skipped_text(const std::vector<Skipped>& skipped) {
  if (skipped.empty()) return {};
  return fmt::format(
      "; {} skipped, such as {}: {}",
      skipped.size() == 1 ? "1 file was" : fmt::format("{} files were", skipped.size()),
      skipped[0].path, skipped[0].why);
}

Error no_examples(const Project& project, const Dataset& dataset, const std::string& name) {
  const std::string folder = project.data.path.string();
  if (name.empty()) {
    return fail("{}: holds no examples that can be read as {}{}", folder,
                project.input.kind == InputKind::kAudio   ? "sound"
                : project.input.kind == InputKind::kImage ? "pictures"
                                                          : "series (.csv, .npy)",
                skipped_text(dataset.skipped));
  }
  return fail("{}: class \"{}\" has no examples{}; add some, or name other data.classes", folder,
              name, skipped_text(dataset.skipped));
}

Result<void> check_classes(const Project& project, const Dataset& dataset) {
  const std::string folder = project.data.path.string();
  if (dataset.examples.empty()) return no_examples(project, dataset, "");
  if (project.task == Task::kRegression) return {};
  std::vector<size_t> all(dataset.classes.size()), train(dataset.classes.size());
  for (const Example& example : dataset.examples) {
    ++all[static_cast<size_t>(example.label)];
    if (example.split == Split::kTrain) ++train[static_cast<size_t>(example.label)];
  }
  bool anomaly = project.task == Task::kAnomaly;
  for (size_t i = 0; i < (anomaly ? 1 : all.size()); ++i) {
    const std::string& name = dataset.classes[i];
    if (all[i] == 0) return no_examples(project, dataset, name);
    if (train[i] == 0) {
      return fail(
          "{}: class \"{}\" has {} examples, but none of them is in the training part; "
          "change [split]",
          folder, name, all[i]);
    }
  }
  if (!anomaly && dataset.classes.size() < 2) {
    return fail(
        "{}: has only one class, \"{}\"; classes are to be told apart, so there must be "
        "two (or set task = \"anomaly\" and data.normal)",
        folder, dataset.classes[0]);
  }
  return {};
}

}  // namespace

const char* name_of(Split split) {
  constexpr const char* kNames[] = {"train", "validation", "test"};
  return kNames[static_cast<size_t>(split)];
}

std::vector<size_t> Dataset::of(Split split) const {
  std::vector<size_t> indices;
  for (size_t i = 0; i < examples.size(); ++i) {
    if (examples[i].split == split) indices.push_back(i);
  }
  return indices;
}

Result<Dataset> read_dataset(const Project& project, Needs needs) {
  Dataset dataset;
  MOTE_TRY(Listing listing,
           list_all(project, needs == Needs::kHeldOut ? &dataset.missing : nullptr));
  dataset.root = project.data.path;
  dataset.classes = choose_classes(project, listing);
  label_all(project, dataset.classes, &listing);
  check_all(project, &listing);
  std::vector<std::optional<Split>> given;
  for (Found& found : listing.found) {
    given.push_back(found.given);
    dataset.examples.push_back(std::move(found.example));
  }
  dataset.skipped = std::move(listing.skipped);
  if (dataset.examples.empty()) return no_examples(project, dataset, "");
  MOTE_CHECK_OK(assign_split(project, given, &dataset));
  if (dataset.missing.empty()) MOTE_CHECK_OK(check_classes(project, dataset));
  return dataset;
}

}  // namespace mote::train
