// SPDX-License-Identifier: Apache-2.0
// mote new: a project to train a model by.
#include <CLI/CLI.hpp>

#include "base/host/file.h"
#include "cli/verbs.h"
#include "train/project/project.h"

namespace mote {
namespace {

struct NewOptions {
  std::string kind, folder, data;
  bool keys = false;
};

/// The project file with another data.path.
std::string with_path(std::string text, const std::string& path) {
  constexpr std::string_view kDefault = "path = \"data\"";
  std::string quoted;
  for (char c : path) quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  size_t at = text.find(kDefault);
  return text.replace(at, kDefault.size(), fmt::format("path = \"{}\"", quoted));
}

Result<ExitCode> new_project(const NewOptions& options) {
  if (options.keys) {
    fmt::print("{}", train::project_keys_markdown());
    return kSuccess;
  }
  if (options.kind.empty() || options.folder.empty()) {
    return fail("needs a kind of project and a folder: mote new kws wake");
  }
  MOTE_TRY(auto files, train::project_template(options.kind));
  const std::filesystem::path folder = options.folder;
  std::error_code error;
  for (const auto& [name, text] : files) {
    if (std::filesystem::exists(folder / name, error)) {
      return fail("{}: is there already; choose another folder", (folder / name).string());
    }
  }
  if (!options.data.empty()) {
    std::string data = std::filesystem::absolute(options.data, error).lexically_normal().string();
    files["mote.toml"] = with_path(files["mote.toml"], data);
  }
  MOTE_CHECK_OK(make_folder(folder));
  for (const auto& [name, text] : files) {
    MOTE_CHECK_OK(write_text(folder / name, text));
    fmt::print("{}\n", (folder / name).string());
  }
  if (options.data.empty()) {
    fmt::print("put recordings into {} or change data.path, then: mote data {}\n",
               (folder / "data").string(), options.folder);
  } else {
    fmt::print("next: mote data {}\n", options.folder);
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_new(CLI::App& command) {
  auto options = std::make_shared<NewOptions>();
  command.add_option("kind", options->kind, "kws, image, anomaly or gesture");
  command.add_option("folder", options->folder, "The new project's folder");
  command.add_option("--data", options->data, "The folder of its data, written into mote.toml");
  command.add_flag("--keys", options->keys, "Print all keys of mote.toml as Markdown instead");
  return [options] { return new_project(*options); };
}

}  // namespace mote
