// SPDX-License-Identifier: Apache-2.0
#include "compiler/device_sources.h"

#include <cassert>
#include <set>
#include <sstream>

namespace mote {
namespace {

/// Appends files depth-first, what they include before themselves.
class Amalgamation {
 public:
  explicit Amalgamation(const SourceTexts& sources) : sources_(sources) {}

  void add(const std::string& path) {
    if (!added_.insert(path).second) return;
    auto found = sources_.find(path);
    assert(found != sources_.end() && "not a device source");
    std::string body;
    std::istringstream lines(found->second);
    for (std::string line; std::getline(lines, line);) take(line, &body);
    text_ += "\n// ---- " + path + "\n" + trim(body);
  }

  Amalgamated take_text() {
    std::string includes;
    for (const std::string& include : standard_) includes += include + "\n";
    return {std::move(includes), std::move(text_)};
  }

 private:
  void take(const std::string& line, std::string* body) {
    if (line.rfind("#include \"", 0) == 0) {
      add(line.substr(10, line.rfind('"') - 10));
    } else if (line.rfind("#include <", 0) == 0) {
      standard_.insert(line);
    } else if (!is_guard(line) && line.rfind("// SPDX", 0) != 0) {
      *body += line + "\n";
    }
  }

  static bool is_guard(const std::string& line) {
    bool directive = line.rfind("#ifndef MOTE_", 0) == 0 || line.rfind("#define MOTE_", 0) == 0 ||
                     line.rfind("#endif  // MOTE_", 0) == 0;
    return directive && line.size() > 3 && line.substr(line.size() - 3) == "_H_";
  }

  static std::string trim(const std::string& body) {
    size_t begin = body.find_first_not_of('\n'), end = body.find_last_not_of('\n');
    return begin == std::string::npos ? "" : body.substr(begin, end - begin + 1) + "\n";
  }

  const SourceTexts& sources_;
  std::set<std::string> added_, standard_;
  std::string text_;
};

SourceTexts& all_sources() {
  static SourceTexts sources = embedded_device_sources();
  return sources;
}

}  // namespace

const SourceTexts& device_sources() {
  return all_sources();
}

void add_device_sources(const SourceTexts& sources) {
  all_sources().insert(sources.begin(), sources.end());
}

Amalgamated amalgamate(const std::vector<std::string_view>& files, const SourceTexts& sources) {
  Amalgamation amalgamation(sources);
  for (std::string_view file : files) amalgamation.add(std::string(file));
  return amalgamation.take_text();
}

}  // namespace mote
