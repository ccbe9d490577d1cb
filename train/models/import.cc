// SPDX-License-Identifier: Apache-2.0
#include "train/models/import.h"

#include <cmath>
#include <cstring>

#include "base/host/file.h"
#include "base/host/process.h"
#include "compiler/onnx/reader.h"
#include "compiler/passes/passes.h"
#include "compiler/tflite/reader.h"
#include "ir/builder.h"
#include "ir/verifier.h"
#include "ops/book.h"
#include "train/quantize/values.h"
#include "train/run/program.h"

namespace mote::train {
namespace {

/// Where a network has its channels before the rest, the order in which it has the features' axes;
/// empty if it hasn't.
std::vector<int32_t> channels_first(const Shape& input, const Shape& features) {
  std::vector<int32_t> order = {0};
  order.push_back(features.rank - 1);
  for (int32_t axis = 1; axis + 1 < features.rank; ++axis) order.push_back(axis);
  if (features.rank < 3 || input.rank != features.rank || input == features) return {};
  for (int i = 0; i < input.rank; ++i) {
    if (input[i] != features[order[static_cast<size_t>(i)]]) return {};
  }
  return order;
}

/// Makes the features the network's input and turns them into what it was. The passes let that
/// sink until it meets the network's own way back.
Result<void> turn_input(Graph* graph, const Shape& features) {
  const TensorId old = graph->inputs[0];
  const std::vector<int32_t> order = channels_first(graph->tensor(old).shape, features);
  if (order.empty()) return {};
  auto add = [&](Tensor tensor) {
    graph->tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph->tensors.size()) - 1;
  };
  const TensorId turned = add({"features", graph->tensor(old).dtype, features, {}, nullptr});
  const TensorId axes = add({"channels first",
                             DType::kInt32,
                             Shape(features.rank),
                             {},
                             quantize::bytes_of_values(order)});
  graph->inputs[0] = turned;
  graph->nodes.insert(graph->nodes.begin(), {&transpose_record(), {turned, axes}, {old}, {}});
  for (auto pass : {move_transposes, remove_identities, remove_dead_nodes}) {
    MOTE_TRY([[maybe_unused]] const bool changed, pass(*graph));
  }
  return {};
}

/// The dense layer that the output comes from, or -1.
int last_dense(const Graph& graph) {
  TensorId wanted = graph.outputs[0];
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (node.outputs[0] != wanted) continue;
    if (node.record->name == "FULLY_CONNECTED") return static_cast<int>(i);
    if (node.record->name != "SOFTMAX" && node.record->name != "RESHAPE") return -1;
    wanted = node.inputs[0];
  }
  return -1;
}

/// Ends the graph at its last dense layer, with `outputs` outputs and weights drawn anew.
Result<void> replace_head(const Project& project, Graph* graph, int outputs) {
  const int at = last_dense(*graph);
  if (at < 0) {
    return fail("{}: doesn't end in a FULLY_CONNECTED, whose {} outputs could become {}",
                project.model.file.string(), graph->tensor(graph->outputs[0]).shape.back(0),
                outputs);
  }
  graph->nodes.resize(static_cast<size_t>(at) + 1);
  Node& head = graph->nodes.back();
  const int32_t inputs = graph->tensor(head.inputs[1]).shape[1];
  std::mt19937 random(project.training.seed);
  const float bound = std::sqrt(6.0f / static_cast<float>(inputs));
  std::vector<float> weights(static_cast<size_t>(inputs) * static_cast<size_t>(outputs));
  for (float& w : weights) w = random_float(random, -bound, bound);
  auto add = [&](const char* name, const Shape& shape, const std::vector<float>& values) {
    graph->tensors.push_back({name, DType::kFloat32, shape, {}, quantize::bytes_of_values(values)});
    return static_cast<TensorId>(graph->tensors.size()) - 1;
  };
  const std::vector<float> zeros(static_cast<size_t>(outputs), 0.0f);
  const TensorId w = add("head/weights", Shape(outputs, inputs), weights);
  const TensorId b = add("head/bias", Shape(outputs), zeros);
  head.inputs = {head.inputs[0], w, b};
  head.attributes["fused_activation_function"] = std::string("NONE");
  head.attributes["keep_num_dims"] = false;
  graph->tensor(head.outputs[0]).shape = Shape(1, outputs);
  graph->outputs = {head.outputs[0]};
  return {};
}

void end_in_softmax(Graph* graph) {
  if (graph->nodes.back().record->name == "SOFTMAX") return;
  Tensor scores = graph->tensor(graph->outputs[0]);
  scores.name = "scores";
  graph->tensors.push_back(std::move(scores));
  const auto id = static_cast<TensorId>(graph->tensors.size()) - 1;
  graph->nodes.push_back({&softmax_record(), {graph->outputs[0]}, {id}, {{"beta", 1.0}}});
  graph->outputs = {id};
}

}  // namespace

Result<Network> adapt_network(const Project& project, Graph graph, const Shape& features,
                              int outputs) {
  const std::string name = project.model.file.string();
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1 || graph.nodes.empty()) {
    return fail("{}: has {} inputs and {} outputs; a network to train has one of each", name,
                graph.inputs.size(), graph.outputs.size());
  }
  MOTE_CHECK_OK(turn_input(&graph, features));
  const Tensor& input = graph.tensor(graph.inputs[0]);
  if (input.dtype != DType::kFloat32) {
    return fail("{}: its input is {}; only float models can be trained further", name,
                type_text(input));
  }
  if (input.shape != features) {
    return fail("{}: its input is {}, the project's features are {}; change [input] and [features]",
                name, shape_text(input.shape), shape_text(features));
  }
  if (graph.tensor(graph.outputs[0]).shape != Shape(1, outputs)) {
    MOTE_CHECK_OK(replace_head(project, &graph, outputs));
  }
  if (project.task == Task::kClassification) end_in_softmax(&graph);
  MOTE_CHECK_OK(compact_tensors(graph));
  Result<void> fine = verify(graph);
  if (!fine.ok()) return fail("{}: {}", name, fine.error().message);
  return Network{std::move(graph), {}, {}};
}

namespace {

/// TorchScript is an archive. What is in it only libtorch knows, so mote-train reads it.
bool is_archive(const Bytes& file) {
  return file.size() > 4 && file[0] == 'P' && file[1] == 'K' && file[2] == 3 && file[3] == 4;
}

Result<Graph> import_script(const std::filesystem::path& path, const Shape& features) {
  MOTE_TRY(const std::filesystem::path program, find_training_program());
  MOTE_TRY(const TempFolder folder, TempFolder::make());
  const std::filesystem::path network = folder.path() / "network.tflite";
  std::vector<int32_t> dims(features.dims, features.dims + features.rank);
  MOTE_TRY(const ProcessOutcome outcome,
           run_process({program.string(), "import", path.string(), "--features",
                        fmt::format("{}", fmt::join(dims, ",")), "--output", network.string()}));
  if (outcome.exit_code != 0) {
    return fail("{}", outcome.output.substr(0, outcome.output.find('\n')));
  }
  MOTE_TRY(const Bytes file, read_file(network));
  return read_tflite(file, path.string(), operator_book());
}

}  // namespace

Result<Network> import_network(const Project& project, const Shape& features, int outputs) {
  const std::filesystem::path& path = project.model.file;
  MOTE_TRY(const Bytes file, read_file(path));
  if (is_archive(file)) {
    MOTE_TRY(Graph graph, import_script(path, features));
    return adapt_network(project, std::move(graph), features, outputs);
  }
  if (is_onnx(file)) {
    MOTE_TRY(OnnxModel model, read_onnx(file, path.string(), operator_book()));
    return adapt_network(project, std::move(model.graph), features, outputs);
  }
  MOTE_TRY(Graph graph, read_tflite(file, path.string(), operator_book()));
  return adapt_network(project, std::move(graph), features, outputs);
}

}  // namespace mote::train
