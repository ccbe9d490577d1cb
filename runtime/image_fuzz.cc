// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of .mote images: whatever passes the door runs inside its image and its arena.
// The bytes get the CRC that they need, so that the checks behind the checksum are reached; image
// and arena are exactly as long as they claim to be, so that the sanitizers see the first byte
// outside. Half of the mutations change one of the 32-bit words that images are made of, by what
// offsets and sizes are off by: blind ones seldom reach a kernel's params with a value that
// matters.
#include "runtime/image_fuzz_test.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace mote {
namespace {

constexpr uint32_t kMostArena = 1 << 20;

/// Whether a run takes little time, by a rough upper bound: no kernel reads more than all memory
/// for each byte that it writes.
bool small(const ImageHeader& header) {
  constexpr uint64_t kMostWork = 1 << 26;
  uint64_t memory = uint64_t{header.arena_bytes} + header.image_bytes;
  uint64_t turns = std::min<uint64_t>(header.max_jumps, kMostWork) + 1;
  return turns * header.step_count <= kMostWork &&
         turns * header.step_count * memory <= kMostWork &&
         turns * header.step_count * memory * header.arena_bytes <= kMostWork;
}

void open_and_run(const Bytes& bytes) {
  if (bytes.size() < sizeof(ImageHeader)) return;
  ImageHeader header = header_of(bytes);
  // Opening resets, which may take as long as a run. A jump without a turn left stops.
  if (header.arena_bytes > kMostArena || (header.max_jumps != 0 && !small(header))) return;
  ExactBytes image(bytes), arena(header.arena_bytes);
  Session session;
  Status status = open(image.view(), arena.span(), host_kernels(), &session);
  if (status != Status::kOk || !small(header)) return;
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    TensorView input = session.input(i);
    std::memset(input.data, 0, input.bytes);
  }
  for (int run = 0; run < 2; ++run) {
    status = session.run();
    if (status != Status::kOk && status != Status::kTooManyTurns) std::abort();
  }
}

/// A word that may be wrong in an interesting way, instead of `word`.
uint32_t wrong_word(std::mt19937& random, uint32_t word, uint32_t arena_bytes) {
  uint32_t little = static_cast<uint32_t>(random_int(random, 1, 16));
  const uint32_t choices[] = {word + little,
                              word - little,
                              word ^ 1u << random_int(random, 0, 31),
                              word * 2,
                              0 - word,
                              arena_bytes - little,
                              kConstantOperand | little,
                              kNoOperand,
                              little - 1,
                              0x7fffffff,
                              0x80000000};
  return choices[random_int(random, 0, std::size(choices) - 1)];
}

/// Changes one word of what comes before the constants.
void mutate_word(std::mt19937& random, uint8_t* data, size_t size) {
  ImageHeader header;
  std::memcpy(&header, data, sizeof header);
  size_t end = std::clamp<size_t>(header.constants_offset, sizeof header, size);
  size_t first = kChecksumStart / 4;
  size_t at = 4 * static_cast<size_t>(
                      random_int(random, static_cast<int>(first), static_cast<int>(end / 4) - 1));
  uint32_t word;
  std::memcpy(&word, data + at, sizeof word);
  word = wrong_word(random, word, header.arena_bytes);
  std::memcpy(data + at, &word, sizeof word);
}

}  // namespace
}  // namespace mote

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::mt19937 random(seed);
  bool blind = mote::random_int(random, 0, 1) == 0;
  if (blind || size < sizeof(mote::ImageHeader)) return LLVMFuzzerMutate(data, size, max_size);
  mote::mutate_word(random, data, size);
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mote::Bytes image(data, data + size);
  mote::open_and_run(image);  // as it is: mostly a wrong checksum
  mote::seal(&image);
  mote::open_and_run(image);
  return 0;
}
