// SPDX-License-Identifier: Apache-2.0
// The firmware around a model on a virtual board: opens the image that is linked in, opens it again
// as each later start would, reads inputs and writes outputs through semihosting. The protocol is
// engines/exchange.h's. Exit codes: 0 done, 1 a file is missing or too short, 2 wrong arguments, 3
// the image was refused, 4 a loop takes too many turns.
#include "boards/firmware/firmware.h"
#include "boards/firmware/semihost.h"
#include "runtime/session.h"

// In model/, which engines/board_firmware.cc writes.
extern const uint8_t mote_image[];
extern const uint32_t mote_image_bytes;
extern uint8_t mote_arena[];
extern const uint32_t mote_arena_bytes;
extern mote::Session mote_session;

extern "C" {
/// Called around open(), reopen() and each run(): the profiler tells by these calls what is what.
__attribute__((noinline, used)) void mote_mark() {
  asm volatile("");
}
}

namespace {

using namespace mote;

Session& session = mote_session;

bool read_inputs(int file) {
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    TensorView input = session.input(i);
    if (semihost::read(file, input.data, input.bytes) != input.bytes) return false;
  }
  return true;
}

uint32_t number(const char* digits) {
  uint32_t value = 0;
  for (; *digits >= '0' && *digits <= '9'; ++digits) {
    value = value * 10 + static_cast<uint32_t>(*digits - '0');
  }
  return value;
}

int stop() {
  semihost::print("mote: ");
  semihost::print(describe(Status::kTooManyTurns));
  semihost::print("\n");
  return 4;
}

int run_all(int in, uint32_t count) {
  int out = semihost::open("outputs.bin", semihost::OpenMode::kWrite);
  if (out < 0) return 1;
  for (uint32_t n = 0; n < count; ++n) {
    if (!read_inputs(in)) return 1;
    mote_mark();
    Status status = session.run();
    mote_mark();
    if (status != Status::kOk) return stop();
    for (uint32_t i = 0; i < session.output_count(); ++i) {
      TensorView output = session.output(i);
      if (semihost::write(out, output.data, output.bytes) != output.bytes) return 1;
    }
  }
  return semihost::close(out) ? 0 : 1;
}

int trace(int in, uint32_t samples, uint32_t count) {
  int probes = semihost::open("probes.bin", semihost::OpenMode::kRead);
  int out = semihost::open("trace.bin", semihost::OpenMode::kWrite);
  if (probes < 0 || out < 0) return 1;
  for (; samples > 1; --samples) {
    if (!read_inputs(in)) return 1;
    if (session.run() != Status::kOk) return stop();
  }
  if (!read_inputs(in)) return 1;
  if (session.step() != Status::kOk) return stop();  // begins the run
  for (uint32_t n = 0; n < count; ++n) {
    uint32_t probe[3];  // step, offset, bytes
    if (semihost::read(probes, probe, sizeof probe) != sizeof probe) return 1;
    while (session.next_step() <= probe[0]) {
      if (session.step() != Status::kOk) return stop();
    }
    if (semihost::write(out, mote_arena + probe[1], probe[2]) != probe[2]) return 1;
  }
  return semihost::close(out) ? 0 : 1;
}

int refuse(Status status) {
  semihost::print("mote: the image was refused: ");
  semihost::print(describe(status));
  semihost::print(" (index ");
  semihost::print_unsigned(session.error_index());
  semihost::print(")\n");
  return 3;
}

}  // namespace

int mote_main(int argc, char** argv) {
  Span<const uint8_t> image = {mote_image, mote_image_bytes};
  Span<uint8_t> arena = {mote_arena, mote_arena_bytes};
  mote_mark();
  Status status = open(image, arena, &session);
  mote_mark();
  if (status == Status::kOk) status = reopen(image, arena, &session);
  mote_mark();
  if (status != Status::kOk) return refuse(status);
  if (argc < 3) return 2;
  int in = semihost::open("inputs.bin", semihost::OpenMode::kRead);
  if (in < 0) return 1;
  if (argv[1][0] == 'r') return run_all(in, number(argv[2]));
  return argc == 4 ? trace(in, number(argv[2]), number(argv[3])) : 2;
}
