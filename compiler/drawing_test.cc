// SPDX-License-Identifier: Apache-2.0
// The drawings of a memory plan: every buffer is in them, and no name breaks them.
#include "compiler/drawing.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/lower.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

Plan plan_of(const std::string& lines) {
  Result<Graph> graph = parse("graph \"a < b\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Plan> plan = lower(*graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return *plan;
}

Plan test_plan(const std::string& hidden_name) {
  return plan_of("input %0 \"x\" float32[400]\n%1 \"" + hidden_name +
                 "\" float32[400] = SOFTMAX(%0)\n%2 \"y\" float32[400] = ADD(%0, %1)\noutput %2");
}

int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

/// Whether every tag is closed in turn, all quotes are paired and no stray & or < is left.
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (size_t at = 0; at < xml.size(); ++at) {
    if (xml[at] == '&') {
      size_t end = xml.find(';', at);
      std::string entity = xml.substr(at, end == std::string::npos ? 0 : end - at + 1);
      if (entity != "&lt;" && entity != "&gt;" && entity != "&amp;" && entity != "&quot;") {
        return false;
      }
    }
    if (xml[at] != '<') continue;
    size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos || std::count(tag.begin(), tag.end(), '"') % 2) {
      return false;
    }
    at = end;
    if (tag.back() == '/') continue;
    std::string name = tag.substr(0, tag.find(' '));
    if (tag[0] != '/') {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

bool valid_utf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    unsigned char lead = static_cast<unsigned char>(text[at++]);
    int more = lead < 0x80       ? 0
               : lead >> 5 == 6  ? 1
               : lead >> 4 == 14 ? 2
               : lead >> 3 == 30 ? 3
                                 : -1;
    if (more < 0) return false;
    for (; more > 0; --more) {
      if (at == text.size() || (static_cast<unsigned char>(text[at++]) & 0xc0) != 0x80)
        return false;
    }
  }
  return true;
}

TEST(DrawText, HasALegendRowForEachBuffer) {
  std::string text = draw_text(test_plan("hidden"));
  EXPECT_NE(text.find("\n  A      1600 bytes at        0, steps input to 1: x\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(": hidden\n"), std::string::npos) << text;
  EXPECT_NE(text.find(": y\n"), std::string::npos) << text;
  EXPECT_EQ(count(text, "bytes at"), 3);
}

TEST(DrawText, DrawsTimeToTheRightAndAddressesUpwards) {
  // Two halves of the arena: x below from the input to step 1, "hidden" above from step 0 to 1.
  std::string text = draw_text(test_plan("hidden"), 2);
  EXPECT_NE(text.find("     1600 |......BBBBBBBBBBBB"), std::string::npos) << text;
  EXPECT_NE(text.find("        0 |AAAAAAAAAAAA"), std::string::npos) << text;
}

TEST(DrawText, HasAsManyRowsAsItIsGiven) {
  EXPECT_EQ(count(draw_text(test_plan("h"), 7), "|\n"), 7);
  EXPECT_EQ(count(draw_text(test_plan("h")), "|\n"), 24);
}

TEST(DrawText, PlansOfOneByteAndOfNothing) {
  EXPECT_EQ(count(draw_text(plan_of("input %0 \"x\" int8[1]\noutput %0")), ": x\n"), 1);
  EXPECT_EQ(count(draw_text(Plan()), "|\n"), 24);
}

TEST(DrawSvg, IsWellFormed) {
  std::string svg = draw_svg(test_plan("hidden"));
  EXPECT_TRUE(well_formed(svg)) << svg;
  EXPECT_EQ(svg.rfind("<svg xmlns=\"http://www.w3.org/2000/svg\"", 0), 0u);
  EXPECT_NE(svg.find("a &lt; b: arena 3200 bytes, lower bound 3200"), std::string::npos) << svg;
}

TEST(DrawSvg, HasABoxForEachBuffer) {
  std::string svg = draw_svg(test_plan("hidden"));
  EXPECT_EQ(count(svg, "<g><title>"), 3);
  EXPECT_NE(svg.find("<title>hidden: 1600 bytes at 1600, steps 0 SOFTMAX to 1 ADD</title>"),
            std::string::npos)
      << svg;
  EXPECT_NE(svg.find("peak: step 0 SOFTMAX"), std::string::npos) << svg;
}

TEST(DrawSvg, EscapesNames) {
  std::string svg = draw_svg(test_plan("</svg><script>&\\\"\\x01"));
  EXPECT_TRUE(well_formed(svg)) << svg;
  EXPECT_NE(svg.find("&lt;/svg&gt;&lt;script&gt;&amp;&quot; :"), std::string::npos) << svg;
}

TEST(DrawSvg, CutsLabelsBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 40; ++i) {
    name += i % 2 ? "é" : "e";
    EXPECT_TRUE(valid_utf8(draw_svg(test_plan(name)))) << name;
  }
}

TEST(DrawSvg, PlansOfOneByteAndOfNothing) {
  EXPECT_TRUE(well_formed(draw_svg(plan_of("input %0 \"x\" int8[1]\noutput %0"))));
  EXPECT_TRUE(well_formed(draw_svg(Plan())));
}

}  // namespace
}  // namespace mote
