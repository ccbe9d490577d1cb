// SPDX-License-Identifier: Apache-2.0
#include "engines/host_engine.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "ops/book.h"

namespace mote {
namespace {

Error explain(Status status, uint32_t index) {
  const char* what = nullptr;
  switch (status) {
    case Status::kBadStep:
    case Status::kBadOperand:
    case Status::kBadParams:
      what = "step";
      break;
    case Status::kUnknownKernel:
      what = "kernel";
      break;
    case Status::kBadTensor:
      what = "tensor";
      break;
    default:
      return fail("{}", describe(status));
  }
  return fail("{} {}: {}", what, index, describe(status));
}

std::vector<Kernel> collect() {
  std::vector<Kernel> kernels;
  for (const KernelInfo* info : kernel_book()) kernels.push_back(info->kernel);
  return kernels;
}

}  // namespace

Span<const Kernel> host_kernels() {
  static const std::vector<Kernel> kernels = collect();
  return {kernels.data(), kernels.size()};
}

AlignedBytes::AlignedBytes(size_t bytes)
    : data_(static_cast<uint8_t*>(::operator new (bytes, std::align_val_t{kArenaAlignment}))),
      bytes_(bytes) {
  std::memset(data_.get(), 0, bytes);
}

void AlignedBytes::Free::operator()(uint8_t* memory) const {
  ::operator delete (memory, std::align_val_t{kArenaAlignment});
}

Result<HostEngine> HostEngine::make(const Bytes& image) {
  HostEngine engine;
  engine.image_ = std::make_unique<AlignedBytes>(image.size());
  if (!image.empty()) std::memcpy(engine.image_->data(), image.data(), image.size());
  engine.session_ = std::make_unique<Session>();
  // The header says how much arena to make; it is believed only once it was checked.
  Span<const uint8_t> bytes{engine.image_->data(), image.size()};
  engine.arena_ = std::make_unique<AlignedBytes>(0);
  Status status = open(bytes, engine.arena_->span(), host_kernels(), engine.session_.get());
  if (status == Status::kArenaTooSmall) {
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof header);
    constexpr uint32_t kMostArena = 1u << 30;
    if (header.arena_bytes > kMostArena) {
      return fail("the image wants an arena of {} bytes; this host gives at most {}",
                  header.arena_bytes, kMostArena);
    }
    engine.arena_ = std::make_unique<AlignedBytes>(header.arena_bytes);
    status = open(bytes, engine.arena_->span(), host_kernels(), engine.session_.get());
  }
  if (status != Status::kOk) return explain(status, engine.session_->error_index());
  return engine;
}

Result<void> HostEngine::reset() {
  Status status = session_->reset();
  if (status != Status::kOk) return fail("reset: {}", describe(status));
  return {};
}

Result<void> HostEngine::run_steps(const std::function<void(uint32_t)>& after_step) {
  Status status = Status::kOk;
  if (!after_step) status = session_->run();
  for (bool more = static_cast<bool>(after_step); more && status == Status::kOk;) {
    status = session_->step();
    after_step(session_->next_step());
    more = !session_->finished();
  }
  if (status != Status::kOk) return fail("{}", describe(status));
  return {};
}

Result<std::vector<uint32_t>> step_order(const Bytes& image, const std::vector<Bytes>& inputs) {
  MOTE_TRY(HostEngine engine, HostEngine::make(image));
  std::vector<uint32_t> order;
  if (engine.session().finished()) return order;  // a model without steps
  order.push_back(engine.session().next_step());
  MOTE_CHECK_OK(engine.run(inputs, [&](uint32_t next) { order.push_back(next); }));
  order.pop_back();  // the end
  return order;
}

Result<std::vector<Bytes>> HostEngine::run(const std::vector<Bytes>& inputs,
                                           const std::function<void(uint32_t)>& after_step) {
  if (inputs.size() != session_->input_count()) {
    return fail("the image takes {} inputs, {} given", session_->input_count(), inputs.size());
  }
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    TensorView view = session_->input(i);
    if (inputs[i].size() != view.bytes) {
      return fail("input {} takes {} bytes, {} given", i, view.bytes, inputs[i].size());
    }
    if (view.bytes) std::memcpy(view.data, inputs[i].data(), view.bytes);
  }
  MOTE_CHECK_OK(run_steps(after_step));
  std::vector<Bytes> outputs;
  for (uint32_t i = 0; i < session_->output_count(); ++i) {
    TensorView view = session_->output(i);
    auto* data = static_cast<const uint8_t*>(view.data);
    outputs.emplace_back(data, data + view.bytes);
  }
  return outputs;
}

}  // namespace mote
