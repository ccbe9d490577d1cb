// SPDX-License-Identifier: Apache-2.0
// The four functions that a compiler may call on its own accord even in freestanding code. They
// move words where the core allows it, and are weak, so that a firmware with better ones keeps
// those. The attribute keeps the compiler from turning these very loops into calls to themselves.
#include <stddef.h>
#include <stdint.h>

#define MOTE_MEMORY_FUNCTION \
  extern "C" __attribute__((weak, used, optimize("no-tree-loop-distribute-patterns")))

namespace {

typedef uint32_t __attribute__((may_alias)) Word;

/// Whether whole words may be moved between these addresses.
inline bool word_aligned(const void* a, const void* b) {
#if defined(__ARM_FEATURE_UNALIGNED)
  (void)a;
  (void)b;
  return true;
#else
  return ((reinterpret_cast<uintptr_t>(a) | reinterpret_cast<uintptr_t>(b)) & 3) == 0;
#endif
}

inline Word load(const uint8_t* p) {
  return *reinterpret_cast<const Word*>(p);
}
inline void store(uint8_t* p, Word value) {
  *reinterpret_cast<Word*>(p) = value;
}

}  // namespace

MOTE_MEMORY_FUNCTION void* memcpy(void* to, const void* from, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  if (word_aligned(to, from)) {
    for (; bytes >= 16; bytes -= 16, t += 16, f += 16) {
      store(t, load(f));
      store(t + 4, load(f + 4));
      store(t + 8, load(f + 8));
      store(t + 12, load(f + 12));
    }
    for (; bytes >= 4; bytes -= 4, t += 4, f += 4) store(t, load(f));
  }
  for (; bytes > 0; --bytes) *t++ = *f++;
  return to;
}

MOTE_MEMORY_FUNCTION void* memset(void* to, int value, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  if (word_aligned(to, to)) {
    Word word = static_cast<uint8_t>(value) * 0x01010101u;
    for (; bytes >= 16; bytes -= 16, t += 16) {
      store(t, word);
      store(t + 4, word);
      store(t + 8, word);
      store(t + 12, word);
    }
    for (; bytes >= 4; bytes -= 4, t += 4) store(t, word);
  }
  for (; bytes > 0; --bytes) *t++ = static_cast<uint8_t>(value);
  return to;
}

MOTE_MEMORY_FUNCTION void* memmove(void* to, const void* from, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  if (reinterpret_cast<uintptr_t>(t) - reinterpret_cast<uintptr_t>(f) >= bytes) {
    return memcpy(to, from, bytes);
  }
  if (word_aligned(to, from)) {
    for (; bytes & 3; --bytes) t[bytes - 1] = f[bytes - 1];
    for (; bytes > 0; bytes -= 4) store(t + bytes - 4, load(f + bytes - 4));
  }
  for (; bytes > 0; --bytes) t[bytes - 1] = f[bytes - 1];
  return to;
}

MOTE_MEMORY_FUNCTION int memcmp(const void* a, const void* b, size_t bytes) {
  const uint8_t* x = static_cast<const uint8_t*>(a);
  const uint8_t* y = static_cast<const uint8_t*>(b);
  for (size_t i = 0; i < bytes; ++i) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}
