// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace mote::mlperf {
namespace {

constexpr int kAttempts = 3;
constexpr double kQuiet_s = 0.05;  // a line on which nothing comes for so long is quiet

double now_s() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

/// The end of what came, as one printable line.
std::string shown(const std::vector<std::string>& lines, const std::string& rest) {
  std::string text;
  for (const std::string& line : lines) text += line + " | ";
  text += rest;
  if (text.empty()) return "nothing";
  if (text.size() > 200) text = "…" + text.substr(text.size() - 200);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return "\"" + text + "\"";
}

/// The text between `open` and the "]" that ends the line.
std::optional<std::string> bracketed(const std::vector<std::string>& lines, std::string_view open) {
  for (const std::string& line : lines) {
    if (!line.starts_with(open) || !line.ends_with("]")) continue;
    return line.substr(open.size(), line.size() - open.size() - 1);
  }
  return {};
}

template <typename T>
std::optional<T> number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::optional<std::vector<float>> numbers(std::string_view text) {
  std::vector<float> values;
  for (;;) {
    const size_t comma = text.find(',');
    std::optional<float> value = number<float>(text.substr(0, comma));
    if (!value) return {};
    values.push_back(*value);
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

std::vector<uint64_t> lap_times(const std::vector<std::string>& lines) {
  constexpr std::string_view kLap = "m-lap-us-";
  std::vector<uint64_t> laps;
  for (const std::string& line : lines) {
    if (!line.starts_with(kLap)) continue;
    if (auto lap = number<uint64_t>(std::string_view(line).substr(kLap.size())))
      laps.push_back(*lap);
  }
  return laps;
}

/// A board's clock has 32 bits and wraps after 71 minutes.
uint64_t unwrapped(uint64_t start, uint64_t end) {
  return end < start ? end + (uint64_t{1} << 32) : end;
}

std::string hex(const Bytes& bytes, size_t from, size_t count) {
  std::string text;
  for (size_t i = from; i < std::min(from + count, bytes.size()); ++i) {
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

bool contains(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace

/// The next line without its end; what came of it stays in `pending_` when the time is over.
Result<std::string> Client::next_line(double deadline) {
  for (;;) {
    const size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      std::erase_if(line, [](char c) { return c == '\r' || c == '\0'; });
      return line;
    }
    const double left = deadline - now_s();
    if (left <= 0) return fail("the time is over");
    MOTE_TRY(const std::string more, line_.read(left));
    pending_ += more;
  }
}

Result<std::vector<std::string>> Client::command(const std::string& text, double timeout_s) {
  Result<void> sent = line_.write(text + "%", timeout_s);
  if (!sent.ok()) return fail("\"{}\": {}", text, sent.error().message);
  const double deadline = now_s() + timeout_s;
  std::vector<std::string> lines;
  for (;;) {
    Result<std::string> line = next_line(deadline);
    if (!line.ok()) {
      return fail("\"{}\": no m-ready within {} s ({}); came: {}", text, timeout_s,
                  line.error().message, shown(lines, pending_));
    }
    if (line->find("m-ready") != std::string::npos) break;
    if (!line->empty()) lines.push_back(*std::move(line));
  }
  for (const std::string& line : lines) {
    if (line.starts_with("e-[")) return fail("\"{}\": the device says {}", text, line);
  }
  return lines;
}

Result<void> Client::forget_input() {
  const double deadline = now_s() + options_.reply_s;
  pending_.clear();
  while (now_s() < deadline) {
    MOTE_TRY(const std::string came, line_.read(kQuiet_s));
    if (came.empty()) return {};
  }
  return fail("the line is never quiet");
}

Result<std::string> Client::read_name() {
  MOTE_CHECK_OK(forget_input());
  MOTE_TRY(const auto lines, command("name", options_.reply_s));
  if (auto vendor = bracketed(lines, "m-name-dut-[")) return *vendor;
  return fail("\"name\": no m-name-dut-[…]; came: {}", shown(lines, pending_));
}

/// A device that holds half a command answers the first "name" with an error, not the second.
Result<void> Client::resynchronise() {
  Result<std::string> name = fail("");
  for (int i = 0; i < kAttempts && !name.ok(); ++i) name = read_name();
  if (!name.ok()) return name.error();
  return {};
}

Result<DeviceName> Client::hello() {
  MOTE_CHECK_OK(resynchronise());
  DeviceName device;
  MOTE_TRY(device.vendor, read_name());
  MOTE_TRY(const auto lines, command("profile", options_.reply_s));
  const auto profile = bracketed(lines, "m-profile-["), model = bracketed(lines, "m-model-[");
  if (!profile || !model) {
    return fail("\"profile\": no m-profile-[…] and m-model-[…]; came: {}", shown(lines, pending_));
  }
  device.profile = *profile;
  device.model = *model;
  return device;
}

Result<void> Client::load_once(const Bytes& input) {
  const std::string load = fmt::format("db load {}", input.size());
  MOTE_TRY(const auto reply, command(load, options_.reply_s));
  if (!contains(reply, fmt::format("m-[Expecting {} bytes]", input.size()))) {
    return fail("\"{}\": the device doesn't expect them; came: {}", load, shown(reply, pending_));
  }
  for (size_t at = 0; at < input.size(); at += options_.chunk_bytes) {
    const std::string db = "db " + hex(input, at, options_.chunk_bytes);
    MOTE_TRY(const auto lines, command(db, options_.reply_s));
    const bool last = at + options_.chunk_bytes >= input.size();
    if (contains(lines, "m-load-done") != last) {
      return fail("\"{}\": {} after {} of {} bytes: the line loses or adds some", db,
                  last ? "no m-load-done" : "m-load-done",
                  std::min(at + options_.chunk_bytes, input.size()), input.size());
    }
  }
  return {};
}

Result<void> Client::load(const Bytes& input) {
  Result<void> loaded = load_once(input);
  for (int i = 1; i < kAttempts && !loaded.ok(); ++i) {
    if (!resynchronise().ok()) break;
    loaded = load_once(input);
  }
  return loaded;
}

Result<Inference> Client::infer(uint64_t iterations, uint64_t warmups, double expected_s) {
  const std::string text = fmt::format("infer {} {}", iterations, warmups);
  const double timeout = expected_s > 0 ? 4 * expected_s + 30 : options_.infer_s;
  MOTE_TRY(const auto lines, command(text, timeout));
  const std::vector<uint64_t> laps = lap_times(lines);
  if (laps.size() != 2) {
    return fail("\"{}\": {} timestamps m-lap-us-N instead of 2{}; came: {}", text, laps.size(),
                laps.empty() ? " (is the device in energy mode?)" : "", shown(lines, pending_));
  }
  const auto results = bracketed(lines, "m-results-[");
  const auto values = results ? numbers(*results) : std::nullopt;
  if (!values || !contains(lines, "m-infer-done")) {
    return fail("\"{}\": no {}; came: {}", text, values ? "m-infer-done" : "m-results-[f,f,…]",
                shown(lines, pending_));
  }
  return Inference{.start_us = laps[0],
                   .end_us = unwrapped(laps[0], laps[1]),
                   .iterations = iterations,
                   .warmups = warmups,
                   .results = *values};
}

}  // namespace mote::mlperf
