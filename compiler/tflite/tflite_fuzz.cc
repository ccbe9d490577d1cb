// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the .tflite reader: any bytes give an error or a graph that verifies, prints,
// can be written and read again as the same graph, and, if it is small, runs.
#include <cstdio>
#include <cstdlib>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
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

void run(const Graph& graph) {
  std::vector<Bytes> inputs;
  for (TensorId id : graph.inputs) inputs.emplace_back(graph.tensor(id).bytes());
  Result<std::vector<Bytes>> outputs = interpret(graph, inputs);
  require(outputs.ok(), outputs.ok() ? "" : outputs.error().message);
}

void check(const Graph& graph) {
  require(verify(graph).ok(), "read_tflite() gave a graph that doesn't verify");
  Result<Bytes> file = write_tflite(graph);
  require(file.ok(), file.ok() ? "" : file.error().message);
  Result<Graph> back = read_tflite(*file, graph.name, operator_book());
  require(back.ok(), back.ok() ? "" : back.error().message);
  require(print(*back) == print(graph), print(*back) + print(graph));
  if (small(graph)) run(graph);
}

}  // namespace
}  // namespace mote

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mote::Bytes file(data, data + size);
  mote::Result<mote::Graph> graph = mote::read_tflite(file, "fuzz", mote::operator_book());
  if (graph.ok()) mote::check(*graph);
  return 0;
}
