// SPDX-License-Identifier: Apache-2.0
// Operators with a memory of what came before: frames out of a stream of samples, streams out of
// frames, delays, stacks and windows of frames. Each row of the input is a stream of its own. A
// state begins as zeros (a circular buffer as its zero point); where it is a queue, its first
// number counts what is in it. They compute TFLM's operators to the bit, but where TFLM leaves an
// output unwritten, it is 0 here.
#ifndef MOTE_OPS_STREAM_STREAM_H_
#define MOTE_OPS_STREAM_STREAM_H_

#include "base/kernel.h"

namespace mote {

struct FramerParams {
  int32_t rows, frames;
  int32_t frame_size, frame_step;  // frame_step <= frame_size
};

/// The longest queue: its count is an int16_t.
constexpr int32_t kMostQueued = 32767;

/// Samples of the queue of one stream: a whole number of steps.
constexpr int32_t framer_queue(int32_t frame_size, int32_t frame_step) {
  return (frame_size + frame_step - 1) / frame_step * frame_step;
}

/// Takes frames · frame_step samples of each row and gives as many frames, which overlap; `valid`
/// is 0 where a stream was too young for one of them. state: rows × (1 + framer_queue()); a count
/// of frame_size - frame_step at first gives frames from the beginning.
void framer(const FramerParams& params, const int16_t* input, int16_t* state, int16_t* output,
            uint8_t* valid);
bool check_framer(const FramerParams& params, const Operand* operands);

struct OverlapAddParams {
  int32_t rows, frames;
  int32_t frame_size, frame_step;  // frame_step <= frame_size
};

/// Adds up frames that overlap (saturating in int16): each gives frame_step samples. state: rows ×
/// frame_size.
void overlap_add_int16(const OverlapAddParams& params, const int16_t* input, int16_t* state,
                       int16_t* output);
bool check_overlap_add_int16(const OverlapAddParams& params, const Operand* operands);
void overlap_add_float32(const OverlapAddParams& params, const float* input, float* state,
                         float* output);
bool check_overlap_add_float32(const OverlapAddParams& params, const Operand* operands);

struct DelayParams {
  int32_t rows, frame_size;
  int32_t delay;  // at least 1
};

/// The stream as it was `delay` samples ago. state: rows × delay.
void delay_int16(const DelayParams& params, const int16_t* input, int16_t* state, int16_t* output);
bool check_delay_int16(const DelayParams& params, const Operand* operands);

struct StackerParams {
  int32_t channels;
  int32_t left_context, right_context;
  int32_t step;  // frames, at most left_context + right_context + 1
};

/// The frames around one, side by side: left_context before it (of which the first frame stands in
/// for those before it), right_context after it. `valid` is 0 while they aren't all there. state: 1
/// + channels · (left_context + right_context + 1), the count plus 1, so that 0 is the beginning.
void stacker(const StackerParams& params, const int16_t* input, int16_t* state, int16_t* output,
             uint8_t* valid);
bool check_stacker(const StackerParams& params, const Operand* operands);

struct CircularBufferParams {
  int32_t bytes;      // of the state
  int32_t new_bytes;  // of the input, at most `bytes`
};

/// What came last, oldest first: moves the state to the front and puts the input behind it.
void circular_buffer(const CircularBufferParams& params, const void* input, void* state);
bool check_circular_buffer(const CircularBufferParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_STREAM_STREAM_H_
