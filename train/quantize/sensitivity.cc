// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "ir/record.h"
#include "train/evaluate/run_graph.h"
#include "train/quantize/rules.h"

namespace mote::quantize {
namespace {

size_t largest(const std::vector<float>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

Result<Distance> distance_of(const Observed& observed, const QuantizeOptions& options) {
  MOTE_TRY(const Graph graph,
           quantize_graph(*observed.graph, observed.ranges, options, observed.wide_ranges));
  MOTE_TRY(const auto answers, train::answers(graph, *observed.samples));
  return distance(answers, observed.answers);
}

}  // namespace

double Distance::loss(size_t outputs) const {
  if (outputs < 2) return 100 * error;
  return 100 * static_cast<double>(other_answers) / static_cast<double>(samples);
}

Distance distance(const std::vector<std::vector<float>>& answers,
                  const std::vector<std::vector<float>>& reference) {
  Distance result;
  double squares = 0, own = 0;
  for (size_t s = 0; s < answers.size(); ++s) {
    for (size_t i = 0; i < answers[s].size(); ++i) {
      double difference = static_cast<double>(answers[s][i]) - reference[s][i];
      squares += difference * difference;
      own += static_cast<double>(reference[s][i]) * reference[s][i];
    }
    result.other_answers += largest(answers[s]) != largest(reference[s]);
  }
  result.samples = answers.size();
  result.error = own > 0 ? std::sqrt(squares / own) : std::sqrt(squares);
  return result;
}

Result<Observed> observe_model(const Graph& graph, const std::vector<std::vector<Bytes>>& samples,
                               Calibration method,
                               const std::function<void(size_t done, size_t all)>& progress) {
  Observed observed;
  observed.graph = &graph;
  observed.samples = &samples;
  MOTE_TRY(observed.ranges, observe(graph, samples, method, levels_of(DType::kInt8), progress));
  observed.wide_ranges = observed.ranges;
  if (method != Calibration::kMinMax) {
    const auto quiet = [](size_t, size_t) {};
    MOTE_TRY(observed.wide_ranges,
             observe(graph, samples, Calibration::kMinMax, levels_of(DType::kInt16), quiet));
  }
  MOTE_TRY(observed.answers, train::answers(graph, samples));
  return observed;
}

Result<std::vector<Sensitivity>> measure_sensitivity(
    const Observed& observed, const QuantizeOptions& options,
    const std::function<void(size_t done, size_t all)>& progress) {
  const Graph& graph = *observed.graph;
  std::vector<size_t> nodes;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const RuleRow* row = rule_of(graph.nodes[i]);
    if (row && row->rule != Rule::kSame) nodes.push_back(i);
  }
  QuantizeOptions alone = options;
  alone.activations = DType::kInt16;
  std::vector<Sensitivity> table;
  for (size_t i : nodes) {
    alone.exceptions = {i};
    MOTE_TRY(const Distance distance, distance_of(observed, alone));
    const Node& node = graph.nodes[i];
    table.push_back(
        {i, std::string(node.record->name), graph.tensor(node.outputs[0]).name, distance});
    progress(table.size(), nodes.size());
  }
  std::stable_sort(table.begin(), table.end(), [](const Sensitivity& a, const Sensitivity& b) {
    return a.distance.error > b.distance.error;
  });
  return table;
}

std::set<size_t> most_sensitive(const std::vector<Sensitivity>& table, size_t count) {
  std::set<size_t> nodes;
  for (size_t i = 0; i < std::min(count, table.size()); ++i) nodes.insert(table[i].node);
  return nodes;
}

Result<std::set<size_t>> enough_wide(const Observed& observed, const QuantizeOptions& options,
                                     const std::vector<Sensitivity>& table, double max_loss) {
  QuantizeOptions mixed = options;
  mixed.activations = DType::kInt8;
  double reached = 0;
  for (size_t count = 0; count <= table.size(); ++count) {
    mixed.exceptions = most_sensitive(table, count);
    MOTE_TRY(const Distance distance, distance_of(observed, mixed));
    reached = distance.loss(observed.answers.empty() ? 0 : observed.answers[0].size());
    if (reached <= max_loss) return mixed.exceptions;
  }
  return fail(
      "a loss of at most {:.3g} % isn't reached: with all {} operators at 16 bits it is {:.3g} %",
      max_loss, table.size(), reached);
}

}  // namespace mote::quantize
