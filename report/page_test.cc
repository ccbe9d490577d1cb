// SPDX-License-Identifier: Apache-2.0
// The text of a page: one file that loads nothing, and data that can't become markup. What a
// browser makes of it is in browser_test.cc.
#include "report/page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/web_files.h"

namespace mote {
namespace {

using Json = nlohmann::json;

const std::string kHostile = "</script><!-- {{style}} <script><img src=x onerror=alert(1)>";

/// The text between the page's data tags.
std::string data_of(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const size_t from = page.find(open) + open.size();
  return page.substr(from, page.find("</script>", from) - from);
}

TEST(ReportPage, CarriesTheDataUnchanged) {
  const Json json = {{"schema", "mote.profile/1"}, {"model", kHostile}};
  EXPECT_EQ(Json::parse(data_of(report_page("t", "profile", json.dump()))), json);
}

TEST(ReportPage, HostileNamesStayText) {
  const Json json = {{"schema", "mote.profile/1"}, {"model", kHostile}};
  const std::string page = report_page(kHostile, "profile", json.dump());
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<!-- {{"), std::string::npos);
  EXPECT_NE(page.find("<title>&lt;/script>"), std::string::npos);
}

TEST(ReportPage, IsOneFileThatLoadsNothing) {
  const std::string page = report_page("t", "profile", "{}");
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* loads : {"http:", "https:", "//www", "src=", "href=", "url(", "@import",
                            "fetch(", "XMLHttpRequest", "import(", "innerHTML", "eval("}) {
    EXPECT_EQ(page.find(loads), std::string::npos) << loads;
  }
}

TEST(ReportPage, ItsScriptsCannotEndTheScriptElement) {
  for (const auto& [path, text] : web_files()) {
    if (!path.ends_with(".js")) continue;
    EXPECT_EQ(text.find("</script"), std::string::npos) << path;
    EXPECT_EQ(text.find("<!--"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace mote
