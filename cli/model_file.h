// SPDX-License-Identifier: Apache-2.0
// What the verbs take as MODEL: a .tflite or .onnx file, a graph in text form, or a .mote image.
#ifndef MOTE_CLI_MODEL_FILE_H_
#define MOTE_CLI_MODEL_FILE_H_

#include <filesystem>
#include <optional>

#include "base/host/result.h"
#include "compiler/plan.h"

namespace CLI {
class App;
}

namespace mote {

struct ModelFile {
  std::filesystem::path path;
  uint64_t file_bytes = 0;
  std::vector<Tensor> inputs, outputs;  // without data
  std::optional<Graph> graph;           // as imported and verified; not for an image
  Bytes image;                          // only for an image
  std::vector<std::string> signatures;  // of a .tflite file
};

/// Reads by content, not by name; only for ONNX, which has no magic number, the name says
/// something, too. What the ONNX reader decided by itself is printed to standard error. Of a
/// .tflite file what `signature` calls is read, or its first subgraph. Errors name the file and
/// what is wrong inside it.
Result<ModelFile> load_model(const std::filesystem::path& path, const std::string& signature = {});

/// The model's graph. Errors: it is an image, which no longer has one.
Result<Graph> load_graph(const std::filesystem::path& path, const std::string& signature = {});

/// Adds --signature to a command. REQUIRES: `signature` outlives it.
void add_signature_option(CLI::App& command, std::string* signature);

}  // namespace mote

#endif  // MOTE_CLI_MODEL_FILE_H_
