// SPDX-License-Identifier: Apache-2.0
// The device under test on a virtual board: the protocol over two FIFOs, and a clock that is asked
// for through two files, as exchange.h says. Exit codes: 0 the line was closed, 1 a file is
// missing, 3 the image was refused.
#include "bench/dut/device/protocol.h"
#include "bench/dut/firmware/exchange.h"
#include "boards/firmware/firmware.h"
#include "boards/firmware/semihost.h"
#include "runtime/session.h"

// In model/, which the build of the firmware writes.
extern const uint8_t mote_image[];
extern const uint32_t mote_image_bytes;
extern uint8_t mote_arena[];
extern const uint32_t mote_arena_bytes;
extern mote::Session mote_session;
extern const mote::dut::Role mote_role;
extern uint8_t mote_buffer[];
extern const uint32_t mote_buffer_bytes;

extern "C" {
/// The emulation stops here until the host has seen what ran before.
__attribute__((noinline, used)) void mote_ask() {
  asm volatile("");
}
}

namespace {

using namespace mote;
using namespace mote::dut;

struct Files {
  int in, out, question, answer;
};

Files files;

/// What the firmware says, a line at a time.
char line[256];
uint32_t line_length = 0;

void flush() {
  if (line_length > 0) semihost::write(files.out, line, line_length);
  line_length = 0;
}

void write_line(void*, const char* text, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; ++i) {
    line[line_length++] = text[i];
    if (text[i] == '\n' || line_length == sizeof line) flush();
  }
}

Answer ask(uint32_t kind, uint32_t done = 0, uint32_t count = 0) {
  static uint32_t number = 0;
  Question question = {++number, kind, done, count};
  Answer answer = {};
  semihost::seek(files.question, 0);
  semihost::write(files.question, &question, sizeof question);
  mote_ask();
  semihost::seek(files.answer, 0);
  semihost::read(files.answer, &answer, sizeof answer);
  return answer;
}

uint32_t microseconds(void*) {
  return static_cast<uint32_t>(ask(kTime).microseconds);
}

void edge(void*) {
  ask(kEdge);
}

uint32_t skippable(void*, uint32_t done, uint32_t count) {
  return ask(kInferred, done, count).skip;
}

int refuse(Status status) {
  semihost::print("mote: the image was refused: ");
  semihost::print(describe(status));
  semihost::print("\n");
  return 3;
}

int talk() {
  Port port;
  port.write = write_line;
  port.microseconds = microseconds;
  port.edge = edge;
  port.skippable = skippable;
  Protocol protocol(mote_role, port, &mote_session, {mote_buffer, mote_buffer_bytes});
  protocol.boot();
  char block[512];
  for (size_t n; (n = semihost::read(files.in, block, sizeof block)) > 0;) {
    for (size_t i = 0; i < n; ++i) protocol.take(block[i]);
  }
  return 0;
}

}  // namespace

int mote_main(int, char**) {
  files.in = semihost::open(kLineIn, semihost::OpenMode::kRead);
  files.out = semihost::open(kLineOut, semihost::OpenMode::kWrite);
  files.question = semihost::open(kQuestionFile, semihost::OpenMode::kWrite);
  files.answer = semihost::open(kAnswerFile, semihost::OpenMode::kRead);
  if (files.in < 0 || files.out < 0 || files.question < 0 || files.answer < 0) return 1;
  Status status =
      open({mote_image, mote_image_bytes}, {mote_arena, mote_arena_bytes}, &mote_session);
  return status == Status::kOk ? talk() : refuse(status);
}
