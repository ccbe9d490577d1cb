// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/bias_correction.h"

#include <map>

#include "ir/interpreter.h"
#include "ir/record.h"
#include "train/quantize/rules.h"
#include "train/quantize/values.h"

namespace mote::quantize {
namespace {

using Samples = std::vector<std::vector<Bytes>>;

/// Adds values up; mean() divides.
class Mean {
 public:
  void add(const std::vector<float>& values) {
    sums_.resize(values.size(), 0);
    for (size_t i = 0; i < values.size(); ++i) sums_[i] += values[i];
    ++count_;
  }
  std::vector<float> mean() const {
    std::vector<float> means;
    for (double sum : sums_) means.push_back(static_cast<float>(sum / count_));
    return means;
  }

 private:
  std::vector<double> sums_;
  double count_ = 0;
};

/// The node alone: what isn't constant is an input of the graph.
Graph alone(const Graph& graph, const Node& node) {
  Graph one;
  one.name = graph.name;
  one.tensors = graph.tensors;
  one.nodes = {node};
  for (TensorId id : node.inputs) {
    bool known = std::find(one.inputs.begin(), one.inputs.end(), id) != one.inputs.end();
    if (id != kAbsent && !graph.tensor(id).constant() && !known) one.inputs.push_back(id);
  }
  one.outputs = node.outputs;
  return one;
}

/// Each channel's mean of the float layer's sums for an input, without bias and activation, with
/// the weights' numbers given.
Result<std::vector<double>> mean_sums(const Graph& real, Node node,
                                      const std::vector<float>& weights,
                                      const std::vector<float>& input) {
  Graph one = real;
  one.tensor(node.inputs[1]).data = bytes_of_values(weights);
  if (node.inputs.size() > 2) node.inputs[2] = kAbsent;
  node.attributes["fused_activation_function"] = std::string("NONE");
  one = alone(one, node);
  MOTE_TRY(std::vector<Bytes> outputs, interpret(one, {*bytes_of_values(input)}));
  std::vector<float> sums = floats_of(outputs[0]);
  const Shape& shape = one.tensor(node.outputs[0]).shape;
  ChannelIndex channel(shape, shape.rank - 1);
  std::vector<double> means(channel.channels(), 0);
  double each = static_cast<double>(sums.size() / channel.channels());
  for (size_t i = 0; i < sums.size(); ++i) means[channel(i)] += sums[i] / each;
  return means;
}

template <typename T>
std::shared_ptr<const Bytes> shifted(const Tensor& bias, const std::vector<double>& shifts) {
  std::vector<T> values;
  for (size_t c = 0; c < shifts.size(); ++c) {
    values.push_back(
        static_cast<T>(bias.as<T>()[c] - std::llround(shifts[c] / bias.quantization.scales[c])));
  }
  return bytes_of_values(values);
}

class Corrector {
 public:
  Corrector(const Graph& real, const Samples& samples, Graph* integers)
      : real_(real), samples_(samples), graph_(*integers) {
    for (const Node& node : real.nodes) {
      if (is_weighted(real, node)) twins_[real.tensor(node.outputs[0]).name] = &node;
    }
  }

  Result<BiasCorrection> run(const std::function<void(size_t, size_t)>& progress) {
    MOTE_CHECK_OK(measure_inputs());
    quantize_inputs();
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      auto twin = twins_.find(graph_.tensor(node.outputs[0]).name);
      bool biased = node.inputs.size() > 2 && node.inputs[2] != kAbsent;
      if (twin != twins_.end() && biased) MOTE_CHECK_OK(correct(node, *twin->second));
      MOTE_CHECK_OK(step(i));
      progress(i + 1, graph_.nodes.size());
    }
    return result_;
  }

 private:
  /// The mean input of each float layer.
  Result<void> measure_inputs() {
    MOTE_TRY(Interpreter interpreter, Interpreter::make(real_));
    for (const std::vector<Bytes>& sample : samples_) {
      MOTE_CHECK_OK(interpreter.run(sample));
      for (const auto& [name, node] : twins_) {
        means_[name].add(floats_of(interpreter.value(node->inputs[0])));
      }
    }
    return {};
  }

  void quantize_inputs() {
    for (size_t i = 0; i < graph_.inputs.size(); ++i) {
      const Tensor& tensor = graph_.tensor(graph_.inputs[i]);
      std::vector<Bytes>& values = values_[graph_.inputs[i]];
      for (const std::vector<Bytes>& sample : samples_) {
        values.push_back(stored_values(tensor, floats_of(sample[i])));
      }
    }
  }

  Result<void> correct(const Node& node, const Node& twin) {
    const Tensor& input = graph_.tensor(node.inputs[0]);
    const Tensor& weights = graph_.tensor(node.inputs[1]);
    Mean now;
    for (const Bytes& value : values_[node.inputs[0]]) now.add(real_values(input, value));
    MOTE_TRY(const auto is,
             mean_sums(real_, twin, real_values(weights, *weights.data), now.mean()));
    const Tensor& real_weights = real_.tensor(twin.inputs[1]);
    MOTE_TRY(const auto should, mean_sums(real_, twin, floats_of(*real_weights.data),
                                          means_[graph_.tensor(node.outputs[0]).name].mean()));
    std::vector<double> shifts;
    double most = 0, largest = 0;
    for (size_t c = 0; c < is.size(); ++c) {
      shifts.push_back(is[c] - should[c]);
      most = std::max(most, std::abs(should[c]));
      largest = std::max(largest, std::abs(shifts[c]));
    }
    Tensor& bias = graph_.tensor(node.inputs[2]);
    bias.data = bias.dtype == DType::kInt64 ? shifted<int64_t>(bias, shifts)
                                            : shifted<int32_t>(bias, shifts);
    ++result_.layers;
    if (most > 0) result_.largest_shift = std::max(result_.largest_shift, largest / most);
    return {};
  }

  /// Computes nodes[i] on all samples, and forgets what nobody reads any more.
  Result<void> step(size_t i) {
    const Node& node = graph_.nodes[i];
    Graph one = alone(graph_, node);
    MOTE_TRY(Interpreter interpreter, Interpreter::make(one));
    for (size_t s = 0; s < samples_.size(); ++s) {
      std::vector<Bytes> inputs;
      for (TensorId id : one.inputs) inputs.push_back(values_[id][s]);
      MOTE_TRY(std::vector<Bytes> outputs, interpreter.run(inputs));
      for (size_t o = 0; o < node.outputs.size(); ++o) {
        values_[node.outputs[o]].push_back(std::move(outputs[o]));
      }
    }
    for (TensorId id : one.inputs) {
      bool later = false;
      for (size_t n = i + 1; n < graph_.nodes.size(); ++n) {
        const std::vector<TensorId>& ids = graph_.nodes[n].inputs;
        later = later || std::find(ids.begin(), ids.end(), id) != ids.end();
      }
      if (!later) values_.erase(id);
    }
    return {};
  }

  const Graph& real_;
  const Samples& samples_;
  Graph& graph_;
  std::map<std::string, const Node*> twins_;  // float layers by their output's name
  std::map<std::string, Mean> means_;
  std::map<TensorId, std::vector<Bytes>> values_;  // of each sample
  BiasCorrection result_;
};

}  // namespace

Result<BiasCorrection> correct_biases(const Graph& real, const Samples& samples, Graph* integers,
                                      const std::function<void(size_t, size_t)>& progress) {
  return Corrector(real, samples, integers).run(progress);
}

}  // namespace mote::quantize
