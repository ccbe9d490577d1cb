// SPDX-License-Identifier: Apache-2.0
#include "compiler/drawing.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/record.h"

namespace mote {
namespace {

/// Buffers with the same place that follow one another in the same bytes (in-place results) are
/// still drawn one by one: each has its own time.
std::vector<Allocation> sorted_allocations(const Plan& plan) {
  std::vector<Allocation> sorted = plan.allocations;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Allocation& a, const Allocation& b) {
    return a.first_step != b.first_step ? a.first_step < b.first_step : a.offset < b.offset;
  });
  return sorted;
}

/// Steps -1 (inputs), 0 … n-1, n (outputs) as columns.
int columns(const Plan& plan) {
  return static_cast<int>(plan.steps.size()) + 2;
}

char letter(size_t index) {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return letters[index % letters.size()];
}

std::string escape(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

/// At most `bytes` of the text, no character of it cut in two.
std::string cut(const std::string& text, size_t bytes) {
  auto inside_character = [&](size_t at) { return (text[at] & 0xc0) == 0x80; };
  if (bytes >= text.size()) return text;
  while (bytes > 0 && inside_character(bytes)) --bytes;
  return text.substr(0, bytes);
}

/// The step at which the most bytes of the arena are taken.
int peak_step(const Plan& plan) {
  int best = 0;
  uint64_t most = 0;
  for (int step = 0; step < static_cast<int>(plan.steps.size()); ++step) {
    uint64_t end = 0;
    for (const Allocation& a : plan.allocations) {
      if (a.first_step <= step && step <= a.last_step) {
        end = std::max(end, uint64_t{a.offset} + a.bytes);
      }
    }
    if (end > most) most = end, best = step;
  }
  return best;
}

std::string step_name(const Plan& plan, int step) {
  if (step < 0) return "input";
  if (step >= static_cast<int>(plan.steps.size())) return "output";
  const PlanStep& s = plan.steps[static_cast<size_t>(step)];
  std::string_view name = plan.graph.nodes[static_cast<size_t>(s.node)].record->name;
  const char* jump = s.kind == PlanStep::kJump            ? " jump"
                     : s.kind == PlanStep::kBranchIfFalse ? " branch"
                                                          : "";
  return fmt::format("{} {}{}", step, step < plan.init_steps ? "reset" : name, jump);
}

/// What keeps its bytes between runs, and what a reset runs; nothing for a model without state.
std::string state_text(const Plan& plan) {
  if (plan.state_bytes == 0) return "";
  return fmt::format(
      "  state: the first {} bytes, kept from run to run; a reset runs steps 0 to {}\n\n",
      plan.state_bytes, plan.init_steps - 1);
}

}  // namespace

std::string draw_text(const Plan& plan, int rows) {
  std::vector<Allocation> allocations = sorted_allocations(plan);
  int wide = std::max(1, std::min(6, 72 / columns(plan)));
  std::vector<std::string> canvas(static_cast<size_t>(rows),
                                  std::string(static_cast<size_t>(columns(plan) * wide), '.'));
  double bytes_per_row = std::max(1.0, static_cast<double>(plan.arena_bytes) / rows);
  for (size_t i = 0; i < allocations.size(); ++i) {
    const Allocation& a = allocations[i];
    int low = static_cast<int>(a.offset / bytes_per_row);
    int high = static_cast<int>((a.offset + a.bytes - 1) / bytes_per_row);
    for (int row = low; row <= std::min(high, rows - 1); ++row) {
      for (int column = (a.first_step + 1) * wide; column < (a.last_step + 2) * wide; ++column) {
        canvas[static_cast<size_t>(row)][static_cast<size_t>(column)] = letter(i);
      }
    }
  }
  std::string text;
  for (int row = rows - 1; row >= 0; --row) {
    text += fmt::format("{:>9} |{}|\n", static_cast<uint64_t>(row * bytes_per_row),
                        canvas[static_cast<size_t>(row)]);
  }
  text += fmt::format("{:>9}  in{:>{}}\n\n", "byte", "out", std::max(3, columns(plan) * wide - 2));
  text += state_text(plan);
  for (size_t i = 0; i < allocations.size(); ++i) {
    const Allocation& a = allocations[i];
    if (a.state) {
      text += fmt::format("  {}  {:>8} bytes at {:>8}, state: {}\n", letter(i), a.bytes, a.offset,
                          a.name);
      continue;
    }
    text += fmt::format(
        "  {}  {:>8} bytes at {:>8}, steps {} to {}: {}\n", letter(i), a.bytes, a.offset,
        a.first_step < 0 ? "input" : std::to_string(a.first_step),
        a.last_step >= static_cast<int>(plan.steps.size()) ? "output" : std::to_string(a.last_step),
        a.name);
  }
  return text;
}

std::string draw_svg(const Plan& plan) {
  constexpr double kLeft = 80, kTop = 40, kHeight = 420, kBottom = 130;
  double column = std::clamp(900.0 / columns(plan), 14.0, 90.0);
  double width = column * columns(plan);
  double scale = kHeight / std::max(1u, plan.arena_bytes);
  int peak = peak_step(plan);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n"
      "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#ffffff\"/>\n"
      "<text x=\"{2}\" y=\"20\" font-size=\"14\">{3}: arena {4} bytes{7}, lower bound {5}, "
      "{6}</text>\n",
      kLeft + width + 20, kTop + kHeight + kBottom, kLeft, escape(plan.graph.name),
      plan.arena_bytes, plan.arena_lower_bound_bytes, plan.planner,
      plan.state_bytes ? fmt::format(" ({} of them state)", plan.state_bytes) : "");
  svg += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"#fde8e4\"><title>peak: "
      "step {}</title></rect>\n",
      kLeft + (peak + 1) * column, kTop, column, kHeight, escape(step_name(plan, peak)));
  std::vector<Allocation> allocations = sorted_allocations(plan);
  for (size_t i = 0; i < allocations.size(); ++i) {
    const Allocation& a = allocations[i];
    double height = std::max(1.0, a.bytes * scale);
    double y = kTop + kHeight - a.offset * scale - height;
    double x = kLeft + (a.first_step + 1) * column;
    double w = (a.last_step - a.first_step + 1) * column;
    svg += fmt::format(
        "<g><title>{}: {} bytes at {}, steps {} to {}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" "
        "width=\"{:.1f}\" height=\"{:.1f}\" fill=\"hsl({},55%,72%)\" fill-opacity=\"0.85\" "
        "stroke=\"#334\" stroke-width=\"0.7\"/>",
        escape((a.state ? "state: " : "") + a.name), a.bytes, a.offset,
        escape(step_name(plan, a.first_step)), escape(step_name(plan, a.last_step)), x, y, w,
        height, i * 47 % 360);
    size_t room = static_cast<size_t>(std::max(0.0, w / 6.5));
    if (height >= 12 && room >= 3) {
      std::string label = fmt::format("{} {}", a.bytes, a.name);
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", x + 3, y + height / 2 + 4,
                         escape(cut(label, room)));
    }
    svg += "</g>\n";
  }
  for (int quarter = 0; quarter <= 4; ++quarter) {
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kLeft - 6,
                       kTop + kHeight - kHeight * quarter / 4 + 4, plan.arena_bytes * quarter / 4);
  }
  for (int step = -1; step <= static_cast<int>(plan.steps.size()); ++step) {
    double x = kLeft + (step + 1.5) * column, y = kTop + kHeight + 10;
    svg += fmt::format("<text transform=\"translate({:.1f},{:.1f}) rotate(55)\">{}</text>\n", x, y,
                       escape(step_name(plan, step)));
  }
  return svg + "</svg>\n";
}

}  // namespace mote
