// SPDX-License-Identifier: Apache-2.0
#include "train/run/price.h"

#include "boards/target.h"
#include "compiler/pipeline.h"
#include "ir/builder.h"
#include "train/features/front_end.h"
#include "train/quantize/quantize.h"
#include "train/run/deploy.h"

namespace mote::train {
namespace {

/// A front end as if the data had been looked at.
Result<FrontEnd> made_up_front_end(const Project& project) {
  FeatureStatistics statistics;
  if (project.input.kind != InputKind::kSeries) {
    statistics.quantization = quantization(0.0625f, 3);
  }
  const bool image = project.input.kind == InputKind::kImage;
  if (image) {
    statistics.mean.assign(static_cast<size_t>(project.input.channels), 120);
    statistics.deviation.assign(static_cast<size_t>(project.input.channels), 60);
  }
  MOTE_TRY(FrontEnd front_end, FrontEnd::make(project, statistics));
  if (project.input.kind != InputKind::kSeries || !project.features.normalize) return front_end;
  const auto channels = static_cast<size_t>(front_end.shape().back(0));
  statistics.mean.assign(channels, 0.5f);
  statistics.deviation.assign(channels, 2);
  return FrontEnd::make(project, statistics);
}

std::map<TensorId, quantize::Range> made_up_ranges(const Graph& graph, const FrontEnd& front_end) {
  std::map<TensorId, quantize::Range> ranges;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (tensor.dtype == DType::kFloat32 && !tensor.constant()) {
      ranges[static_cast<TensorId>(i)] = {-3, 6};
    }
  }
  if (auto range = feature_range(front_end)) ranges[graph.inputs[0]] = *range;
  return ranges;
}

/// Appends "WHAT is A, B too much: the limit is C".
void check(const char* what, const char* unit, const std::optional<double>& value,
           const std::optional<double>& limit, std::vector<std::string>* problems) {
  if (!limit || !value || *value <= *limit) return;
  problems->push_back(fmt::format("{} is {:.5g} {}, {:.5g} {} over the limit of {:.5g} {}", what,
                                  *value, unit, *value - *limit, unit, *limit, unit));
}

std::optional<double> number(const std::optional<uint64_t>& bytes) {
  return bytes ? std::optional<double>(static_cast<double>(*bytes)) : std::nullopt;
}

}  // namespace

Result<Graph> untrained_model(const Project& project, int classes) {
  MOTE_TRY(const FrontEnd front_end, made_up_front_end(project));
  MOTE_TRY(const Network network, make_network(project, front_end.shape(),
                                               outputs_of(project, classes, front_end.shape())));
  quantize::QuantizeOptions options;
  options.activations = project.compression.activations == "int16" ? DType::kInt16 : DType::kInt8;
  options.weight_bits = project.compression.weight_bits;
  MOTE_TRY(
      const Graph integers,
      quantize::quantize_graph(network.graph, made_up_ranges(network.graph, front_end), options));
  return join(front_end.graph(), integers);
}

Result<Price> price_of(const Project& project, const Graph& model) {
  MOTE_TRY(const BoardTarget target, find_target(project.budget.board));
  MOTE_TRY(const Target kernels, target_of_core(target.core()));
  MOTE_TRY(const Plan plan, compile(model, kernels));
  std::mt19937 random(1);
  Price price;
  MOTE_TRY(price.profile, profile_model(plan, project.name, target, random_inputs(random, model)));
  const Profile& p = price.profile;
  if (!p.misfit.empty()) price.problems.push_back(p.misfit);
  const BudgetOptions& b = project.budget;
  check("RAM", "bytes", static_cast<double>(p.footprint.ram_bytes()), number(b.max_ram_bytes),
        &price.problems);
  check("flash", "bytes", static_cast<double>(p.footprint.flash_bytes()), number(b.max_flash_bytes),
        &price.problems);
  check("latency", "ms", p.latency_ms(p.total), b.max_latency_ms, &price.problems);
  check("energy", "µJ", p.energy_uj(p.total), b.max_energy_uj, &price.problems);
  return price;
}

}  // namespace mote::train
