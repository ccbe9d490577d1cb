// SPDX-License-Identifier: Apache-2.0
// Convolution on pairs (dot_pairs.h) up to the outputs, for layers that requantise in one rounding.
// In assembly where the DSP instructions are: the eight sums never leave their registers, and an
// output takes about ten instructions beside its products.
#ifndef MOTE_OPS_CONV_2D_DOT_LINEAR_H_
#define MOTE_OPS_CONV_2D_DOT_LINEAR_H_

#include "ops/conv_2d/dot_pairs.h"
#include "ops/conv_2d/widen.h"
#include "ops/quantized/linear_channels.h"

namespace mote {

/// The shifts of layers that requantise in one rounding, whose multipliers are less than 1/32. Sums
/// of second channels are that far to the left as they come.
constexpr int kConv2dLinearSumShift = 8, kConv2dLinearShift = 12;

/// A block of four channels in the stream that the compiler packs (pack_linear(), packing.op.h):
/// what the second and the fourth channel's sums begin with, the weights of as many pairs as a
/// column has, then what each rounds with.
struct LinearBlock {
  static constexpr int32_t kBefore = 2, kBehind = 6;  // words beside the weights
  // Words behind the weights.
  enum { kFirstBias, kFirst, kSecond, kThirdBias, kThird, kFourth };
};

/// The deepest window of which no sum of a channel but for its last round reaches 2^24.
constexpr int32_t kMostLinearDepth = 1024;

/// What a tile's two columns are widened from.
enum class LinearSource : int32_t {
  kNothing,     // they are filled
  kPixels,      // pixels one behind the other, of an even number of words
  kThreeNines,  // windows of three rows of nine bytes, 3×3 ones of pictures of three colours
};

/// Fours of channels of two pixels, and of the next two, as often as there are `tiles`, and then as
/// often as the columns are filled.
struct LinearFours {
  PairRounds rounds;
  const uint32_t *blocks, *blocks_end;  // not the same
  uint32_t* columns;
  int8_t* output;     // of the first pixel
  int32_t step;       // to the second one's, which is stored first
  int32_t tiles = 1;  // more only with a source
  LinearSource source = LinearSource::kNothing;
  const int8_t* input = nullptr;
  int32_t input_step = 0, row_step = 0;  // bytes from a pixel or window to the next, between rows
  // Fills both columns once more, or says that there is nothing left; may be null.
  bool (*next)(void* windows) = nullptr;
  void* windows = nullptr;
};

#if MOTE_DSP_ASSEMBLY

// The next block's first sums, the second one as far up as the first one will be with the count of
// its rounds; and to the round's step where they begin.
#define MOTE_BEGIN_BLOCK               \
  "ldr %[b1], [%[weights], #28]\n"     \
  "ldr %[d0], [%[weights], #32]\n"     \
  "ldr %[columns], %[start]\n"         \
  "ldr %[x], %[entry]\n"               \
  "ldr %[y], %[next_block]\n"          \
  "ldr %[a0], %[rounds]\n"             \
  "mov %[a1], #0\n"                    \
  "mov %[c0], #0\n"                    \
  "mov %[c1], #0\n"                    \
  "add %[b0], %[b1], #0x1000000\n"     \
  "mov %[d1], %[d0]\n"                 \
  "add %[weights], %[weights], %[y]\n" \
  "bx %[x]\n"

#define MOTE_WIDEN_WORD(word, even, odd) \
  "sxtb16 %[x], %[" word                 \
  "]\n"                                  \
  "sxtb16 %[" word "], %[" word          \
  "], ror #8\n"                          \
  "str %[x], [%[y], #" even              \
  "]\n"                                  \
  "str %[" word "], [%[y], #" odd "]\n"

// A block's words from `weights`, which points to the last one of its weights.
static_assert(LinearBlock::kBefore == 2 && LinearBlock::kBehind == 6,
              "assembly has them as numbers");

/// A function of its own, for its registers.
__attribute__((noinline)) inline void multiply_linear(const LinearFours& run) {
  struct {
    int8_t* at;
    const void* places[2];  // a word before the next pixel, and before both columns
    int32_t tiles;
    uint32_t entry;  // of the first round's first step
  } state;
  state.at = run.output, state.tiles = run.tiles;
  state.places[0] = run.input - 4, state.places[1] = run.columns - 1;
  const uint32_t *first = run.blocks - 7, *last = run.blocks_end - 7;
  const uint32_t* start = run.rounds.columns;
  // In the first sum's upper bits, which the shift to the left loses: half a round more than none.
  const uint32_t rounds = (1u << 24) - (run.rounds.count << 25);
  const uint32_t next_block = 32 - 4 * run.rounds.skipped_words;
  const uint32_t entry_bytes = run.rounds.entry + 1;  // 1: Thumb
  const int32_t step = run.step, sizes[2] = {static_cast<int32_t>(run.source), run.input_step};
  const int32_t row_step = run.row_step;
  const uint32_t *columns, *weights;
  uint32_t x, y, v, w;
  int32_t a0, a1, b0, b1, c0, c1, d0, d1;
  // clang-format off
  do {
  __asm__ volatile(
      "ldr %[y], %[entry_bytes]\n"
      "adr %[x], 1f\n"
      "add %[x], %[x], %[y]\n"
      "str %[x], %[entry]\n"
      "3:\n"
      "ldrd %[x], %[w], %[sizes]\n"
      "ldrd %[v], %[y], %[places]\n"
      "ldr %[weights], %[first]\n"
      "cmp %[x], #1\n"
      "bmi 2f\n"
      "bne.w 7f\n"
      "mov %[x], %[w]\n"
      "add %[w], %[v], %[w]\n"
      ".balign 4\n"
      "4:\n"
      "ldr.w %[a0], [%[v], #4]\n"
      "ldr.w %[a1], [%[w], #4]\n"
      "ldr.w %[c0], [%[v], #8]!\n"
      "ldr.w %[c1], [%[w], #8]!\n"
      "subs %[x], %[x], #8\n"
      "sxtb16 %[b0], %[a0]\n"
      "sxtb16 %[b1], %[a1]\n"
      "sxtb16 %[a0], %[a0], ror #8\n"
      "sxtb16 %[a1], %[a1], ror #8\n"
      "sxtb16 %[d0], %[c0]\n"
      "sxtb16 %[d1], %[c1]\n"
      "sxtb16 %[c0], %[c0], ror #8\n"
      "sxtb16 %[c1], %[c1], ror #8\n"
      "str %[b0], [%[y], #4]\n"
      "str %[b1], [%[y], #8]\n"
      "str %[a0], [%[y], #12]\n"
      "str %[a1], [%[y], #16]\n"
      "str %[d0], [%[y], #20]\n"
      "str %[d1], [%[y], #24]\n"
      "str %[c0], [%[y], #28]\n"
      "str %[c1], [%[y], #32]!\n"
      "bne 4b\n"
      "str %[w], %[places]\n"
      "2:\n"
      MOTE_BEGIN_BLOCK
      MOTE_PAIR_ROUND
      "adds %[a0], %[a0], #0x2000000\n"
      "bmi.w 1b\n"
      "ldr %[v], [%[weights], #4]\n"
      "ldr %[w], [%[weights], #8]\n"
      "ldr %[y], [%[weights], #12]\n"
      "ldr %[x], [%[weights], #16]\n"
      "ldr %[columns], [%[weights], #20]\n"
      "sub %[b0], %[b0], %[a0]\n"
      "sub %[b1], %[b1], %[a1]\n"
      "add %[a0], %[v], %[a0], lsl #8\n"
      "add %[a1], %[v], %[a1], lsl #8\n"
      "smmulr %[a0], %[a0], %[w]\n"
      "sub %[d0], %[d0], %[c0]\n"
      "smmulr %[a1], %[a1], %[w]\n"
      "sub %[d1], %[d1], %[c1]\n"
      "smmulr %[b0], %[b0], %[y]\n"
      "add %[c0], %[x], %[c0], lsl #8\n"
      "smmulr %[b1], %[b1], %[y]\n"
      "add %[c1], %[x], %[c1], lsl #8\n"
      "smmulr %[c0], %[c0], %[columns]\n"
      "usat %[a0], #8, %[a0], asr %[shift]\n"
      "smmulr %[c1], %[c1], %[columns]\n"
      "ldr %[w], [%[weights], #24]\n"
      "ldr %[v], %[at]\n"
      "ldr %[x], %[step]\n"
      "ldr %[y], %[last]\n"
      "usat %[a1], #8, %[a1], asr %[shift]\n"
      "smmulr %[d0], %[d0], %[w]\n"
      "usat %[b0], #8, %[b0], asr %[shift]\n"
      "smmulr %[d1], %[d1], %[w]\n"
      "usat %[b1], #8, %[b1], asr %[shift]\n"
      "usat %[c0], #8, %[c0], asr %[shift]\n"
      "usat %[c1], #8, %[c1], asr %[shift]\n"
      "usat %[d0], #8, %[d0], asr %[shift]\n"
      "usat %[d1], #8, %[d1], asr %[shift]\n"
      "orr %[a0], %[a0], %[b0], lsl #8\n"
      "orr %[a1], %[a1], %[b1], lsl #8\n"
      "orr %[c0], %[c0], %[d0], lsl #8\n"
      "orr %[c1], %[c1], %[d1], lsl #8\n"
      "orr %[a0], %[a0], %[c0], lsl #16\n"
      "orr %[a1], %[a1], %[c1], lsl #16\n"
      "eor %[a0], %[a0], #0x80808080\n"
      "eor %[a1], %[a1], #0x80808080\n"
      "str %[a1], [%[v], %[x]]\n"
      "str %[a0], [%[v]], #4\n"
      "cmp %[weights], %[y]\n"
      "str %[v], %[at]\n"
      "beq 6f\n"
      MOTE_BEGIN_BLOCK
      "6:\n"
      "ldr %[y], %[tiles]\n"
      "add %[v], %[v], %[x]\n"
      "subs %[y], %[y], #1\n"
      "str %[v], %[at]\n"
      "str %[y], %[tiles]\n"
      "bne.w 3b\n"
      "b 9f\n"
      "7:\n"
      "mov %[weights], #2\n"
      "8:\n"
      "ldr %[x], %[row_step]\n"
      "add %[columns], %[v], %[x]\n"
      "add %[x], %[columns], %[x]\n"
      "ldr %[a0], [%[v], #4]\n"
      "ldr %[a1], [%[v], #8]\n"
      "ldr %[b0], [%[columns], #4]\n"
      "ldr %[b1], [%[columns], #8]\n"
      "ldr %[c0], [%[x], #4]\n"
      "ldr %[c1], [%[x], #8]\n"
      "ldrsb %[d0], [%[v], #12]\n"
      "ldrsb %[d1], [%[columns], #12]\n"
      "ldrsb %[x], [%[x], #12]\n"
      "add %[v], %[v], %[w]\n"
      "uxth %[d1], %[d1]\n"
      "pkhbt %[d0], %[d0], %[x], lsl #16\n"
      MOTE_WIDEN_WORD("a0", "4", "12") MOTE_WIDEN_WORD("a1", "20", "28")
      MOTE_WIDEN_WORD("b0", "36", "44") MOTE_WIDEN_WORD("b1", "52", "60")
      MOTE_WIDEN_WORD("c0", "68", "76") MOTE_WIDEN_WORD("c1", "84", "92")
      "str %[d0], [%[y], #100]\n"
      "str %[d1], [%[y], #108]\n"
      "subs %[weights], %[weights], #1\n"
      "add %[y], %[y], #4\n"
      "bne 8b\n"
      "str %[v], %[places]\n"
      "ldr %[weights], %[first]\n"
      "b.w 2b\n"
      "9:\n"
      : [columns] "=&r"(columns), [weights] "=&r"(weights), [x] "=&r"(x), [y] "=&r"(y),
        [v] "=&r"(v), [w] "=&r"(w), [a0] "=&r"(a0), [a1] "=&r"(a1), [b0] "=&r"(b0),
        [b1] "=&r"(b1), [c0] "=&r"(c0), [c1] "=&r"(c1), [d0] "=&r"(d0), [d1] "=&r"(d1),
        "+m"(state)
      : [at] "m"(state.at), [places] "m"(state.places), [tiles] "m"(state.tiles), [rounds] "m"(rounds),
        [start] "m"(start), [entry] "m"(state.entry), [entry_bytes] "m"(entry_bytes), [next_block] "m"(next_block), [step] "m"(step),
        [first] "m"(first), [last] "m"(last), [sizes] "m"(sizes), [row_step] "m"(row_step), [shift] "i"(kConv2dLinearShift)
      : "cc", "memory");
  state.tiles = 1;
  } while (run.next && run.next(run.windows));
  // clang-format on
}

#undef MOTE_BEGIN_BLOCK
#undef MOTE_WIDEN_WORD

#else

/// The columns' outputs.
inline void multiply_linear_tile(const LinearFours& run, int8_t* out) {
  using Block = LinearBlock;
  auto word = [](uint32_t value) { return static_cast<int32_t>(value); };
  for (const uint32_t* block = run.blocks; block != run.blocks_end; out += 4) {
    EightSums s;
    s.both[0] = s.both[1] = word(block[0]), s.last[0] = s.last[1] = word(block[1]);
    const uint32_t* c = multiply_pairs(run.rounds, block + Block::kBefore, &s);
    block = c + Block::kBehind;
    for (int32_t k = 1; k >= 0; --k) {
      auto store = [&](int32_t i, int32_t x, uint32_t multiplier) {
        uint32_t y = requantize_linear<kConv2dLinearShift>(x, word(multiplier));
        out[k * run.step + i] = static_cast<int8_t>(y ^ 0x80);
      };
      auto shifted = [](int32_t sum) { return wrapping_shift_left(sum, kConv2dLinearSumShift); };
      store(0, wrapping_add(word(c[Block::kFirstBias]), shifted(s.first[k])), c[Block::kFirst]);
      store(1, wrapping_sub(s.both[k], s.first[k]), c[Block::kSecond]);
      store(2, wrapping_add(word(c[Block::kThirdBias]), shifted(s.third[k])), c[Block::kThird]);
      store(3, wrapping_sub(s.last[k], s.third[k]), c[Block::kFourth]);
    }
  }
}

/// A pixel or a window to a column.
inline void widen_source(const LinearFours& run, const int8_t* from, uint32_t* column) {
  if (run.source == LinearSource::kThreeNines) return widen_three_nines(from, run.row_step, column);
  for (int32_t i = 0; i < run.input_step; i += 4) widen_word(load_word(from + i), column + i);
}

inline void multiply_linear(const LinearFours& run) {
  const int8_t* from = run.input;
  int8_t* out = run.output;
  for (int32_t i = 0; i < run.tiles; ++i, out += 2 * run.step) {
    for (int32_t k = 0; k < 2 && run.source != LinearSource::kNothing; ++k) {
      widen_source(run, from, run.columns + k);
      from += run.input_step;
    }
    multiply_linear_tile(run, out);
  }
  for (; run.next && run.next(run.windows); out += 2 * run.step) multiply_linear_tile(run, out);
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_LINEAR_H_
