// SPDX-License-Identifier: Apache-2.0
#include "cli/model_file.h"

#include <CLI/CLI.hpp>

#include <cstring>

#include "compiler/onnx/reader.h"
#include "compiler/tflite/reader.h"
#include "engines/host_engine.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

bool starts_with(const Bytes& bytes, const char* text) {
  size_t length = std::strlen(text);
  return bytes.size() >= length && std::memcmp(bytes.data(), text, length) == 0;
}

bool is_tflite(const Bytes& bytes) {
  return bytes.size() > 8 && std::memcmp(bytes.data() + 4, "TFL3", 4) == 0;
}

Tensor tensor_of(const TensorView& view, const char* kind, uint32_t i) {
  Tensor tensor;
  tensor.name = fmt::format("{} {}", kind, i);
  tensor.dtype = view.dtype;
  tensor.shape = *view.shape;
  if (view.scale != 0) tensor.quantization = quantization(view.scale, view.zero_point);
  return tensor;
}

Result<void> open_image(const Bytes& bytes, ModelFile* model) {
  MOTE_TRY(HostEngine engine, HostEngine::make(bytes));
  const Session& session = engine.session();
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    model->inputs.push_back(tensor_of(session.input(i), "input", i));
  }
  for (uint32_t i = 0; i < session.output_count(); ++i) {
    model->outputs.push_back(tensor_of(session.output(i), "output", i));
  }
  model->image = bytes;
  return {};
}

Result<Graph> read_graph(const std::filesystem::path& path, const Bytes& bytes,
                         const std::string& signature) {
  if (starts_with(bytes, "graph ") && !signature.empty()) {
    return fail("{}: is a graph text, which has no signatures", path.string());
  }
  if (starts_with(bytes, "graph ")) {
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Result<Graph> graph = parse(text, operator_book());
    if (!graph.ok()) return fail("{}: {}", path.string(), graph.error().message);
    Result<void> verified = verify(*graph);
    if (!verified.ok()) return fail("{}: {}", path.string(), verified.error().message);
    return graph;
  }
  if (!is_tflite(bytes) && (path.extension() == ".onnx" || is_onnx(bytes))) {
    if (!signature.empty()) return fail("{}: ONNX models have no signatures", path.string());
    MOTE_TRY(OnnxModel model, read_onnx(bytes, path.string(), operator_book()));
    for (const std::string& note : model.notes) {
      fmt::print(stderr, "mote: note: {}: {}\n", path.string(), note);
    }
    return std::move(model.graph);
  }
  return read_tflite(bytes, path.string(), operator_book(), signature);
}

}  // namespace

Result<ModelFile> load_model(const std::filesystem::path& path, const std::string& signature) {
  MOTE_TRY(Bytes bytes, read_file(path));
  ModelFile model;
  model.path = path;
  model.file_bytes = bytes.size();
  if (starts_with(bytes, "MOTE")) {
    if (!signature.empty()) {
      return fail("{}: is a .mote image, which has no signatures", path.string());
    }
    Result<void> opened = open_image(bytes, &model);
    if (!opened.ok()) return fail("{}: {}", path.string(), opened.error().message);
    return model;
  }
  MOTE_TRY(model.graph, read_graph(path, bytes, signature));
  if (is_tflite(bytes)) {
    MOTE_TRY(model.signatures, tflite_signatures(bytes, path.string()));
  }
  for (TensorId id : model.graph->inputs) model.inputs.push_back(model.graph->tensor(id));
  for (TensorId id : model.graph->outputs) model.outputs.push_back(model.graph->tensor(id));
  return model;
}

Result<Graph> load_graph(const std::filesystem::path& path, const std::string& signature) {
  MOTE_TRY(ModelFile model, load_model(path, signature));
  if (model.graph) return *std::move(model.graph);
  return fail("{}: is a .mote image; this needs the model it was built from (.tflite, .onnx)",
              path.string());
}

void add_signature_option(CLI::App& command, std::string* signature) {
  command.add_option("--signature", *signature,
                     "Which signature of a .tflite file; its first subgraph if not given");
}

}  // namespace mote
