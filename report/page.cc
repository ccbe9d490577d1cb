// SPDX-License-Identifier: Apache-2.0
// The template is filled in one pass, so text that was filled in is never searched for
// placeholders. Escaping is by place: the title is text of an element; the data is JSON inside
// <script>, where
// "<" can only stand in a string and has an escape of its own.
#include "report/page.h"

#include <cassert>
#include <functional>

#include "report/web_files.h"

namespace mote {
namespace {

std::string escape_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

/// The same JSON without "<": neither "</script" nor "<!--" is left.
std::string escape_json(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

/// What all pages share, then the kind's own, then what starts them.
std::string scripts(std::string_view kind) {
  std::string text;
  for (const std::string& folder : {std::string("common"), std::string(kind)}) {
    const std::string prefix = "report/web/" + folder + "/";
    const size_t before = text.size();
    for (const auto& [path, content] : web_files()) {
      if (path.starts_with(prefix)) text += content;
    }
    assert(text.size() > before);
    static_cast<void>(before);
  }
  return text + web_files().at("report/web/start.js");
}

/// The template with each {{name}} replaced by what `value` gives for it.
std::string fill(std::string_view text, const std::function<std::string(std::string_view)>& value) {
  std::string out;
  for (;;) {
    const size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const size_t close = text.find("}}", open);
    assert(close != std::string_view::npos);
    out += value(text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 2);
  }
}

}  // namespace

std::string report_page(std::string_view title, std::string_view kind, const std::string& json) {
  return fill(web_files().at("report/web/page.html"), [&](std::string_view name) {
    if (name == "title") return escape_text(title);
    if (name == "style") return web_files().at("report/web/style.css");
    if (name == "data") return escape_json(json);
    assert(name == "scripts");
    return scripts(kind);
  });
}

}  // namespace mote
