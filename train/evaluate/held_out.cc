// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/held_out.h"

#include <bit>

#include "ir/interpreter.h"
#include "train/data/decode.h"
#include "train/evaluate/run_graph.h"
#include "train/quantize/values.h"

namespace mote::train {
namespace {

uint64_t different_bits(const Bytes& a, const Bytes& b) {
  uint64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    count += static_cast<uint64_t>(std::popcount(static_cast<unsigned>(a[i] ^ b[i])));
  }
  return count;
}

}  // namespace

Result<HeldOut> HeldOut::make(const Project& project, const Dataset& dataset,
                              const FrontEnd& front_end, Split split, size_t most,
                              const Progress& progress) {
  const std::vector<size_t> examples = spread(dataset.of(split), most);
  if (examples.empty()) {
    return fail("{}: no examples to {}; [split] says how many there are", project.file.string(),
                name_of(split));
  }
  HeldOut test;
  test.project_ = &project;
  test.dataset_ = &dataset;
  test.front_end_ = &front_end;
  std::vector<Signal> signals(examples.size());
  auto take = [&](size_t, size_t i, Signal signal) -> Result<void> {
    signals[i] = std::move(signal);
    return {};
  };
  auto decoding = [&](size_t done, size_t all) { progress("decoding", done, all); };
  MOTE_TRY(test.skipped_, decode_examples(project, dataset, examples, take, decoding));
  for (size_t i = 0; i < examples.size(); ++i) {
    if (signals[i].values.empty()) continue;
    test.examples_.push_back(examples[i]);
    test.signals_.push_back(std::move(signals[i]));
  }
  if (test.examples_.empty()) {
    return fail("{}: none of the {} examples to {} can be read: {}", project.file.string(),
                examples.size(), name_of(split), test.skipped_[0].why);
  }
  MOTE_CHECK_OK(test.compute_features());
  return test;
}

Result<void> HeldOut::compute_features() {
  inputs_.clear();
  for (const Signal& signal : signals_) inputs_.push_back({front_end_->device_input(signal)});
  MOTE_TRY(features_, run_graph(front_end_->graph(), inputs_));
  return {};
}

std::vector<Values> HeldOut::real_features() const {
  const Graph& graph = front_end_->graph();
  std::vector<Values> all;
  for (const Values& one : features_) {
    all.push_back({*quantize::bytes_of_values(outputs_of(graph, one))});
  }
  return all;
}

Result<HeldOut> HeldOut::harder(const Hardship& hardship,
                                const std::vector<std::vector<float>>& noise) const {
  HeldOut test = *this;
  for (size_t i = 0; i < test.signals_.size(); ++i) {
    std::mt19937 random(static_cast<uint32_t>(i) + 1);
    endure(*project_, hardship, noise, random, &test.signals_[i]);
  }
  MOTE_CHECK_OK(test.compute_features());
  return test;
}

HeldOut HeldOut::some(size_t count) const {
  HeldOut test = *this;
  test.examples_.clear();
  test.signals_.clear();
  test.inputs_.clear();
  test.features_.clear();
  for (size_t i = 0; i < count; ++i) {
    size_t at = i * size() / count;
    test.examples_.push_back(examples_[at]);
    test.signals_.push_back(signals_[at]);
    test.inputs_.push_back(inputs_[at]);
    test.features_.push_back(features_[at]);
  }
  return test;
}

std::vector<Prediction> HeldOut::predictions(const std::vector<std::vector<float>>& outputs) const {
  const bool anomaly = project_->task == Task::kAnomaly;
  const Graph& graph = front_end_->graph();
  std::vector<Prediction> all;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Example& example = dataset_->examples[examples_[i]];
    Prediction p;
    p.label = example.label;
    p.target = example.target;
    p.columns = example.columns;
    if (!p.columns.count("group")) p.columns["group"] = example.group;
    p.scores = outputs[i];
    if (anomaly && outputs[i].size() > 1) {
      std::vector<float> real = outputs_of(graph, features_[i]);
      double sum = 0;
      for (size_t k = 0; k < real.size(); ++k) {
        double difference = static_cast<double>(outputs[i][k]) - real[k];
        sum += difference * difference / static_cast<double>(real.size());
      }
      p.scores = {static_cast<float>(sum)};
    }
    all.push_back(std::move(p));
  }
  return all;
}

Result<std::vector<std::vector<float>>> outputs_on(const Graph& graph, GraphInput given,
                                                   const HeldOut& test, const std::string& board) {
  const Tensor& input = graph.tensor(graph.inputs[0]);
  const bool real = given == GraphInput::kFeatures && input.dtype == DType::kFloat32;
  const std::vector<Values> inputs = given == GraphInput::kDevice ? test.inputs()
                                     : real                       ? test.real_features()
                                                                  : test.features();
  if (graph.inputs.size() != 1 || input.bytes() != inputs[0][0].size()) {
    return fail("the model's input {} {} has {} bytes, the project's {} {}", input.name,
                type_text(input), input.bytes(),
                given == GraphInput::kDevice ? "examples" : "features", inputs[0][0].size());
  }
  MOTE_TRY(const auto outputs, run_graph(graph, inputs, board));
  std::vector<std::vector<float>> numbers;
  for (const Values& output : outputs) numbers.push_back(outputs_of(graph, output));
  return numbers;
}

Result<BitDifference> compare_features(const FrontEnd& front_end, const HeldOut& test,
                                       const std::string& board) {
  const Graph& graph = front_end.graph();
  MOTE_TRY(const auto on_board, run_graph(graph, test.inputs(), board));
  MOTE_TRY(Interpreter interpreter, Interpreter::make(graph));
  BitDifference result;
  for (size_t i = 0; i < test.size(); ++i) {
    MOTE_TRY(const Values trained, interpreter.run(test.inputs()[i]));
    for (size_t o = 0; o < trained.size(); ++o) {
      result.bits += 8 * trained[o].size();
      result.different += different_bits(trained[o], on_board[i][o]);
    }
  }
  return result;
}

}  // namespace mote::train
