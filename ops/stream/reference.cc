// SPDX-License-Identifier: Apache-2.0
// The definition of the streaming operators. Queues are moved to the front when something leaves
// them, so that what they hold lies in one piece.
#include "base/fixed_point.h"
#include "ops/stream/stream.h"

namespace mote {
namespace {

template <typename T>
void copy_samples(const T* from, int32_t count, T* to) {
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// Takes the first `count` of `size` samples away.
template <typename T>
void drop_samples(int32_t count, int32_t size, T* samples) {
  for (int32_t i = count; i < size; ++i) samples[i - count] = samples[i];
}

/// One step of one stream; returns whether there is a frame.
bool next_frame(const FramerParams& p, const int16_t* input, int16_t* state, int16_t* output) {
  int32_t most = framer_queue(p.frame_size, p.frame_step) - p.frame_step;
  // The count is held to what the queue can have, whatever an image says it begins with.
  int32_t count = clamp(state[0], 0, most);
  int16_t* queue = state + 1;
  copy_samples(input, p.frame_step, queue + count);
  count += p.frame_step;
  bool there = count >= p.frame_size;
  for (int32_t i = 0; i < p.frame_size; ++i) output[i] = there ? queue[i] : int16_t{0};
  if (there) {
    drop_samples(p.frame_step, count, queue);
    count -= p.frame_step;
  }
  state[0] = static_cast<int16_t>(count);
  return there;
}

int16_t add_samples(int16_t a, int16_t b) {
  return static_cast<int16_t>(clamp(int32_t{a} + b, -32768, 32767));
}
float add_samples(float a, float b) {
  return a + b;
}

template <typename T>
void overlap_add(const OverlapAddParams& p, const T* input, T* state, T* output) {
  for (int32_t r = 0; r < p.rows; ++r, state += p.frame_size) {
    for (int32_t f = 0; f < p.frames; ++f) {
      for (int32_t i = 0; i < p.frame_size; ++i) state[i] = add_samples(input[i], state[i]);
      copy_samples(state, p.frame_step, output);
      drop_samples(p.frame_step, p.frame_size, state);
      for (int32_t i = p.frame_size - p.frame_step; i < p.frame_size; ++i) state[i] = T{0};
      input += p.frame_size;
      output += p.frame_step;
    }
  }
}

template <typename T>
bool check_overlap_add(const OverlapAddParams& p, const Operand* operands) {
  return all_within(1, p.frame_size, p.frame_step) && all_within(1, kInt32Max, p.frames) &&
         operands[0].holds<T>(p.rows, p.frames, p.frame_size) &&
         operands[1].holds<T>(p.rows, p.frame_size) &&
         operands[2].holds<T>(p.rows, p.frames, p.frame_step);
}

}  // namespace

void framer(const FramerParams& p, const int16_t* input, int16_t* state, int16_t* output,
            uint8_t* valid) {
  *valid = 1;
  for (int32_t r = 0; r < p.rows; ++r) {
    for (int32_t f = 0; f < p.frames; ++f) {
      if (!next_frame(p, input, state, output)) *valid = 0;
      input += p.frame_step;
      output += p.frame_size;
    }
    state += 1 + framer_queue(p.frame_size, p.frame_step);
  }
}

bool check_framer(const FramerParams& p, const Operand* operands) {
  if (!all_within(1, kMostQueued, p.frame_size) || !all_within(1, p.frame_size, p.frame_step)) {
    return false;
  }
  int32_t queue = framer_queue(p.frame_size, p.frame_step);
  return queue <= kMostQueued && operands[0].holds<int16_t>(p.rows, p.frames, p.frame_step) &&
         operands[1].holds<int16_t>(p.rows, 1 + queue) &&
         operands[2].holds<int16_t>(p.rows, p.frames, p.frame_size) &&
         operands[3].holds<uint8_t>(1);
}

void overlap_add_int16(const OverlapAddParams& p, const int16_t* input, int16_t* state,
                       int16_t* output) {
  overlap_add(p, input, state, output);
}

bool check_overlap_add_int16(const OverlapAddParams& p, const Operand* operands) {
  return check_overlap_add<int16_t>(p, operands);
}

void overlap_add_float32(const OverlapAddParams& p, const float* input, float* state,
                         float* output) {
  overlap_add(p, input, state, output);
}

bool check_overlap_add_float32(const OverlapAddParams& p, const Operand* operands) {
  return check_overlap_add<float>(p, operands);
}

void delay_int16(const DelayParams& p, const int16_t* input, int16_t* state, int16_t* output) {
  for (int32_t r = 0; r < p.rows; ++r, state += p.delay) {
    int32_t old = p.delay < p.frame_size ? p.delay : p.frame_size;  // leave the state
    copy_samples(state, old, output);
    copy_samples(input, p.frame_size - old, output + old);
    drop_samples(old, p.delay, state);
    copy_samples(input + (p.frame_size - old), old, state + (p.delay - old));
    input += p.frame_size;
    output += p.frame_size;
  }
}

bool check_delay_int16(const DelayParams& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.rows, p.frame_size) &&
         operands[1].holds<int16_t>(p.rows, p.delay) &&
         operands[2].holds<int16_t>(p.rows, p.frame_size);
}

void stacker(const StackerParams& p, const int16_t* input, int16_t* state, int16_t* output,
             uint8_t* valid) {
  int32_t size = p.channels * (p.left_context + p.right_context + 1);
  int16_t* queue = state + 1;
  int32_t copies = state[0] == 0 ? 1 + p.left_context : 1;
  int32_t count = clamp(state[0] - 1, 0, size - p.channels * copies);
  for (; copies > 0; --copies, count += p.channels) {
    copy_samples(input, p.channels, queue + count);
  }
  *valid = count >= size;
  for (int32_t i = 0; i < size; ++i) output[i] = *valid ? queue[i] : int16_t{0};
  if (*valid) {
    drop_samples(p.channels * p.step, size, queue);
    count -= p.channels * p.step;
  }
  state[0] = static_cast<int16_t>(count + 1);
}

bool check_stacker(const StackerParams& p, const Operand* operands) {
  if (!all_within(1, kMostQueued, p.channels) ||
      !all_within(0, kMostQueued, p.left_context, p.right_context)) {
    return false;
  }
  int32_t frames = p.left_context + p.right_context + 1;
  int64_t size = int64_t{p.channels} * frames;
  return all_within(1, frames, p.step) && size < kMostQueued &&
         operands[0].holds<int16_t>(p.channels) && operands[1].holds<int16_t>(1 + size) &&
         operands[2].holds<int16_t>(size) && operands[3].holds<uint8_t>(1);
}

void circular_buffer(const CircularBufferParams& p, const void* input, void* state) {
  auto* bytes = static_cast<uint8_t*>(state);
  drop_samples(p.new_bytes, p.bytes, bytes);
  copy_samples(static_cast<const uint8_t*>(input), p.new_bytes, bytes + (p.bytes - p.new_bytes));
}

bool check_circular_buffer(const CircularBufferParams& p, const Operand* operands) {
  return all_within(1, p.bytes, p.new_bytes) && operands[0].holds<uint8_t>(p.new_bytes) &&
         operands[1].holds<uint8_t>(p.bytes);
}

}  // namespace mote
