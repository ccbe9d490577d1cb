// SPDX-License-Identifier: Apache-2.0
// Damaged files: whatever the bytes, the reader gives a graph or an error. The fuzz target looks
// further; this is the part that runs in every test.
#include <gtest/gtest.h>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ir/verifier.h"
#include "ops/book.h"
#include "tests/shared_data.h"

namespace mote {
namespace {

/// A file of each kind of case, not too many.
std::vector<Bytes> files() {
  std::mt19937 random(3);
  std::vector<Bytes> all;
  for (const OperatorRecord* record : operator_book()) {
    all.push_back(*write_tflite(record->cases(random).front()));
  }
  return all;
}

void expect_graph_or_error(const Bytes& file) {
  Result<Graph> graph = read_tflite(file, "m.tflite", operator_book());
  if (graph.ok()) {
    EXPECT_TRUE(verify(*graph).ok());
  } else {
    EXPECT_EQ(graph.error().message.find("m.tflite: "), 0u);
  }
}

TEST(TfliteDamage, CutOffFilesAreRefused) {
  std::vector<Bytes> all = files();
  Result<Bytes> real = read_file(shared_data() / "models/kws01_int8.tflite");
  if (real.ok()) all.push_back(*std::move(real));
  for (const Bytes& file : all) {
    for (size_t size = 0; size < file.size(); size += 64) {
      Bytes part(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_FALSE(read_tflite(part, "m.tflite", operator_book()).ok()) << size;
    }
  }
}

TEST(TfliteDamage, FlippedBitsGiveAGraphOrAnError) {
  std::mt19937 random(4);
  for (const Bytes& file : files()) {
    for (int round = 0; round < 300; ++round) {
      Bytes damaged = file;
      for (int flips = random_int(random, 1, 4); flips > 0; --flips) {
        size_t at = random() % damaged.size();
        damaged[at] ^= static_cast<uint8_t>(1u << (random() % 8));
      }
      expect_graph_or_error(damaged);
    }
  }
}

TEST(TfliteDamage, ReplacedWordsGiveAGraphOrAnError) {
  std::mt19937 random(5);
  const uint32_t words[] = {0, 1, 4, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0xfffffffc};
  for (const Bytes& file : files()) {
    for (int round = 0; round < 300; ++round) {
      Bytes damaged = file;
      size_t at = 4 * (random() % (damaged.size() / 4));
      uint32_t word = words[random() % std::size(words)];
      std::memcpy(damaged.data() + at, &word, sizeof word);
      expect_graph_or_error(damaged);
    }
  }
}

}  // namespace
}  // namespace mote
