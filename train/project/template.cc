// SPDX-License-Identifier: Apache-2.0
#include "train/project/project.h"
#include "train/project/templates.h"

namespace mote::train {

Result<std::map<std::string, std::string>> project_template(const std::string& kind) {
  const std::string folder = "train/project/templates/";
  const auto& files = project_templates();
  auto file = files.find(folder + kind + ".toml");
  if (file != files.end()) {
    return std::map<std::string, std::string>{{"mote.toml", file->second},
                                              {"README.md", files.at(folder + "README.md")}};
  }
  std::string known;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".toml")) continue;
    std::string name = path.substr(folder.size(), path.size() - folder.size() - 5);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  return fail("{}: no such kind of project; there are: {}", kind, known);
}

}  // namespace mote::train
