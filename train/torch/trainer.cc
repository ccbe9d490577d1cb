// SPDX-License-Identifier: Apache-2.0
#include "train/torch/trainer.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "train/torch/checkpoint.h"
#include "train/torch/loader.h"
#include "train/torch/loss.h"
#include "train/torch/schedule.h"

namespace mote::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kMostKept = 1 << 28;  // features kept in memory, 1 GB
constexpr int64_t kValidationBatch = 256;

/// Weights decay, biases and gains don't.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Executor& executor,
                                                        const TrainingOptions& training) {
  std::vector<torch::Tensor> weights, others;
  for (const NamedTensor& named : executor.parameters()) {
    (named.tensor.dim() > 1 ? weights : others).push_back(named.tensor);
  }
  std::vector<torch::optim::OptimizerParamGroup> groups;
  auto add = [&](const std::vector<torch::Tensor>& tensors, auto defaults, double decay) {
    if (tensors.empty()) return;
    defaults.weight_decay(decay);
    groups.emplace_back(tensors, std::make_unique<decltype(defaults)>(defaults));
  };
  if (training.optimizer == "sgd") {
    const auto defaults = torch::optim::SGDOptions(training.rate)
                              .momentum(training.momentum)
                              .nesterov(training.momentum > 0);
    add(weights, defaults, training.weight_decay);
    add(others, defaults, 0);
    return std::make_unique<torch::optim::SGD>(groups, defaults);
  }
  const torch::optim::AdamWOptions defaults(training.rate);
  add(weights, defaults, training.weight_decay);
  add(others, defaults, 0);
  return std::make_unique<torch::optim::AdamW>(groups, defaults);
}

void set_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

struct Means {
  double loss = 0, right = 0;
  size_t examples = 0;
  double mean_loss() const { return loss / static_cast<double>(examples); }
};

class Trainer {
 public:
  Trainer(Executor& executor, Source& source, const TrainerOptions& options)
      : executor_(executor),
        source_(source),
        options_(options),
        training_(options.training),
        optimizer_(make_optimizer(executor, training_)) {
    loss_.task = options.task;
    loss_.label_smoothing = training_.label_smoothing;
    loss_.teacher_weight = training_.teacher_weight;
    loss_.temperature = training_.temperature;
    outputs_ = executor.graph().tensor(executor.graph().outputs[0]).shape.back(0);
  }

  Result<void> run() {
    MOTE_CHECK_OK(check());
    if (training_.balance && classifies()) weigh_classes();
    if (options_.keep_zeros) find_zeros();
    MOTE_CHECK_OK(resume());
    MOTE_CHECK_OK(read_features_once());
    const int last = options_.stop_after > 0
                         ? std::min(training_.epochs, progress_.epoch + options_.stop_after)
                         : training_.epochs;
    while (progress_.epoch < last && !patience_is_over()) MOTE_CHECK_OK(one_epoch());
    const bool over = progress_.epoch >= training_.epochs || patience_is_over();
    if (over && !progress_.best_state.empty()) restore_state(progress_.best_state, executor_);
    return {};
  }

 private:
  bool classifies() const { return options_.task == Task::kClassification; }
  std::filesystem::path checkpoint() const {
    return options_.run / (options_.prefix + "checkpoint.pt");
  }
  std::filesystem::path log() const { return options_.run / (options_.prefix + "log.jsonl"); }

  Result<void> check() const {
    const size_t examples = source_.size(Split::kTrain);
    if (examples < 2) return fail("{} training examples; training needs two or more", examples);
    if (training_.patience > 0 && source_.size(Split::kValidation) == 0) {
      return fail("training.patience needs validation examples; set split.validation above 0");
    }
    if (executor_.parameters().empty()) {
      return fail("model.freeze leaves no weights to learn; lower it");
    }
    return {};
  }

  Result<void> resume() {
    std::error_code ignored;
    if (options_.resume && std::filesystem::exists(checkpoint(), ignored)) {
      MOTE_TRY(progress_, load_checkpoint(checkpoint(), executor_, *optimizer_));
    } else {
      std::filesystem::remove(checkpoint(), ignored);
    }
    return cut_log();
  }

  /// Leaves the lines of the epochs that the checkpoint has seen.
  Result<void> cut_log() {
    std::ifstream file(log());
    std::string kept, line;
    for (int n = 0; n < progress_.epoch && std::getline(file, line); ++n) kept += line + "\n";
    return write_text(log(), kept);
  }

  void weigh_classes() {
    std::vector<float> counts(static_cast<size_t>(outputs_), 0);
    for (size_t i = 0; i < source_.size(Split::kTrain); ++i) {
      counts[static_cast<size_t>(source_.label(Split::kTrain, i))] += 1;
    }
    const torch::Tensor n = torch::tensor(counts).clamp_min(1);
    loss_.class_weights = static_cast<double>(source_.size(Split::kTrain)) / (outputs_ * n);
  }

  void find_zeros() {
    for (const NamedTensor& named : executor_.parameters()) {
      if (named.tensor.dim() > 1) masks_.push_back({named.tensor, (named.tensor != 0).detach()});
    }
  }

  Result<void> read_features_once() {
    const int64_t each = source_.shape().elements();
    if (!source_.changes() &&
        each * static_cast<int64_t>(source_.size(Split::kTrain)) <= kMostKept) {
      MOTE_TRY(kept_, read_all(source_, Split::kTrain, options_.workers));
    }
    if (source_.size(Split::kValidation) > 0) {
      MOTE_TRY(validation_, read_all(source_, Split::kValidation, options_.workers));
    }
    return {};
  }

  torch::Tensor wanted(Split split, const std::vector<size_t>& examples,
                       const torch::Tensor& features) const {
    if (options_.task == Task::kAnomaly) return features.flatten(1);
    if (classifies()) {
      std::vector<int64_t> labels;
      for (size_t i : examples) labels.push_back(source_.label(split, i));
      return one_hot(labels, outputs_);
    }
    std::vector<float> targets;
    for (size_t i : examples) targets.push_back(static_cast<float>(source_.target(split, i)));
    return torch::tensor(targets).reshape({-1, 1});
  }

  Result<void> one_epoch() {
    const auto start = Clock::now();
    const uint64_t seed = uint64_t{training_.seed} << 32 | static_cast<uint32_t>(progress_.epoch);
    torch::manual_seed(seed);
    const size_t batch =
        std::min(static_cast<size_t>(training_.batch), source_.size(Split::kTrain));
    Loader loader(source_, kept_, batch, seed, options_.workers);
    Means means;
    for (size_t step = 0; step < loader.batches(); ++step) {
      MOTE_TRY(Batch examples, loader.next());
      set_rate(*optimizer_, rate_at(training_, progress_.epoch, step, loader.batches()));
      MOTE_CHECK_OK(learn(examples, step, &means));
      if (options_.on_step) {
        options_.on_step(progress_.epoch, step + 1, loader.batches(), means.mean_loss());
      }
    }
    EpochLog line;
    line.epoch = progress_.epoch;
    line.step = static_cast<size_t>(progress_.epoch + 1) * loader.batches();
    line.loss = means.mean_loss();
    if (classifies()) line.accuracy = means.right / static_cast<double>(means.examples);
    line.rate = rate_at(training_, progress_.epoch, loader.batches() - 1, loader.batches());
    validate(&line);
    if (!is_finite(line)) {
      return fail("epoch {}: the network isn't made of finite numbers after its last step; {}. {}",
                  progress_.epoch + 1, rate_too_high(), what_is_left());
    }
    line.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return end_epoch(line);
  }

  /// The loss was finite before the last step; a checkpoint must hold a network that is so after
  /// it.
  bool is_finite(const EpochLog& line) const {
    if (line.validation_loss && !std::isfinite(*line.validation_loss)) return false;
    for (const torch::Tensor& tensor : copy_state(executor_)) {
      if (!torch::isfinite(tensor).all().item<bool>()) return false;
    }
    return true;
  }

  Result<void> learn(Batch& batch, size_t step, Means* means) {
    torch::Tensor target = wanted(Split::kTrain, batch.examples, batch.features);
    const torch::Tensor plain = batch.features;
    if (training_.mixup > 0 && options_.task != Task::kAnomaly) {
      mix_up(training_.mixup, &batch.features, &target);
    }
    torch::Tensor taught;
    if (options_.teacher) {
      torch::NoGradGuard no_gradients;
      taught = options_.teacher->run(batch.features, false);
    }
    const torch::Tensor outputs = executor_.run(batch.features, true).flatten(1);
    const torch::Tensor loss = loss_of(loss_, outputs, target, taught);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) return not_finite(batch.examples, plain, step);
    optimizer_->zero_grad();
    loss.backward();
    shorten_gradient();
    optimizer_->step();
    torch::NoGradGuard no_gradients;
    for (auto& [weights, mask] : masks_) weights.mul_(mask);
    means->loss += value * static_cast<double>(batch.examples.size());
    means->examples += batch.examples.size();
    if (classifies()) means->right += static_cast<double>(count_right(outputs, target));
    return {};
  }

  void shorten_gradient() {
    if (training_.clip_norm == 0) return;
    std::vector<torch::Tensor> all;
    for (const NamedTensor& named : executor_.parameters()) all.push_back(named.tensor);
    torch::nn::utils::clip_grad_norm_(all, training_.clip_norm);
  }

  Error not_finite(const std::vector<size_t>& examples, const torch::Tensor& features,
                   size_t step) const {
    std::string cause = rate_too_high();
    for (size_t i = 0; i < examples.size(); ++i) {
      if (torch::isfinite(features[static_cast<int64_t>(i)]).all().item<bool>()) continue;
      cause = fmt::format("the features of '{}' aren't all finite numbers",
                          source_.name(Split::kTrain, examples[i]));
      break;
    }
    return fail("epoch {}, step {}: the loss isn't a finite number; {}. {}", progress_.epoch + 1,
                step + 1, cause, what_is_left());
  }

  std::string rate_too_high() const {
    return fmt::format("training.rate {} may be too high", training_.rate);
  }
  std::string what_is_left() const {
    if (progress_.epoch == 0) return "No epoch was finished";
    return fmt::format("{} holds epoch {}, from which --resume goes on", checkpoint().string(),
                       progress_.epoch);
  }

  void validate(EpochLog* line) {
    const auto count = static_cast<int64_t>(source_.size(Split::kValidation));
    if (count == 0) return;
    torch::NoGradGuard no_gradients;
    Means means;
    LossOptions plain;  // comparable between recipes
    plain.task = options_.task;
    for (int64_t first = 0; first < count; first += kValidationBatch) {
      const int64_t n = std::min(kValidationBatch, count - first);
      const torch::Tensor features = validation_.narrow(0, first, n);
      std::vector<size_t> examples;
      for (int64_t i = 0; i < n; ++i) examples.push_back(static_cast<size_t>(first + i));
      const torch::Tensor target = wanted(Split::kValidation, examples, features);
      const torch::Tensor outputs = executor_.run(features, false).flatten(1);
      means.loss += loss_of(plain, outputs, target, {}).item<double>() * static_cast<double>(n);
      if (classifies()) means.right += static_cast<double>(count_right(outputs, target));
      means.examples += static_cast<size_t>(n);
    }
    line->validation_loss = means.mean_loss();
    if (classifies()) line->validation_accuracy = means.right / static_cast<double>(means.examples);
  }

  bool patience_is_over() const {
    return training_.patience > 0 && progress_.best_epoch >= 0 &&
           progress_.epoch - 1 - progress_.best_epoch >= training_.patience;
  }

  Result<void> end_epoch(const EpochLog& line) {
    if (line.validation_loss) {
      const double result = line.validation_accuracy.value_or(-*line.validation_loss);
      if (progress_.best_epoch < 0 || result > progress_.best) {
        progress_.best = result;
        progress_.best_epoch = progress_.epoch;
        if (training_.patience > 0) progress_.best_state = copy_state(executor_);
      }
    }
    ++progress_.epoch;
    MOTE_CHECK_OK(save_checkpoint(checkpoint(), executor_, *optimizer_, progress_));
    std::ofstream file(log(), std::ios::app);
    file << log_line(line) << '\n' << std::flush;
    if (!file) return fail("{}: can't be written; is the disk full?", log().string());
    if (options_.on_epoch) options_.on_epoch(line);
    return {};
  }

  struct Mask {
    torch::Tensor weights, mask;
  };

  Executor& executor_;
  Source& source_;
  const TrainerOptions& options_;
  const TrainingOptions& training_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  LossOptions loss_;
  int outputs_ = 0;
  Progress progress_;
  std::vector<Mask> masks_;
  torch::Tensor kept_, validation_;
};

}  // namespace

std::string log_line(const EpochLog& log) {
  auto or_null = [](const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  const nlohmann::ordered_json json = {{"epoch", log.epoch + 1},
                                       {"step", log.step},
                                       {"loss", log.loss},
                                       {"accuracy", or_null(log.accuracy)},
                                       {"validation_loss", or_null(log.validation_loss)},
                                       {"validation_accuracy", or_null(log.validation_accuracy)},
                                       {"rate", log.rate},
                                       {"seconds", log.seconds}};
  return json.dump();
}

Result<void> train_network(Executor& executor, Source& source, const TrainerOptions& options) {
  return Trainer(executor, source, options).run();
}

}  // namespace mote::train
