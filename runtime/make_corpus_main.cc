// SPDX-License-Identifier: Apache-2.0
// Writes the book's sample cases as .mote images into a folder: where image_fuzz starts from. A
// reshaped constant joins them, as the compiler drops every other call of copy_bytes().
//
//     make_image_corpus FOLDER && image_fuzz FOLDER
#include "runtime/image_fuzz_test.h"

namespace mote {
namespace {

Graph reshaped_constant() {
  GraphBuilder b("reshaped_constant");
  TensorId four = b.constant<float>(Shape(4), {1, 2, 3, 4});
  Attributes square = {{"new_shape", std::vector<int64_t>{2, 2}}};
  return b.build({b.node(reshape_record(), {four}, square, DType::kFloat32)});
}

std::vector<Graph> corpus_graphs() {
  std::mt19937 random(1);
  std::vector<Graph> graphs = {reshaped_constant()};
  for (const OperatorRecord* record : operator_book()) {
    for (Graph& graph : record->cases(random)) graphs.push_back(std::move(graph));
  }
  return graphs;
}

Result<int> make_corpus(const std::filesystem::path& folder) {
  int files = 0;
  MOTE_CHECK_OK(make_folder(folder));
  for (const Graph& graph : corpus_graphs()) {
    MOTE_TRY(Bytes image, image_of(graph));
    MOTE_CHECK_OK(write_file(folder / fmt::format("{:04}_{}.mote", files++, graph.name), image));
  }
  return files;
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: make_image_corpus FOLDER\n");
    return 2;
  }
  mote::Result<int> files = mote::make_corpus(argv[1]);
  if (!files.ok()) {
    fmt::print(stderr, "make_image_corpus: error: {}\n", files.error().message);
    return 1;
  }
  fmt::print("{} files in {}\n", *files, argv[1]);
  return 0;
}
