// SPDX-License-Identifier: Apache-2.0
// The serial protocol of MLPerf Tiny (the benchmark's API 1.0 and later), over one model. Commands
// end with '%', replies with "\r\n", and each command's last reply is "m-ready":
//
//     name                 m-name-dut-[vendor]
//     profile              m-profile-[…], m-model-[kws01]
//     timestamp            m-lap-us-N, or an edge of the timestamp pin when energy is measured
//     db load N            m-[Expecting N bytes]: begins to fill the buffer
//     db HEX               the next bytes; m-load-done with the last one
//     db print             m-buffer-HH-HH-…, what is in it
//     infer N [W]          W inferences (10 if not said), timestamp, N inferences, timestamp,
//     results results              m-results-[f,f,…] help
//
// Whatever is wrong is answered by one e-[…] line; the next command starts afresh. Where the
// benchmark's own firmware has such an answer, it is the same to the letter, for runners that look
// at it.
#ifndef MOTE_BENCH_DUT_DEVICE_PROTOCOL_H_
#define MOTE_BENCH_DUT_DEVICE_PROTOCOL_H_

#include <stdint.h>

#include "base/span.h"
#include "runtime/session.h"

namespace mote::dut {

/// What the firmware asks of its board.
struct Port {
  void* context = nullptr;
  /// Sends bytes on the serial line.
  void (*write)(void* context, const char* text, uint32_t bytes) = nullptr;
  /// Microseconds since any fixed moment; wraps.
  uint32_t (*microseconds)(void* context) = nullptr;
  /// A falling edge on the timestamp pin that lasts at least 1 µs. Null: no pin.
  void (*edge)(void* context) = nullptr;
  /// Asked after each of `count` timed inferences, `done` of them done: how many of those that
  /// remain needn't run, because the board's time is known without. Null: all run.
  uint32_t (*skippable)(void* context, uint32_t done, uint32_t count) = nullptr;
};

/// How the buffer's bytes become the input tensor.
enum class InputForm : uint8_t {
  kRaw,       // as they are: the tensor's own bytes
  kUnsigned,  // a uint8 picture: minus 128 for int8 tensors, as numbers for float32 ones
  kFloat,     // float32 values, quantised with the tensor's scale and zero point
};

/// What `results` answers.
enum class ResultForm : uint8_t {
  kScores,  // each element of the first output, as a real number
  /// mean((output - input)²) over the elements (anomaly detection). REQUIRES: InputForm::kFloat,
  /// and as many output elements as input elements.
  kReconstructionError
};

/// What the firmware is built for.
struct Role {
  const char* vendor = "";
  const char* model = "";  // "kws01"
  InputForm input = InputForm::kRaw;
  ResultForm result = ResultForm::kScores;
  bool energy = false;  // timestamps are edges on the pin
};

uint32_t elements(const TensorView& tensor);

/// Bytes that an inference takes, as `db load` counts them.
uint32_t input_bytes(const TensorView& input, InputForm form);

/// Bytes that the protocol's buffer must have: those, and room for what has to be quantised.
uint32_t buffer_bytes(const TensorView& input, InputForm form);

class Protocol {
 public:
  /// To be assigned before use.
  Protocol() = default;
  /// `session` is open and has one input; `buffer` holds buffer_bytes(), at a multiple of 4.
  /// All stay the caller's and must outlive this.
  Protocol(const Role& role, const Port& port, Session* session, Span<uint8_t> buffer)
      : role_(role), port_(port), session_(session), buffer_(buffer) {}

  /// Says the mode of its timestamps, makes one, and that it is ready.
  void boot();
  /// Takes the next character from the serial line; performs the command that it ends.
  void take(char c);

 private:
  /// The longest command with its end, as in the benchmark's own firmware.
  static constexpr uint32_t kCommandBytes = 80;

  void perform(char* command);
  void help();
  void profile();
  void database(char* rest);
  void load(char* rest);
  void store(const char* digits);
  void print_buffer();
  void infer(char* rest);
  bool run_many(uint32_t count, bool timed);
  void prepare_input();
  void load_input();
  void timestamp();
  void results();
  float reconstruction_error() const;
  float loaded_float(uint32_t i) const;

  void say(const char* text);
  void say_number(uint64_t value);
  void say_line(const char* before, uint64_t value, const char* after);
  void complain(const char* what, const char* detail = "");

  Role role_;
  Port port_;
  Session* session_ = nullptr;
  Span<uint8_t> buffer_;
  uint32_t expected_ = 0;  // bytes, as `db load` said
  uint32_t loaded_ = 0;
  bool ran_ = false;  // outputs are those of the buffer's input
  bool overlong_ = false;
  uint32_t length_ = 0;
  char command_[kCommandBytes] = {};
};

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_DEVICE_PROTOCOL_H_
