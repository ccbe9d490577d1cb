// SPDX-License-Identifier: Apache-2.0
// Writes the book's sample cases as .tflite files into a folder: where tflite_fuzz starts from.
//
//     make_tflite_corpus FOLDER && tflite_fuzz FOLDER
#include <cstdio>

#include "compiler/tflite/writer.h"
#include "ops/book.h"

namespace mote {
namespace {

Result<int> make_corpus(const std::filesystem::path& folder) {
  std::mt19937 random(1);
  int files = 0;
  MOTE_CHECK_OK(make_folder(folder));
  for (const OperatorRecord* record : operator_book()) {
    for (const Graph& graph : record->cases(random)) {
      MOTE_TRY(Bytes file, write_tflite(graph));
      MOTE_CHECK_OK(write_file(folder / fmt::format("{:04}_{}.tflite", files++, graph.name), file));
    }
  }
  return files;
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_tflite_corpus FOLDER\n");
    return 2;
  }
  mote::Result<int> files = mote::make_corpus(argv[1]);
  if (!files.ok()) {
    std::fprintf(stderr, "make_tflite_corpus: error: %s\n", files.error().message.c_str());
    return 1;
  }
  std::printf("%d files in %s\n", *files, argv[1]);
  return 0;
}
