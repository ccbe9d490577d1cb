// SPDX-License-Identifier: Apache-2.0
// Between the device under test on a virtual board and the host: files of the run's folder, and
// what is in them. Little-endian, without padding; read by both.
#ifndef MOTE_BENCH_DUT_FIRMWARE_EXCHANGE_H_
#define MOTE_BENCH_DUT_FIRMWARE_EXCHANGE_H_

#include <stdint.h>

namespace mote::dut {

// FIFOs: the serial line.
constexpr const char* kLineIn = "line.in";
constexpr const char* kLineOut = "line.out";
// The firmware writes its question and calls mote_ask(); when that returns, the answer is there.
constexpr const char* kQuestionFile = "question";
constexpr const char* kAnswerFile = "answer";

enum QuestionKind : uint32_t {
  kTime = 1,      // what time is it?
  kEdge = 2,      // the timestamp pin fell now
  kInferred = 3,  // `done` of `count` timed inferences are done: how many needn't run?
};

struct Question {
  uint32_t number;  // 1, 2, …
  uint32_t kind;
  uint32_t done, count;
};

struct Answer {
  uint64_t microseconds;
  uint32_t skip;
  uint32_t reserved;
};

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_FIRMWARE_EXCHANGE_H_
