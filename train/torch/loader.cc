// SPDX-License-Identifier: Apache-2.0
#include "train/torch/loader.h"

#include <numeric>

#include "base/host/parallel.h"

namespace mote::train {
namespace {

std::vector<int64_t> sizes_of(const Source& source, size_t examples) {
  const Shape& shape = source.shape();
  std::vector<int64_t> sizes(shape.dims, shape.dims + shape.rank);
  sizes[0] = static_cast<int64_t>(examples);
  return sizes;
}

/// Well-mixed bits of two numbers (splitmix64's finisher).
uint64_t mixed(uint64_t a, uint64_t b) {
  uint64_t x = a * 0x9e3779b97f4a7c15u + b + 1;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// 0 … n-1 in an order that is the same on every platform.
std::vector<size_t> shuffled(size_t n, uint64_t seed) {
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = n; i-- > 1;) std::swap(order[i], order[mixed(seed, i) % (i + 1)]);
  return order;
}

}  // namespace

Result<torch::Tensor> read_features(Source& source, size_t worker, Split split,
                                    const std::vector<size_t>& examples,
                                    const std::optional<uint64_t>& random_seed) {
  torch::Tensor features = torch::empty(sizes_of(source, examples.size()));
  const int64_t each = source.shape().elements();
  for (size_t i = 0; i < examples.size(); ++i) {
    float* at = features.data_ptr<float>() + static_cast<int64_t>(i) * each;
    std::mt19937 random(static_cast<uint32_t>(random_seed ? mixed(*random_seed, examples[i]) : 0));
    MOTE_CHECK_OK(source.read(worker, split, examples[i], random_seed ? &random : nullptr, at));
  }
  return features;
}

Result<torch::Tensor> read_all(Source& source, Split split, size_t workers) {
  torch::Tensor features = torch::empty(sizes_of(source, source.size(split)));
  const int64_t each = source.shape().elements();
  auto read = [&](size_t worker, size_t i) {
    return source.read(worker, split, i, nullptr,
                       features.data_ptr<float>() + static_cast<int64_t>(i) * each);
  };
  MOTE_CHECK_OK(for_each_in_parallel(source.size(split), workers, read));
  return features;
}

Loader::Loader(Source& source, const torch::Tensor& kept, size_t batch, uint64_t seed,
               size_t workers)
    : source_(source),
      kept_(kept),
      batch_(batch),
      seed_(seed),
      order_(shuffled(source.size(Split::kTrain), seed)) {
  if (kept_.defined()) return;
  for (size_t worker = 0; worker < workers; ++worker) {
    threads_.emplace_back([this, worker] { work(worker); });
  }
}

Loader::~Loader() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::vector<size_t> Loader::examples_of(size_t batch) const {
  const auto first = order_.begin() + static_cast<long>(batch * batch_);
  return {first, first + static_cast<long>(batch_)};
}

void Loader::work(size_t worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stop_ || begun_ < used_ + kAhead; });
    if (stop_ || begun_ == batches()) return;
    const size_t batch = begun_++;
    lock.unlock();
    auto features = read_features(source_, worker, Split::kTrain, examples_of(batch), seed_);
    lock.lock();
    ready_.emplace(batch, std::move(features));
    changed_.notify_all();
  }
}

Result<Batch> Loader::next() {
  std::vector<size_t> examples = examples_of(used_);
  if (kept_.defined()) {
    ++used_;
    const std::vector<int64_t> numbers(examples.begin(), examples.end());
    return Batch{kept_.index_select(0, torch::tensor(numbers)), std::move(examples)};
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ready_.count(used_) > 0; });
  Result<torch::Tensor> features = std::move(ready_.at(used_));
  ready_.erase(used_++);
  changed_.notify_all();
  if (!features.ok()) return features.error();
  return Batch{*features, std::move(examples)};
}

}  // namespace mote::train
