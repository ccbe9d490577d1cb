// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/reader.h"

#include <filesystem>

#include "compiler/onnx/importer.h"
#include "compiler/onnx/qlinear.h"
#include "compiler/onnx/tensor_reader.h"
#include "compiler/passes/passes.h"
#include "ir/verifier.h"

namespace mote {
namespace {

constexpr int64_t kOldestOpset = 1, kNewestOpset = 18;

Result<::onnx::ModelProto> parse(const Bytes& file) {
  ::onnx::ModelProto model;
  bool parsed =
      file.size() <= INT32_MAX && model.ParseFromArray(file.data(), static_cast<int>(file.size()));
  if (!parsed || !model.has_graph() || model.opset_import_size() == 0) {
    return fail("isn't an ONNX model, or is damaged or cut off");
  }
  return model;
}

Result<int64_t> opset_of(const ::onnx::ModelProto& model) {
  int64_t opset = 0;
  for (const auto& one : model.opset_import()) {
    if (one.domain().empty() || one.domain() == "ai.onnx") opset = one.version();
  }
  if (opset < kOldestOpset || opset > kNewestOpset) {
    return fail(
        "is of opset {}, mote reads {} to {}; export it with opset_version={}, or bring it "
        "there with onnx.version_converter",
        opset, kOldestOpset, kNewestOpset, kNewestOpset);
  }
  return opset;
}

/// Brings the graph to NHWC and into the shape that layers have after training.
Result<void> tidy(Graph& graph) {
  for (PassResult (*pass)(Graph&) :
       {remove_dead_nodes, compact_tensors, move_transposes, fold_scales, fold_transposes,
        remove_identities, remove_dead_nodes, compact_tensors}) {
    MOTE_CHECK_OK(pass(graph));
  }
  return verify(graph);
}

Result<OnnxModel> import_model(const Bytes& file, const OperatorBook& book) {
  MOTE_TRY(::onnx::ModelProto model, parse(file));
  MOTE_TRY(int64_t opset, opset_of(model));
  if (model.functions_size() > 0) return fail("has functions of its own, which mote doesn't read");
  MOTE_CHECK_OK(onnx_import::expand_qlinear(model.mutable_graph()));
  OnnxModel result;
  onnx_import::Importer importer(model.graph(), opset, book);
  MOTE_TRY(result.graph, importer.run(&result.notes));
  MOTE_CHECK_OK(tidy(result.graph));
  return result;
}

}  // namespace

Result<OnnxModel> read_onnx(const Bytes& file, const std::string& name, const OperatorBook& book) {
  Result<OnnxModel> model = import_model(file, book);
  if (!model.ok()) return fail("{}: {}", name, model.error().message);
  model->graph.name = std::filesystem::path(name).stem().string();
  return model;
}

bool is_onnx(const Bytes& file) {
  Result<::onnx::ModelProto> model = parse(file);
  return model.ok() && model->graph().node_size() > 0 && model->ir_version() > 0;
}

}  // namespace mote
