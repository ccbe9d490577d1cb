// SPDX-License-Identifier: Apache-2.0
#include "cli/samples.h"

#include <algorithm>
#include <sstream>

#include "base/host/file.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

/// Files or folders in a folder, in the order of their names.
std::vector<fs::path> entries(const fs::path& folder, bool folders) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (folders ? entry.is_directory(error) : entry.is_regular_file(error)) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_classes(const std::vector<fs::path>& folders, Samples* samples) {
  for (const fs::path& folder : folders) {
    int label = static_cast<int>(samples->classes.size());
    samples->classes.push_back(folder.filename().string());
    for (const fs::path& file : entries(folder, false)) {
      samples->files.push_back(file);
      samples->labels.push_back(label);
    }
  }
}

Result<void> find_files(const std::vector<std::string>& arguments, Samples* samples) {
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!fs::is_directory(argument, error)) {
      samples->files.emplace_back(argument);
      continue;
    }
    size_t before = samples->files.size();
    std::vector<fs::path> files = entries(argument, false), folders = entries(argument, true);
    if (files.empty() && arguments.size() == 1) {
      add_classes(folders, samples);
    } else {
      samples->files.insert(samples->files.end(), files.begin(), files.end());
    }
    if (samples->files.size() == before) return fail("{}: the folder has no files", argument);
  }
  return {};
}

Result<void> label_by(const std::string& path, Samples* samples) {
  MOTE_TRY(const auto truth, read_truth(path));
  samples->labels.clear();
  samples->classes.clear();
  for (const fs::path& file : samples->files) {
    auto found = truth.find(file.filename().string());
    if (found == truth.end()) return fail("{}: has no line for {}", path, file.string());
    samples->labels.push_back(static_cast<int>(found->second));
  }
  return {};
}

}  // namespace

Result<std::map<std::string, size_t>> read_truth(const std::string& path) {
  std::map<std::string, size_t> truth;
  if (path.empty()) return truth;
  MOTE_TRY(std::string text, read_text(path));
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    size_t first = line.find(','), last = line.rfind(',');
    bool digits = first != std::string::npos && last + 1 < line.size() && line.size() - last < 9 &&
                  line.find_first_not_of("0123456789", last + 1) == std::string::npos;
    if (!digits) return fail("{}: line {}: expected file,classes,class", path, number);
    truth[line.substr(0, first)] = static_cast<size_t>(std::stoul(line.substr(last + 1)));
  }
  return truth;
}

Result<Samples> read_samples(const std::vector<std::string>& arguments,
                             const std::vector<Tensor>& inputs, const InputOptions& options,
                             const std::string& truth) {
  Samples samples;
  MOTE_CHECK_OK(find_files(arguments, &samples));
  if (!truth.empty()) MOTE_CHECK_OK(label_by(truth, &samples));
  for (const fs::path& file : samples.files) {
    MOTE_TRY(std::vector<Bytes> sample, read_input(file, inputs, options));
    samples.inputs.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace mote
