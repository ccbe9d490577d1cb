// SPDX-License-Identifier: Apache-2.0
// Pages opened in a real browser, headless Chromium: what it has drawn must be what the JSON holds.
// Skipped where no Chromium is installed (Debian: apt-get install chromium).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "base/host/process.h"
#include "report/page.h"

namespace mote {
namespace {

using Json = nlohmann::json;

std::string chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (Result<std::filesystem::path> found = find_program(name, "chromium"))
      return found->string();
  }
  return "";
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    if (chromium().empty()) GTEST_SKIP() << "no chromium on PATH (apt-get install chromium)";
    profile_ = read("report/testdata/profile.json");
  }
  static Json read(const char* path) {
    Result<std::string> text = read_text(path);
    EXPECT_TRUE(text) << path;
    return text ? Json::parse(*text) : Json();
  }

  /// The document after the page's scripts have run, and after them `then`. Scripts are cut off:
  /// they contain, as text, what the tests look for.
  std::string rendered(const Json& json, const std::string& then = "",
                       const char* kind = "profile") {
    Result<TempFolder> folder = TempFolder::make();
    if (!folder) return folder.error().message;
    const std::string page = (folder->path() / "page.html").string();
    Result<void> written = write_text(page, report_page("test", kind, json.dump()) + then);
    if (!written) return written.error().message;
    Result<ProcessOutcome> outcome = run_process(
        {chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--window-size=1280,2400", "--user-data-dir=" + (folder->path() / "profile").string(),
         "--virtual-time-budget=5000", "--dump-dom", "file://" + page},
        120);
    if (!outcome) return outcome.error().message;
    EXPECT_FALSE(outcome->timed_out);
    const size_t body = outcome->output.find("<body");
    return body == std::string::npos
               ? outcome->output
               : outcome->output.substr(body, outcome->output.find("<script", body) - body);
  }

  Json profile_;
};

/// Drawn without an error, and no attribute of the body is a hostile name's.
void expect_drawn(const std::string& dom, const std::string& schema) {
  EXPECT_TRUE(dom.starts_with("<body data-ready=\"" + schema + "\">")) << dom.substr(0, 400);
}

TEST_F(Browser, DrawsEveryPartOfAProfile) {
  const std::string dom = rendered(profile_);
  expect_drawn(dom, "mote.profile/1");
  EXPECT_EQ(count(dom, "class=\"operator mark\""), profile_["operators"].size());
  EXPECT_EQ(count(dom, "class=\"column mark\""), profile_["operators"].size());
  EXPECT_EQ(count(dom, "class=\"allocation "), profile_["allocations"].size());
  EXPECT_EQ(count(dom, "class=\"dot mark\""), 2u) << "operators with MACs";
  // The model's image is two operators' constants and the rest; one part has no bytes in flash.
  EXPECT_EQ(count(dom, "class=\"cell mark\""), profile_["flash"].size() - 1 - 1 + 3);
  EXPECT_EQ(count(dom, "class=\"empty\""), 0u);
  EXPECT_NE(dom.find("estimate, ± 15 %"), std::string::npos);
  EXPECT_NE(dom.find("exact: 43,885,346"), std::string::npos);
}

TEST_F(Browser, SaysWhyAPanelIsEmpty) {
  for (const char* key :
       {"timing", "cycles", "latency_ms", "energy_uj", "cycles_per_mac", "limits", "roofline"}) {
    profile_[key] = nullptr;
  }
  profile_["flash"] = Json::array();
  profile_["allocations"] = Json::array();
  for (Json& o : profile_["operators"]) {
    for (const char* key : {"cycles", "latency_ms", "energy_uj", "cycles_per_mac"})
      o[key] = nullptr;
  }
  const std::string dom = rendered(profile_);
  expect_drawn(dom, "mote.profile/1");
  EXPECT_EQ(count(dom, "class=\"operator mark\""), profile_["operators"].size());
  EXPECT_EQ(count(dom, "class=\"empty\""), 3u) << "memory map, roofline, flash";
  EXPECT_NE(dom.find("there is no timing model for cortex-m4"), std::string::npos);
  EXPECT_EQ(count(dom, "NaN"), 0u);
  EXPECT_EQ(count(dom, "undefined"), 0u);
}

TEST_F(Browser, DrawsAComparison) {
  Json other = profile_;
  other["operators"].erase(2);
  const Json both = {{"schema", "mote.profile-comparison/1"}, {"profiles", {profile_, other}}};
  const std::string dom = rendered(both);
  expect_drawn(dom, "mote.profile-comparison/1");
  EXPECT_EQ(count(dom, "class=\"operator mark\""), 2 * profile_["operators"].size() - 1);
  EXPECT_EQ(count(dom, "= 1.00×"), 13 + other["operators"].size()) << "totals and operators";
}

TEST_F(Browser, AnswersTheKeyboard) {
  const std::string dom = rendered(profile_, R"(<script>
    document.querySelector('#timeline .mark').focus();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
    document.body.dataset.tip = kTip.hidden + ' ' + kTip.querySelector('strong').textContent;
    document.body.dataset.lit = document.querySelectorAll('tr.lit').length;
  </script>)");
  EXPECT_NE(dom.find("data-tip=\"false #1 FULLY_CONNECTED\""), std::string::npos)
      << dom.substr(0, 400);
  EXPECT_NE(dom.find("data-lit=\"1\""), std::string::npos);
}

TEST_F(Browser, SortsATableByAColumn) {
  const std::string dom = rendered(profile_, R"(<script>
    const button = [...document.querySelectorAll('#timeline th button')].find((b) => b.textContent === 'instructions');
    const first = () => document.querySelector('#timeline tbody td').textContent;
    button.click();
    const falling = first();
    button.click();
    document.body.dataset.first = falling + ' ' + first();
  </script>)");
  EXPECT_NE(dom.find("data-first=\"0 2\""), std::string::npos) << dom.substr(0, 400);
}

TEST_F(Browser, DrawsABenchmarkRunBesideWhatIsPublished) {
  Json run = read("report/testdata/mlperf.json");
  run["boards"][0]["tasks"][0]["published"][0]["stack"] = "<b>hostile</b>";
  const std::string dom = rendered(run, "", "mlperf");
  expect_drawn(dom, "mote.mlperf/1");
  // Two results; one row of the run and two published ones; nothing to compare ad01 with.
  EXPECT_EQ(count(dom, "<tr"), 1 + 2 + 1 + 3u);
  EXPECT_EQ(count(dom, "class=\"empty\""), 1u);
  for (const char* text :
       {"90.4 %", "AUC 0.875", "40.0 ms", "1.60 mJ", "RA8D1", "3.47 ms", "20 KiB",
        "&lt;b&gt;hostile", "random bytes, not the benchmark", "40 mW while active (measured)"}) {
    EXPECT_NE(dom.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(count(dom, "undefined"), 0u);
  EXPECT_EQ(count(dom, "NaN"), 0u);
}

TEST_F(Browser, DrawsADataSetWithSamplesToHearAndSee) {
  Json data = read("report/testdata/data.json");
  const std::string dom = rendered(data, "", "data");
  expect_drawn(dom, "mote.data/1");
  EXPECT_EQ(count(dom, "class=\"bar mark\""), 6u) << "parts of classes that have examples";
  EXPECT_EQ(count(dom, "class=\"duration mark\""), 3u);
  EXPECT_EQ(count(dom, "<details"), 2u);
  EXPECT_EQ(count(dom, "<audio"), 2u);
  EXPECT_EQ(count(dom, "<img"), 1u);
  EXPECT_EQ(count(dom, "<polyline"), 2u);
  EXPECT_NE(dom.find("&lt;b&gt;other"), std::string::npos);
  EXPECT_NE(dom.find("1 serious"), std::string::npos);
  EXPECT_NE(dom.find("and 24 more"), std::string::npos);
  EXPECT_EQ(count(dom, "undefined"), 0u);
  EXPECT_EQ(count(dom, "NaN"), 0u);
}

TEST_F(Browser, SamplesCanBeSeenAndHeard) {
  const std::string dom = rendered(read("report/testdata/data.json"), R"(<script>
    const heard = document.querySelector('audio');
    heard.addEventListener('loadedmetadata', () => { document.body.dataset.seconds = heard.duration; });
    heard.load();
    heard.preload = 'auto';
    window.addEventListener('load', () => {
      document.body.dataset.width = document.querySelector('img').naturalWidth;
    });
  </script>)",
                                   "data");
  EXPECT_NE(dom.find("data-width=\"4\""), std::string::npos) << dom.substr(0, 300);
  EXPECT_NE(dom.find("data-seconds=\"0.001\""), std::string::npos) << dom.substr(0, 300);
}

TEST_F(Browser, DrawsATrainedModel) {
  Json run = read("report/testdata/training.json");
  run["models"][1]["fairness"][0]["groups"][0]["value"] = "<b>hostile</b>";
  const std::string dom = rendered(run, "", "training");
  expect_drawn(dom, "mote.training/1");
  const Json& model = run["models"][1];
  const size_t classes = run["classes"].size();
  EXPECT_EQ(count(dom, "class=\"heat mark\""), classes * classes);
  EXPECT_EQ(count(dom, "class=\"curve mark\""), classes) << "a ROC curve for each class";
  EXPECT_EQ(count(dom, "class=\"bar mark\""),
            model["fairness"][0]["groups"].size() + model["robustness"].size() + 1);
  size_t bins = 0;
  for (const Json& bin : model["calibration"]["bins"]) bins += bin["examples"] > 0;
  EXPECT_EQ(count(dom, "class=\"dot mark\""), bins + 4 * run["log"].size()) << "two curves of two";
  EXPECT_EQ(count(dom, "<tr"), (1 + 3) + (1 + 2) + (1 + run["steps"].size()) + 2 * (1 + classes));
  EXPECT_EQ(count(dom, "class=\"empty\""), 0u);
  for (const char* text :
       {"0 of 568,320 bits differ", "quantised after training: better on 21 validation examples",
        "&lt;b&gt;hostile", "no channels can be pruned", "Expected calibration error",
        "data/x.csv: holds no rows"}) {
    EXPECT_NE(dom.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(count(dom, "undefined"), 0u);
  EXPECT_EQ(count(dom, "NaN"), 0u);
}

TEST_F(Browser, DrawsWhatWasHeardInLongRecordings) {
  Json run = read("report/testdata/training.json");
  Json stream = {{"hours", 0.5}, {"hop_s", 0.25}, {"smoothing", 2}, {"threshold", 0.5}};
  stream.update({{"words", 20}, {"missed", 5}, {"false_reject_rate", 0.25}});
  stream.update({{"false_reject_interval", {0.11, 0.47}}, {"false_accepts_interval", {1.2, 17.5}}});
  stream.update({{"false_accepts_per_hour", 6.0}, {"latency_s", 0.25}});
  stream["wanted_false_accepts_per_hour"] = 2;
  for (int i = 1; i <= 256; ++i) {
    stream["curve"].push_back({{"threshold", i / 256.0},
                               {"false_accepts_per_hour", 12 - i / 22.0},
                               {"false_reject_rate", i / 512.0}});
  }
  stream["chosen"] = stream["curve"][220];
  stream["by_word"] = {{{"name", "<i>go"},
                        {"words", 20},
                        {"missed", 5},
                        {"false_accepts", 3},
                        {"false_accepts_per_hour", 6.0},
                        {"latency_s", 0.25}}};
  stream["during"] = {{{"name", nullptr}, {"false_accepts", 3}}};
  run["models"] = Json::array({run["models"][1]});
  run["stream"] = stream;
  const std::string plain = rendered(read("report/testdata/training.json"), "", "training"),
                    dom = rendered(run, "", "training");
  expect_drawn(dom, "mote.training/1");
  EXPECT_EQ(count(plain, "Long recordings"), 0u);
  for (const char* text : {"Long recordings", "5 of 20 words missed (25.0 %", "&lt;i&gt;go",
                           "nothing marked", "30.0 minutes", "At most 2 false accepts per hour"}) {
    EXPECT_NE(dom.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(count(dom, "undefined"), 0u);
  EXPECT_EQ(count(dom, "NaN"), 0u);
}

TEST_F(Browser, PlaysNothingButItsOwnSamples) {
  Json data = read("report/testdata/data.json");
  data["samples"][0]["audio"] = "https://example.org/a.wav";
  data["samples"][2]["picture"] = "javascript:1";
  const std::string dom = rendered(data, "", "data");
  expect_drawn(dom, "mote.data/1");
  EXPECT_EQ(count(dom, "example.org"), 0u);
  EXPECT_EQ(count(dom, "javascript:"), 0u);
}

TEST_F(Browser, SaysWhyThereAreNoSamples) {
  Json data = read("report/testdata/data.json");
  data.erase("samples");
  data["task"] = "regression", data["durations"] = nullptr, data["findings"] = Json::array();
  data["targets"] = {{"train", {{"low", 1}, {"mean", 2}, {"high", 4.5}}}, {"test", nullptr}};
  const std::string dom = rendered(data, "", "data");
  expect_drawn(dom, "mote.data/1");
  EXPECT_EQ(count(dom, "class=\"empty\""), 2u) << "findings, samples";
  EXPECT_NE(dom.find("4.50"), std::string::npos);
}

TEST_F(Browser, DrawsACompressionAlone) {
  Json run = read("report/testdata/training.json");
  run["models"] = Json::array();
  run["log"] = Json::array();
  run["deployed"] = nullptr;
  const std::string dom = rendered(run, "", "training");
  expect_drawn(dom, "mote.training/1");
  EXPECT_EQ(count(dom, "<tr"), 1 + run["steps"].size());
  EXPECT_NE(dom.find("the smallest within 1 point of the float network's"), std::string::npos);
  EXPECT_EQ(count(dom, "class=\"empty\""), 0u);
}

TEST_F(Browser, SaysWhatIsWrongWithData) {
  const std::string dom = rendered({{"schema", "mote.unheard-of/1"}});
  EXPECT_NE(dom.find("data-error="), std::string::npos);
  EXPECT_NE(dom.find("no page for the schema"), std::string::npos);
}

}  // namespace
}  // namespace mote
