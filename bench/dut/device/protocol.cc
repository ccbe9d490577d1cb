// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/device/protocol.h"

#include "base/math.h"
#include "bench/dut/device/text.h"

namespace mote::dut {
namespace {

constexpr const char* kVersion = "mote DUT firmware 1.0";
constexpr uint32_t kDefaultWarmups = 10;

/// Cuts the next word off `*rest`: returns it, ended by a zero, or null if there is none.
char* next_word(char** rest) {
  char* word = *rest;
  while (*word == ' ') ++word;
  if (*word == 0) return nullptr;
  char* end = word;
  while (*end != 0 && *end != ' ') ++end;
  *rest = end;
  if (*end != 0) *(*rest)++ = 0;
  return word;
}

bool same(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}

uint32_t length(const char* text) {
  uint32_t n = 0;
  while (text[n] != 0) ++n;
  return n;
}

/// round(value / scale) + zero_point in int8, halves away from zero.
int8_t quantise(float value, const TensorView& tensor) {
  float scaled = value / tensor.scale;
  if (!(scaled > -512.0f)) scaled = -512.0f;
  if (scaled > 512.0f) scaled = 512.0f;
  int32_t rounded = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5f : 0.5f)) + tensor.zero_point;
  return static_cast<int8_t>(rounded < -128 ? -128 : rounded > 127 ? 127 : rounded);
}

/// Copies bytes, each minus 128 if `centred`, four at a time. REQUIRES: both at multiples of 4.
void copy(const uint8_t* from, uint32_t bytes, bool centred, uint8_t* to) {
  const uint32_t flip = centred ? 0x80808080u : 0;
  const uint32_t* words = reinterpret_cast<const uint32_t*>(from);
  uint32_t* to_words = reinterpret_cast<uint32_t*>(to);
  uint32_t whole = bytes / 4;
  for (uint32_t i = 0; i < whole; ++i) to_words[i] = words[i] ^ flip;
  for (uint32_t i = 4 * whole; i < bytes; ++i)
    to[i] = static_cast<uint8_t>(from[i] ^ (flip & 0x80));
}

float real(const TensorView& tensor, uint32_t i) {
  switch (tensor.dtype) {
    case DType::kInt8:
      return tensor.scale * static_cast<float>(tensor.as<int8_t>()[i] - tensor.zero_point);
    case DType::kUInt8:
      return tensor.scale * static_cast<float>(tensor.as<uint8_t>()[i] - tensor.zero_point);
    case DType::kInt16:
      return tensor.scale * static_cast<float>(tensor.as<int16_t>()[i] - tensor.zero_point);
    case DType::kFloat32:
      return tensor.as<float>()[i];
    default:
      return 0;
  }
}

}  // namespace

uint32_t elements(const TensorView& tensor) {
  return static_cast<uint32_t>(uint64_t{tensor.bytes} * 8 / bits_of(tensor.dtype));
}

uint32_t input_bytes(const TensorView& input, InputForm form) {
  switch (form) {
    case InputForm::kUnsigned:
      return elements(input);
    case InputForm::kFloat:
      return elements(input) * 4;
    default:
      return input.bytes;
  }
}

uint32_t buffer_bytes(const TensorView& input, InputForm form) {
  uint32_t taken = input_bytes(input, form);
  bool quantised = form == InputForm::kFloat && input.dtype != DType::kFloat32;
  return quantised ? taken + input.bytes : taken;
}

void Protocol::boot() {
  say(role_.energy ? "m-timestamp-mode-energy\r\n" : "m-timestamp-mode-performance\r\n");
  timestamp();
  say("m-init-done\r\nm-ready\r\n");
}

void Protocol::take(char c) {
  if (c == '\r' || c == '\n') return;
  if (c != '%') {
    if (length_ + 1 < kCommandBytes) {
      command_[length_++] = c >= ' ' && c <= '~' ? c : '?';
    } else {
      overlong_ = true;
    }
    return;
  }
  command_[length_] = 0;
  length_ = 0;
  if (overlong_) {
    complain("Command longer than 79 characters");
  } else {
    perform(command_);
  }
  overlong_ = false;
  say("m-ready\r\n");
}

void Protocol::perform(char* command) {
  char* rest = command;
  const char* word = next_word(&rest);
  if (word == nullptr) return complain("Unknown command: ");
  if (same(word, "name")) {
    say("m-name-dut-[");
    say(role_.vendor);
    return say("]\r\n");
  }
  if (same(word, "timestamp")) return timestamp();
  if (same(word, "profile")) return profile();
  if (same(word, "help")) return help();
  if (same(word, "db")) return database(rest);
  if (same(word, "infer")) return infer(rest);
  if (same(word, "results")) return results();
  complain("Unknown command: ", word);
}

void Protocol::profile() {
  say("m-profile-[");
  say(kVersion);
  say("]\r\nm-model-[");
  say(role_.model);
  say("]\r\n");
}

void Protocol::help() {
  say(kVersion);
  say("\r\n\r\n"
      "help         : this text\r\n"
      "name         : the device's name\r\n"
      "profile      : the firmware's version and its model\r\n"
      "timestamp    : the time, or an edge on the timestamp pin\r\n"
      "db load N    : begins an input of N bytes\r\n"
      "db HH[HH]*   : its next bytes\r\n"
      "db print     : prints it\r\n"
      "infer N [W]  : N timed inferences of it after W others (10)\r\n"
      "results      : the outputs as numbers\r\n");
}

void Protocol::database(char* rest) {
  const char* word = next_word(&rest);
  if (word == nullptr) return complain("Command 'db' requires a subcommand");
  if (same(word, "load")) return load(rest);
  if (same(word, "print")) return print_buffer();
  store(word);
}

void Protocol::load(char* rest) {
  const char* word = next_word(&rest);
  uint32_t bytes = 0;
  if (word == nullptr) return complain("Command 'db load' requires the # of bytes");
  if (!read_unsigned(word, &bytes) || bytes == 0) {
    return complain("Command 'db load' must be >0 bytes, not ", word);
  }
  expected_ = loaded_ = 0;
  ran_ = false;
  if (bytes > buffer_.size()) {
    say("e-[Supplied buffer size ");
    say_number(bytes);
    return say_line(" exceeds maximum of ", buffer_.size(), "]\r\n");
  }
  expected_ = bytes;
  say_line("m-[Expecting ", bytes, " bytes]\r\n");
}

void Protocol::store(const char* digits) {
  uint32_t count = length(digits);
  for (uint32_t i = 0; i < count; ++i) {
    if (hex_value(digits[i]) < 0) return complain("Invalid hex digits ", digits);
  }
  if (count % 2 != 0) return complain("Insufficent number of hex digits");
  if (expected_ == 0) return complain("'db load' comes before the bytes");
  if (loaded_ == expected_) return complain("All bytes are loaded: 'db load' begins another input");
  for (uint32_t i = 0; i < count && loaded_ < expected_; i += 2) {
    buffer_[loaded_++] = static_cast<uint8_t>(hex_value(digits[i]) << 4 | hex_value(digits[i + 1]));
  }
  ran_ = false;
  if (loaded_ == expected_) say("m-load-done\r\n");
}

void Protocol::print_buffer() {
  constexpr uint32_t kInLine = 8;
  for (uint32_t i = 0; i < loaded_; ++i) {
    say(i % kInLine == 0 ? "m-buffer-" : "-");
    char hex[3] = {};
    write_hex(buffer_[i], hex);
    say(hex);
    if (i % kInLine == kInLine - 1 || i + 1 == loaded_) say("\r\n");
  }
}

void Protocol::infer(char* rest) {
  uint32_t count = 1, warmups = kDefaultWarmups;
  const char* word = next_word(&rest);
  if (word != nullptr && (!read_unsigned(word, &count) || count == 0)) {
    return complain("Inference iterations must be >0");
  }
  if (word != nullptr) word = next_word(&rest);
  if (word != nullptr && !read_unsigned(word, &warmups)) {
    return complain("Inference warmup must be >=0");
  }
  uint32_t needed = input_bytes(session_->input(0), role_.input);
  if (expected_ != needed || loaded_ != needed) {
    say("e-[The input has ");
    say_number(loaded_);
    return say_line(" bytes, the model takes ", needed, ": load it first]\r\n");
  }
  prepare_input();
  say_line("m-warmup-start-", warmups, "\r\n");
  if (!run_many(warmups, false)) return;
  say("m-warmup-done\r\n");
  say_line("m-infer-start-", count, "\r\n");
  timestamp();
  if (!run_many(count, true)) return;
  timestamp();
  say("m-infer-done\r\n");
  ran_ = true;
  results();
}

/// The input is loaded anew each time: the model overwrites it while it runs.
bool Protocol::run_many(uint32_t count, bool timed) {
  for (uint32_t done = 0; done < count;) {
    load_input();
    Status status = session_->run();
    if (status != Status::kOk) {
      complain("The inference failed: ", describe(status));
      return false;
    }
    ++done;
    if (timed && port_.skippable != nullptr) done += port_.skippable(port_.context, done, count);
  }
  return true;
}

float Protocol::loaded_float(uint32_t i) const {
  union {
    uint32_t bits;
    float value;
  } pun = {0};
  for (uint32_t byte = 0; byte < 4; ++byte) pun.bits |= uint32_t{buffer_[4 * i + byte]} << 8 * byte;
  return pun.value;
}

/// What needs more than a copy is done once, before the clock runs.
void Protocol::prepare_input() {
  TensorView input = session_->input(0);
  uint32_t from = input_bytes(input, role_.input);
  if (role_.input != InputForm::kFloat || input.dtype == DType::kFloat32) return;
  for (uint32_t i = 0; i < input.bytes; ++i) {
    buffer_[from + i] = static_cast<uint8_t>(quantise(loaded_float(i), input));
  }
}

void Protocol::load_input() {
  TensorView input = session_->input(0);
  bool picture = role_.input == InputForm::kUnsigned;
  if (picture && input.dtype == DType::kFloat32) {
    Span<float> to = input.as<float>();
    for (uint32_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(buffer_[i]);
    return;
  }
  bool quantised = role_.input == InputForm::kFloat && input.dtype != DType::kFloat32;
  const uint8_t* from = buffer_.data() + (quantised ? input_bytes(input, role_.input) : 0);
  copy(from, input.bytes, picture && input.dtype == DType::kInt8,
       static_cast<uint8_t*>(input.data));
}

void Protocol::timestamp() {
  if (!role_.energy) return say_line("m-lap-us-", port_.microseconds(port_.context), "\r\n");
  if (port_.edge != nullptr) port_.edge(port_.context);
}

void Protocol::results() {
  if (!ran_) return complain("No results: 'infer' comes first");
  char number[kMaxNumberText];
  say("m-results-[");
  TensorView output = session_->output(0);
  bool scores = role_.result == ResultForm::kScores;
  for (uint32_t i = 0; i < (scores ? elements(output) : 1); ++i) {
    if (i > 0) say(",");
    uint32_t n = write_thousandths(scores ? real(output, i) : reconstruction_error(), number);
    port_.write(port_.context, number, n);
  }
  say("]\r\n");
}

float Protocol::reconstruction_error() const {
  TensorView output = session_->output(0);
  uint32_t count = elements(output);
  float sum = 0;
  for (uint32_t i = 0; i < count; ++i) {
    float difference = real(output, i) - loaded_float(i);
    sum += difference * difference;
  }
  return sum / static_cast<float>(count);
}

void Protocol::say(const char* text) {
  port_.write(port_.context, text, length(text));
}

void Protocol::say_number(uint64_t value) {
  char number[kMaxNumberText];
  port_.write(port_.context, number, write_unsigned(value, number));
}

void Protocol::say_line(const char* before, uint64_t value, const char* after) {
  say(before);
  say_number(value);
  say(after);
}

void Protocol::complain(const char* what, const char* detail) {
  say("e-[");
  say(what);
  say(detail);
  say("]\r\n");
}

}  // namespace mote::dut
