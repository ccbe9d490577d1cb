// SPDX-License-Identifier: Apache-2.0
// Start-up behind the first instructions, for every core: .data copied, .bss zeroed, stack painted,
// command line split, then mote_main(). There are no global constructors to run: the linker scripts
// refuse them.
#include "boards/firmware/startup.h"

#include "boards/firmware/firmware.h"
#include "boards/firmware/semihost.h"

namespace {

using mote::semihost::print;
using mote::semihost::print_unsigned;

constexpr uint32_t kStackPaint = 0xa5c3e187;
constexpr int kMaxArguments = 32;
constexpr size_t kCommandLineBytes = 1024;

/// Fills the stack below this function's own frame.
__attribute__((noinline)) void paint_stack() {
  uint32_t* here = static_cast<uint32_t*>(__builtin_frame_address(0)) - 16;
  for (uint32_t* word = mote_stack_bottom; word < here; ++word) *word = kStackPaint;
}

void set_up_memory() {
  const uint32_t* from = mote_data_load;
  for (uint32_t* word = mote_data_start; word < mote_data_end;) *word++ = *from++;
  for (uint32_t* word = mote_bss_start; word < mote_bss_end;) *word++ = 0;
}

/// Splits `line` at spaces, in place; returns how many words there are.
int split(char* line, char** words) {
  int n = 0;
  for (char* c = line; *c != 0 && n < kMaxArguments;) {
    while (*c == ' ') *c++ = 0;
    if (*c != 0) words[n++] = c;
    while (*c != 0 && *c != ' ') ++c;
  }
  return n;
}

char command_line[kCommandLineBytes];
char* arguments[kMaxArguments + 1];

}  // namespace

extern "C" {

uint32_t mote_stack_peak_bytes() {
  const uint32_t* word = mote_stack_bottom;
  while (word < mote_stack_top && *word == kStackPaint) ++word;
  return static_cast<uint32_t>((mote_stack_top - word) * sizeof *word);
}

void mote_exit(int code) {
  uint32_t peak = mote_stack_peak_bytes();
  print("mote-stack: ");
  print_unsigned(peak);
  print(" of ");
  print_unsigned(static_cast<uint32_t>((mote_stack_top - mote_stack_bottom) * sizeof(uint32_t)));
  print("\n");
  mote::semihost::exit(code);
}

void mote_start() {
  set_up_memory();
  paint_stack();
  if (!mote::semihost::command_line(command_line, sizeof command_line)) {
    print("mote-fault: the command line is longer than 1024 bytes\n");
    mote::semihost::exit(kFaultExitCode);
  }
  int n = split(command_line, arguments);
  mote_exit(mote_main(n, arguments));
}
}  // extern "C"
