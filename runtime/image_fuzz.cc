// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of .mote images: whatever passes the door runs inside its image and its arena.
// The bytes get the CRC that they need, so that the checks behind the checksum are reached; image
// and arena are exactly as long as they claim to be, so that the sanitizers see the first byte
// outside.
#include "runtime/image_fuzz_test.h"

namespace mote {
namespace {

constexpr uint32_t kMostArena = 1 << 20;

/// Whether a run takes little time, by a rough upper bound: no kernel reads more than all memory
/// for each byte that it writes.
bool small(const ImageHeader& header) {
  constexpr uint64_t kMostWork = 1 << 26;
  uint64_t memory = uint64_t{header.arena_bytes} + header.image_bytes;
  return header.step_count * memory * header.arena_bytes <= kMostWork;
}

void open_and_run(const Bytes& bytes) {
  if (bytes.size() < sizeof(ImageHeader)) return;
  ImageHeader header = header_of(bytes);
  if (header.arena_bytes > kMostArena) return;
  ExactBytes image(bytes), arena(header.arena_bytes);
  Session session;
  Status status = open(image.view(), arena.span(), host_kernels(), &session);
  if (status != Status::kOk || !small(header)) return;
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    TensorView input = session.input(i);
    std::memset(input.data, 0, input.bytes);
  }
  if (session.run() != Status::kOk) std::abort();
}

}  // namespace
}  // namespace mote

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mote::Bytes image(data, data + size);
  mote::open_and_run(image);  // as it is: mostly a wrong checksum
  mote::seal(&image);
  mote::open_and_run(image);
  return 0;
}
