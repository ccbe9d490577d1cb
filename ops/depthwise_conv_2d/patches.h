// SPDX-License-Identifier: Apache-2.0
// The inner loops of depthwise convolutions on vectors: see mve.cc for what columns and patches
// are. In assembly where MVE is: interleaving loads and stores transpose, and a load that gathers
// words takes a patch out of the columns.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_PATCHES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_PATCHES_H_

#include "base/mve.h"
#include "ops/quantized/folded.h"

namespace mote {

/// Two rows of pixels that come into the columns: 16 bytes or, of the last channels, fewer.
struct TwoRows {
  const int8_t* from[2];
  int32_t step[2];  // bytes from one pixel to the next
  int32_t count, channels;
};

/// Outputs of some channels, four by four, in the order in which they are loaded.
struct PatchRun {
  int32_t patch_offsets[4];   // of a patch's words, less two columns
  int32_t output_offsets[4];  // of the outputs of one vector
  const uint32_t* columns;    // from the first patch's first word on
  const uint32_t* weights;    // three words for each channel, a word for each column of the filter
  const FoldedChannel* channel;
  int8_t* output;
  int32_t step;              // bytes from one vector's outputs to the next one's
  int32_t count;             // vectors with `mask`, at least one
  uint32_t mask, last_mask;  // which outputs of a vector there are, four bits each; of one more
  int32_t channels;
};

#if MOTE_MVE_ASSEMBLY

static_assert(sizeof(PatchRun) == 68, "assembly counts its fields' bytes");

/// In each column, the last two of four rows become the first two and the new ones come last.
inline void shift_rows(uint32_t* columns, const TwoRows& rows) {
  const int8_t *first = rows.from[0], *second = rows.from[1];
  __asm__ volatile(
      "vctp.8 %[channels]\n"
      "dls lr, %[count]\n"
      "1:\n"
      "vld40.8 {q0, q1, q2, q3}, [%[columns]]\n"
      "vld41.8 {q0, q1, q2, q3}, [%[columns]]\n"
      "vld42.8 {q0, q1, q2, q3}, [%[columns]]\n"
      "vld43.8 {q0, q1, q2, q3}, [%[columns]]\n"
      "vpstt\n"
      "vldrbt.8 q4, [%[first]]\n"
      "vldrbt.8 q5, [%[second]]\n"
      "add %[first], %[first], %[first_step]\n"
      "add %[second], %[second], %[second_step]\n"
      "vst40.8 {q2, q3, q4, q5}, [%[columns]]\n"
      "vst41.8 {q2, q3, q4, q5}, [%[columns]]\n"
      "vst42.8 {q2, q3, q4, q5}, [%[columns]]\n"
      "vst43.8 {q2, q3, q4, q5}, [%[columns]]!\n"
      "le lr, 1b\n"
      : [columns] "+r"(columns), [first] "+r"(first), [second] "+r"(second)
      : [count] "r"(rows.count), [channels] "r"(rows.channels), [first_step] "r"(rows.step[0]),
        [second_step] "r"(rows.step[1])
      : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "memory");
}

// The next channel: weights to q0, addresses to q5 and q6, its scale to r1, r3, r5 and r7, outputs
// to r8 and r10.
#define MOTE_BEGIN_CHANNEL        \
  "2:\n"                          \
  "vldrw.u32 q5, [%[run]]\n"      \
  "vldrw.u32 q6, [%[run], #16]\n" \
  "ldrd r0, r9, [%[run], #32]\n"  \
  "ldrd r4, r8, [%[run], #40]\n"  \
  "vldrw.u32 q0, [r9]\n"          \
  "vadd.i32 q5, q5, r0\n"         \
  "adds r0, #4\n"                 \
  "add r9, #12\n"                 \
  "strd r0, r9, [%[run], #32]\n"  \
  "ldm r4!, {r1, r3, r5, r7}\n"   \
  "add r6, r8, #1\n"              \
  "strd r4, r6, [%[run], #40]\n"  \
  "movs r2, #0\n"                 \
  "vmov.32 q0[3], r2\n"           \
  "asrs r1, r1, #1\n"             \
  "rsbs r7, r7, #0\n"             \
  "ldrd r10, lr, [%[run], #48]\n" \
  "ldrd r0, r9, [%[run], #56]\n"  \
  "vmsr p0, r0\n"

// Sums in r0, r2, r4 and r6 to outputs.
#define MOTE_FINISH_VECTOR      \
  "vmov q7[2], q7[0], r0, r4\n" \
  "vmov q7[3], q7[1], r2, r6\n" \
  "vadd.i32 q7, q7, r1\n"       \
  "vshr.s32 q4, q7, #31\n"      \
  "vqrdmulh.s32 q7, q7, r3\n"   \
  "vadd.i32 q4, q4, r5\n"       \
  "vadd.i32 q7, q7, q4\n"       \
  "vshl.s32 q7, r7\n"           \
  "vqmovnb.s32 q7, q7\n"        \
  "vqmovnb.s16 q7, q7\n"        \
  "vpst\n"                      \
  "vstrbt.32 q7, [r8, q6]\n"    \
  "add r8, r10\n"               \
  "le lr, 1b\n"

// Once more if the last vector isn't whole, then the next channel.
#define MOTE_END_CHANNEL    \
  "cmp r9, #0\n"            \
  "beq 3f\n"                \
  "vmsr p0, r9\n"           \
  "mov r9, #0\n"            \
  "mov lr, #1\n"            \
  "b 1b\n"                  \
  "3:\n"                    \
  "ldr r0, [%[run], #64]\n" \
  "subs r0, #1\n"           \
  "str r0, [%[run], #64]\n" \
  "bne 2b\n"

#define MOTE_PATCH_CLOBBERS                                                                        \
  "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "lr", "q0", "q1", "q2", "q3", \
      "q4", "q5", "q6", "q7", "cc", "memory"

/// A patch gives outputs (0,0), (0,1), (1,0) and (1,1): q1 to q3 are q0 one column to the right,
/// one row down, and both.
inline void run_dense_patches(PatchRun& run) {
  __asm__ volatile(MOTE_BEGIN_CHANNEL
                   "vmov q1, q0\n"
                   "vshlc q1, r2, #32\n"
                   "vmov q2, q0\n"
                   "vshlc q2, r2, #8\n"
                   "vmov q3, q1\n"
                   "vshlc q3, r2, #8\n"
                   "1:\n"
                   "vldrw.u32 q4, [q5, #128]!\n"
                   "vmladav.s8 r0, q4, q0\n"
                   "vmladav.s8 r2, q4, q1\n"
                   "vmladav.s8 r4, q4, q2\n"
                   "vmladav.s8 r6, q4, q3\n" MOTE_FINISH_VECTOR MOTE_END_CHANNEL
                   :
                   : [run] "r"(&run)
                   : MOTE_PATCH_CLOBBERS);
}

/// Four patches give an output each.
inline void run_sparse_patches(PatchRun& run) {
  __asm__ volatile(MOTE_BEGIN_CHANNEL
                   "1:\n"
                   "vldrw.u32 q4, [q5, #128]!\n"
                   "vmladav.s8 r0, q4, q0\n"
                   "vldrw.u32 q4, [q5, #128]!\n"
                   "vmladav.s8 r2, q4, q0\n"
                   "vldrw.u32 q4, [q5, #128]!\n"
                   "vmladav.s8 r4, q4, q0\n"
                   "vldrw.u32 q4, [q5, #128]!\n"
                   "vmladav.s8 r6, q4, q0\n" MOTE_FINISH_VECTOR MOTE_END_CHANNEL
                   :
                   : [run] "r"(&run)
                   : MOTE_PATCH_CLOBBERS);
}

#undef MOTE_BEGIN_CHANNEL
#undef MOTE_FINISH_VECTOR
#undef MOTE_END_CHANNEL
#undef MOTE_PATCH_CLOBBERS

#else

inline void shift_rows(uint32_t* columns, const TwoRows& rows) {
  for (int32_t x = 0; x < rows.count; ++x, columns += 16) {
    for (int32_t c = 0; c < rows.channels; ++c) {
      uint32_t first = static_cast<uint8_t>(rows.from[0][x * rows.step[0] + c]);
      uint32_t second = static_cast<uint8_t>(rows.from[1][x * rows.step[1] + c]);
      columns[c] = columns[c] >> 16 | first << 16 | second << 24;
    }
  }
}

/// The sum of a channel's filter, `row` rows down, over three columns.
inline int32_t patch_sum(const uint32_t* columns, int row, const uint32_t* weights) {
  int32_t sum = 0;
  for (int j = 0; j < 3; ++j) {
    uint32_t x = columns[16 * j] >> 8 * row, w = weights[j];
    for (int i = 0; i < 3; ++i, x >>= 8, w >>= 8) {
      sum += static_cast<int8_t>(x) * static_cast<int8_t>(w);
    }
  }
  return sum;
}

/// Vectors of outputs, `columns_step` columns from one to the next; sum_at(columns, i) is output i.
template <typename SumAt>
void run_patches(PatchRun& run, int32_t columns_step, const SumAt& sum_at) {
  for (; run.channels > 0; --run.channels, ++run.columns, run.weights += 3, ++run.channel) {
    const uint32_t* columns = run.columns;
    int8_t* output = run.output++;
    const int32_t count = run.count + (run.last_mask != 0);
    for (int32_t k = 0; k < count; ++k, columns += 16 * columns_step, output += run.step) {
      const uint32_t mask = k < run.count ? run.mask : run.last_mask;
      for (int i = 0; i < 4; ++i) {
        if ((mask >> 4 * i & 1) == 0) continue;
        output[run.output_offsets[i]] = static_cast<int8_t>(
            requantize_folded(sum_at(columns, i), run.channel->bias, run.channel->scale));
      }
    }
  }
}

inline void run_dense_patches(PatchRun& run) {
  run_patches(run, 2, [&](const uint32_t* columns, int i) {
    return patch_sum(columns + i % 2 * 16, i / 2, run.weights);
  });
}

inline void run_sparse_patches(PatchRun& run) {
  run_patches(run, 8, [&](const uint32_t* columns, int i) {
    return patch_sum(columns + i * 32, 0, run.weights);
  });
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_PATCHES_H_
