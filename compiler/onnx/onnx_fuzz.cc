// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the .onnx reader: any bytes give an error or a graph that verifies, prints,
// reads back from its text as the same graph and, if it is small, runs.
#include <cstdio>
#include <cstdlib>

#include "compiler/onnx/reader.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

/// Whether running the graph takes little time and memory, by a rough upper bound: each output
/// element costs the largest operand.
bool small(const Graph& graph) {
  constexpr uint64_t kMost = 1 << 16;
  uint64_t bytes = 0, work = 0;
  for (const Tensor& tensor : graph.tensors) bytes += tensor.bytes();
  for (const Node& node : graph.nodes) {
    for (TensorId id : node.outputs) work += graph.tensor(id).bytes() * bytes;
  }
  return bytes <= kMost && work <= 16 * kMost;
}

void check(const Graph& graph) {
  require(verify(graph).ok(), "read_onnx() gave a graph that doesn't verify");
  if (!small(graph)) return;
  std::string text = print(graph);
  Result<Graph> back = parse(text, operator_book());
  require(back.ok(), back.ok() ? "" : back.error().message + "\n" + text);
  require(print(*back) == text, text);
  std::vector<Bytes> inputs;
  for (TensorId id : graph.inputs) inputs.emplace_back(graph.tensor(id).bytes());
  Result<std::vector<Bytes>> outputs = interpret(graph, inputs);
  require(outputs.ok(), outputs.ok() ? "" : outputs.error().message);
}

}  // namespace
}  // namespace mote

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mote::Bytes file(data, data + size);
  mote::Result<mote::OnnxModel> model = mote::read_onnx(file, "fuzz", mote::operator_book());
  if (model.ok()) mote::check(model->graph);
  return 0;
}
