// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/run_graph.h"

#include "boards/target.h"
#include "compiler/pipeline.h"
#include "train/quantize/values.h"

namespace mote::train {

Values inputs_for(const Graph& graph, const Values& real) {
  Values inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    bool plain = tensor.dtype == DType::kFloat32;
    inputs.push_back(plain ? real[i]
                           : quantize::stored_values(tensor, quantize::floats_of(real[i])));
  }
  return inputs;
}

std::vector<float> outputs_of(const Graph& graph, const Values& outputs) {
  std::vector<float> all;
  for (size_t o = 0; o < graph.outputs.size(); ++o) {
    std::vector<float> one = quantize::real_values(graph.tensor(graph.outputs[o]), outputs[o]);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

Result<std::vector<Values>> run_graph(const Graph& graph, const std::vector<Values>& inputs,
                                      const std::string& board,
                                      const std::function<void(size_t)>& progress) {
  Batch batch{.jobs = 0, .progress = progress};
  if (board.empty()) {
    MOTE_TRY(const Target host, target_of_core("host"));
    MOTE_TRY(const Plan plan, compile(graph, host));
    MOTE_TRY(EnginePtr engine, make_image_engine(image_model(plan), batch));
    return engine->run(inputs);
  }
  MOTE_TRY(const BoardTarget target, find_target(board));
  MOTE_TRY(const Target kernels, target_of_core(target.core()));
  MOTE_TRY(const Plan plan, compile(graph, kernels));
  MOTE_TRY(EnginePtr engine, make_board_engine(image_model(plan), board, batch));
  return engine->run(inputs);
}

Result<std::vector<std::vector<float>>> answers(const Graph& graph,
                                                const std::vector<Values>& real) {
  std::vector<Values> inputs;
  for (const Values& sample : real) inputs.push_back(inputs_for(graph, sample));
  MOTE_TRY(const std::vector<Values> outputs, run_graph(graph, inputs));
  std::vector<std::vector<float>> numbers;
  for (const Values& output : outputs) numbers.push_back(outputs_of(graph, output));
  return numbers;
}

}  // namespace mote::train
