// SPDX-License-Identifier: Apache-2.0
// Reads a TOML file by the table of keys, then the overrides by the same reader, then looks at what
// keys say together.
#include "train/project/project.h"

#include <bit>
#include <cmath>
#include <regex>
#include <set>

#include "base/host/file.h"
#include "boards/board_fields.h"
#include "boards/board_file.h"
#include "train/project/keys.h"

namespace mote::train {
namespace {

std::string full_name(const std::string& table, std::string_view key) {
  return table.empty() ? std::string(key) : fmt::format("{}.{}", table, key);
}

/// Stores a node in a slot; false if it isn't what the key takes.
class Storing {
 public:
  Storing(const Key& key, const toml::node& node, const std::filesystem::path& folder)
      : key_(key), node_(node), folder_(folder) {}

  bool operator()(const Pick& pick) const {
    std::optional<std::string> word = node_.value_exact<std::string>();
    for (size_t i = 0; word && i < pick.words.size(); ++i) {
      if (pick.words[i] == *word) return pick.set(i), true;
    }
    return false;
  }
  bool operator()(bool* value) const { return store(node_.value_exact<bool>(), value); }
  bool operator()(int* value) const { return store(whole(node_), value); }
  bool operator()(uint32_t* value) const { return store(whole(node_), value); }
  bool operator()(double* value) const { return store(number(), value); }
  bool operator()(std::optional<uint64_t>* value) const { return store(whole(node_), value); }
  bool operator()(std::optional<double>* value) const { return store(number(), value); }
  bool operator()(std::string* value) const {
    return store(node_.value_exact<std::string>(), value);
  }
  bool operator()(std::filesystem::path* value) const { return store(path(node_), value); }
  template <typename T>
  bool operator()(std::vector<T>* values) const {
    const toml::array* array = node_.as_array();
    if (!array) return false;
    values->clear();
    for (const toml::node& item : *array) {
      T value{};
      if (!store(element(item, &value), &value)) return false;
      values->push_back(std::move(value));
    }
    return true;
  }
  bool operator()(std::map<std::string, std::string>* values) const {
    const toml::table* table = node_.as_table();
    if (!table) return false;
    values->clear();
    for (const auto& [name, item] : *table) {
      if (!item.is_string()) return false;
      (*values)[std::string(name.str())] = item.as_string()->get();
    }
    return true;
  }

 private:
  template <typename From, typename To>
  static bool store(const std::optional<From>& from, To* to) {
    if (from) *to = static_cast<To>(*from);
    return from.has_value();
  }
  std::optional<int64_t> whole(const toml::node& node) const {
    std::optional<int64_t> value = node.value_exact<int64_t>();
    bool good = value && static_cast<double>(*value) >= key_.low &&
                static_cast<double>(*value) <= key_.high;
    return good ? value : std::nullopt;
  }
  std::optional<double> number() const {
    std::optional<double> value;
    if (node_.is_number()) value = node_.value<double>();
    return value && *value >= key_.low && *value <= key_.high ? value : std::nullopt;
  }
  std::optional<std::filesystem::path> path(const toml::node& node) const {
    std::optional<std::string> text = node.value_exact<std::string>();
    if (!text) return std::nullopt;
    return text->empty() ? std::filesystem::path() : (folder_ / *text).lexically_normal();
  }
  std::optional<std::string> element(const toml::node& node, std::string*) const {
    return node.value_exact<std::string>();
  }
  std::optional<int64_t> element(const toml::node& node, int*) const { return whole(node); }
  std::optional<std::filesystem::path> element(const toml::node& node,
                                               std::filesystem::path*) const {
    return path(node);
  }

  const Key& key_;
  const toml::node& node_;
  const std::filesystem::path& folder_;
};

/// Reads tables into a project. Faults of an override carry its text instead of a place.
class Reader {
 public:
  Reader(Project* project, std::filesystem::path folder, std::string file)
      : project_(project), folder_(std::move(folder)), faults_{file, {}} {}

  void read(const toml::table& root) {
    for (const auto& [name, node] : root) {
      std::string word(name.str());
      if (word == "search") {
        read_search(node);
      } else if (find_key("", word)) {
        read_key("", word, name.source(), node);
      } else if (const toml::table* table = table_named(word, name.source(), node)) {
        for (const auto& [key, value] : *table) {
          read_key(word, std::string(key.str()), key.source(), value);
        }
      }
    }
  }

  void read_override(const std::string& text) {
    size_t equals = text.find('=');
    override_ = fmt::format("--set {}", text);
    if (equals == std::string::npos || equals == 0) {
      return wrong({}, "must be table.key=value, as training.epochs=3");
    }
    toml::parse_result parsed = toml::parse(text);
    if (!parsed || (takes_text(text.substr(0, equals)) && text[equals + 1] != '"')) {
      std::string word;  // it was written without quotes
      for (char c : text.substr(equals + 1)) {
        word += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
      }
      parsed = toml::parse(fmt::format("{}\"{}\"", text.substr(0, equals + 1), word));
    }
    if (!parsed) return wrong({}, "isn't understood; write table.key=value");
    read(parsed.table());
    override_.clear();
  }

  /// A fault at a key that was read, or at the file's beginning.
  void wrong_key(const std::string& table, const std::string& key, const std::string& what) {
    std::string name = full_name(table, key);
    auto at = places_.find(name);
    faults_.add(at == places_.end() ? toml::source_region{} : at->second,
                fmt::format("{}: {}", name, what));
  }
  bool given(const std::string& name) const { return places_.count(name) != 0; }
  void wrong(const toml::source_region& where, const std::string& what) {
    if (override_.empty()) return faults_.add(where, what);
    if (!faults_.first) faults_.first = fail("{}: {}", override_, what);
  }
  const std::optional<Error>& fault() const { return faults_.first; }

 private:
  /// Whether "data.normal" takes text, so that 0 is meant as "0".
  static bool takes_text(const std::string& name) {
    size_t dot = name.find('.');
    const Key* key = dot == std::string::npos ? find_key("", name)
                                              : find_key(name.substr(0, dot), name.substr(dot + 1));
    if (!key) return false;
    Project scratch;
    Slot slot = key->slot(scratch);
    return std::holds_alternative<std::string*>(slot) ||
           std::holds_alternative<std::filesystem::path*>(slot) ||
           std::holds_alternative<Pick>(slot);
  }

  static std::vector<std::string> names_of(const std::string& table) {
    std::vector<std::string> names;
    for (const Key& key : project_keys()) {
      if (key.table == table) names.emplace_back(key.name);
    }
    return names;
  }

  const toml::table* table_named(const std::string& word, const toml::source_region& where,
                                 const toml::node& node) {
    std::set<std::string> tables;
    for (const Key& key : project_keys()) tables.insert(key.table);
    tables.erase("");
    if (tables.count(word) == 0) {
      std::vector<std::string> known = names_of("");
      known.insert(known.end(), tables.begin(), tables.end());
      known.emplace_back("search");
      unknown(where, word, known, "table or key");
      return nullptr;
    }
    if (!node.is_table()) wrong(where, fmt::format("{}: must be a table, [{}]", word, word));
    return node.as_table();
  }

  void unknown(const toml::source_region& where, const std::string& name,
               const std::vector<std::string>& known, const char* what) {
    std::string word = name.substr(name.rfind('.') + 1), near = nearest_word(word, known);
    std::string hint;
    if (!near.empty()) {
      hint = fmt::format("; is {} meant?", near);
    } else if (const Key* other = elsewhere(word)) {
      hint = fmt::format("; is {} meant?", full_name(other->table, other->name));
    } else {
      hint = fmt::format("; there are: {}", fmt::join(known, ", "));
    }
    wrong(where, fmt::format("{}: no such {}{}", name, what, hint));
  }

  static const Key* elsewhere(std::string_view name) {
    for (const Key& key : project_keys()) {
      if (name == key.name) return &key;
    }
    return nullptr;
  }

  void read_key(const std::string& table, const std::string& name, const toml::source_region& where,
                const toml::node& node) {
    const Key* key = find_key(table, name);
    if (!key) return unknown(where, full_name(table, name), names_of(table), "key");
    places_[full_name(table, name)] = node.source();
    if (std::visit(Storing(*key, node, folder_), key->slot(*project_))) return;
    wrong(node.source(), fmt::format("{}: must be {}", full_name(table, name), accepted(*key)));
  }

  void read_search(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (!array || array->empty() || !array->is_homogeneous(toml::node_type::table)) {
      return wrong(node.source(), "search: must be one table or more, each [[search]]");
    }
    for (const toml::node& item : *array) read_range(*item.as_table());
  }

  void read_range(const toml::table& table) {
    Fields fields(table, "search.", faults_, {"key", "low", "high", "log", "whole", "choices"});
    SearchRange range;
    range.key = fields.text("key");
    size_t dot = range.key.find('.');
    const Key* key = dot == std::string::npos
                         ? nullptr
                         : find_key(range.key.substr(0, dot), range.key.substr(dot + 1));
    if (!key) return fields.wrong("key", fmt::format("\"{}\" is no key", range.key));
    if (fields.has("choices")) {
      read_choices(fields, table["choices"], &range);
    } else {
      range.low = fields.number("low", key->low, key->high);
      range.high = fields.number("high", key->low, key->high);
      range.log = fields.has("log") && fields.flag("log");
      range.whole = fields.has("whole") && fields.flag("whole");
      if (range.low >= range.high) fields.wrong("high", "must be more than low");
      if (range.log && range.low <= 0) fields.wrong("low", "must be above 0 where log is true");
    }
    project_->search.push_back(std::move(range));
  }

  static void read_choices(Fields& fields, toml::node_view<const toml::node> node,
                           SearchRange* range) {
    const toml::array* array = node.as_array();
    if (!array || array->empty()) return fields.wrong("choices", "must be a list of values");
    for (const toml::node& item : *array) {
      if (auto text = item.value_exact<std::string>()) {
        range->choices.push_back(*text);
      } else if (auto whole = item.value_exact<int64_t>()) {
        range->choices.push_back(fmt::format("{}", *whole));
      } else if (auto number = item.value_exact<double>()) {
        range->choices.push_back(fmt::format("{}", *number));
      } else {
        fields.wrong("choices", "holds texts and numbers only");
      }
    }
  }

  Project* project_;
  std::filesystem::path folder_;
  Faults faults_;
  std::string override_;
  std::map<std::string, toml::source_region> places_;
};

void check_pattern(Reader& reader, const std::string& key, const std::string& pattern,
                   bool takes_group) {
  if (pattern.empty()) return;
  try {
    std::regex compiled(pattern);
    if (takes_group && compiled.mark_count() == 0) {
      reader.wrong_key("data", key, "needs a group, what stands in ( ), to take its text");
    }
  } catch (const std::regex_error& error) {
    reader.wrong_key("data", key,
                     fmt::format("isn't a regular expression (ECMAScript): {}", error.what()));
  }
}

void check_input(Reader& reader, const Project& p) {
  const InputOptions& input = p.input;
  if (input.kind == InputKind::kImage && input.channels == 2) {
    reader.wrong_key("input", "channels", "must be 1 or 3");
  }
  if (input.kind == InputKind::kAudio && input.rate_hz * input.seconds > 1e8) {
    reader.wrong_key("input", "seconds", "makes more than 100 million samples");
  }
  if (input.kind != InputKind::kSeries) return;
  if (input.window == 0) {
    reader.wrong_key("input", "window", "must be the number of rows of an example");
  }
  if (input.columns.empty()) {
    reader.wrong_key("input", "columns",
                     "must name the columns that the model sees, as [\"accX\", \"accY\"], or "
                     "number them, as [\"1\", \"2\"], where the files have no headings");
  }
  if (p.augment.shift_seconds > 0 && !reader.given("input.rate_hz")) {
    reader.wrong_key("augment", "shift_seconds", "needs input.rate_hz, the rows a second");
  }
}

void check_data(Reader& reader, const Project& p) {
  const DataOptions& data = p.data;
  if (data.path.empty()) reader.wrong_key("data", "path", "must be the folder of the data");
  if (data.format == DataFormat::kLabels && data.labels.empty()) {
    reader.wrong_key("data", "labels", "must be the CSV that names files and labels");
  }
  if (data.format == DataFormat::kCifar10 && p.input.kind != InputKind::kImage) {
    reader.wrong_key("data", "format", "\"cifar10\" holds pictures; input.kind must be \"image\"");
  }
  bool speech = data.format == DataFormat::kSpeechCommands || data.format == DataFormat::kFsdd;
  if ((speech || data.format == DataFormat::kToyAdmos) && p.input.kind != InputKind::kAudio) {
    reader.wrong_key("data", "format", "holds sound; input.kind must be \"audio\"");
  }
  if (p.task == Task::kAnomaly && data.normal.empty() && data.format != DataFormat::kToyAdmos) {
    reader.wrong_key("data", "normal", "must name the class that is normal");
  }
  if (p.task != Task::kAnomaly && !data.normal.empty()) {
    reader.wrong_key("data", "normal", "is for task = \"anomaly\"");
  }
  if (p.task == Task::kRegression && !data.classes.empty()) {
    reader.wrong_key("data", "classes", "has no meaning for task = \"regression\"");
  }
  std::set<std::string> seen;
  for (const std::string& name : data.classes) {
    if (!seen.insert(name).second) {
      reader.wrong_key("data", "classes", fmt::format("names \"{}\" twice", name));
    }
  }
  check_pattern(reader, "class_pattern", data.class_pattern, true);
  check_pattern(reader, "group_pattern", data.group_pattern, true);
  check_pattern(reader, "test_pattern", data.test_pattern, false);
  for (const auto& [name, pattern] : data.columns) check_pattern(reader, "columns", pattern, true);
}

void check_features(Reader& reader, const Project& p) {
  const FeatureOptions& features = p.features;
  bool sound = features.type == "mfcc" || features.type == "log_mel";
  bool rows = features.type == "spectrum" || features.type == "statistics";
  if (sound && p.input.kind != InputKind::kAudio) {
    reader.wrong_key("features", "type",
                     fmt::format("\"{}\" is for input.kind = \"audio\"", features.type));
  }
  if (rows && p.input.kind != InputKind::kSeries) {
    reader.wrong_key("features", "type",
                     fmt::format("\"{}\" is for input.kind = \"series\"", features.type));
  }
  if (features.fft_length != 0 && !std::has_single_bit(static_cast<unsigned>(features.fft_length)))
    reader.wrong_key("features", "fft_length", "must be a power of two, or 0");
  if (!sound) return;
  if (features.lower_hz >= features.upper_hz) {
    reader.wrong_key("features", "lower_hz", "must be below upper_hz");
  }
  if (features.upper_hz > p.input.rate_hz / 2.0) {
    reader.wrong_key("features", "upper_hz",
                     fmt::format("{} must be at most half of input.rate_hz, {}", features.upper_hz,
                                 p.input.rate_hz / 2.0));
  }
  if (features.type == "mfcc" && features.coefficients > features.mel_bins) {
    reader.wrong_key("features", "coefficients", "must be at most mel_bins");
  }
}

void check_rest(Reader& reader, const Project& p) {
  if (p.split.validation + p.split.test > 0.95) {
    reader.wrong_key("split", "test", "with split.validation leaves less than 5 % to train with");
  }
  if (p.augment.noise_snr_low_db > p.augment.noise_snr_high_db) {
    reader.wrong_key("augment", "noise_snr_low_db", "must be at most noise_snr_high_db");
  }
  if (p.model.type == "file" && p.model.file.empty()) {
    reader.wrong_key("model", "file", "must be the model's file where type is \"file\"");
  }
  if (p.compression.weight_bits != 4 && p.compression.weight_bits != 8) {
    reader.wrong_key("compression", "weight_bits", "must be 4 or 8");
  }
  if (p.budget.board.empty()) return;
  Result<Board> board = find_board(p.budget.board);  // a file's path is already absolute
  if (!board.ok()) reader.wrong_key("budget", "board", board.error().message);
}

}  // namespace

Shape InputOptions::shape() const {
  switch (kind) {
    case InputKind::kAudio:
      return Shape(1, static_cast<int32_t>(std::lround(rate_hz * seconds)));
    case InputKind::kImage:
      return Shape(1, height, width, channels);
    default:
      return Shape(1, window, static_cast<int32_t>(columns.size()));
  }
}

Result<Project> read_project(const std::filesystem::path& path,
                             const std::vector<std::string>& overrides) {
  std::error_code error;
  bool folder = std::filesystem::is_directory(path, error);
  Project project;
  project.file = std::filesystem::absolute(folder ? path / "mote.toml" : path, error);
  if (folder && !std::filesystem::exists(project.file, error)) {
    return fail("{}: has no mote.toml; mote new makes one", path.string());
  }
  std::string name = (folder ? path / "mote.toml" : path).string();
  MOTE_TRY(std::string text, read_text(name));
  toml::parse_result parsed = toml::parse(text);
  Reader reader(&project, project.file.parent_path(), name);
  if (!parsed) {
    reader.wrong(parsed.error().source(), std::string(parsed.error().description()));
    return *reader.fault();
  }
  project.name = project.file.parent_path().filename().string();
  reader.read(parsed.table());
  for (const std::string& text_override : overrides) reader.read_override(text_override);
  const bool series = project.input.kind == InputKind::kSeries;
  if (series && !reader.given("input.rate_hz")) project.input.rate_hz = 100;
  if (project.budget.board.ends_with(".toml")) {
    project.budget.board = (project.file.parent_path() / project.budget.board).string();
  }
  check_input(reader, project);
  check_data(reader, project);
  check_features(reader, project);
  check_rest(reader, project);
  if (reader.fault()) return *reader.fault();
  return project;
}

}  // namespace mote::train
