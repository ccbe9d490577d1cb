// SPDX-License-Identifier: Apache-2.0
// The image interpreter: resolves each step's operands to pointers and calls its kernel, or goes to
// another step. All that can go wrong has gone wrong in open(), but for loops that don't end.
#include "runtime/session.h"

#include "runtime/image_check.h"

namespace mote {
namespace {

void* resolve(uint32_t operand, uint8_t* arena, const uint8_t* constants) {
  if (operand == kNoOperand) return nullptr;
  // Kernels take constants through const pointers; open() made sure that none is written.
  if (operand & kConstantOperand)
    return const_cast<uint8_t*>(constants) + (operand & ~kConstantOperand);
  return arena + operand;
}

}  // namespace

// Member by member: a whole-struct assignment would call memset, which firmware may not have.
void Session::close() {
  image_ = nullptr;
  cursor_ = steps_end_ = nullptr;
  error_index_ = 0;
}

void Session::rewind() {
  cursor_ = image_ + header().steps_offset + header().init_bytes;
  next_step_ = first_step_;
  jumps_left_ = header().max_jumps;
}

Status Session::step() {
  if (!image_) return Status::kNotOpen;
  if (finished()) rewind();
  if (finished()) return Status::kOk;  // a model without steps
  auto* head = reinterpret_cast<const ImageStep*>(cursor_);
  auto* operands = reinterpret_cast<const uint32_t*>(cursor_ + sizeof(ImageStep));
  if (head->kernel == kJumpStep) return jump(*head, operands);
  const uint8_t* constants = image_ + header().constants_offset;
  void* pointers[kMaxOperands];
  for (uint32_t i = 0; i < head->operand_count; ++i) {
    pointers[i] = resolve(operands[i], arena_, constants);
  }
  const uint32_t* params = operands + head->operand_count;
  kernels_[rows_[head->kernel]].invoke(params, pointers);
  cursor_ = reinterpret_cast<const uint8_t*>(params) + head->params_bytes;
  ++next_step_;
  return Status::kOk;
}

Status Session::jump(const ImageStep& head, const uint32_t* operands) {
  auto* target = reinterpret_cast<const ImageJump*>(operands + head.operand_count);
  if (head.operand_count != 0 && arena_[operands[0]] != 0) {
    cursor_ = reinterpret_cast<const uint8_t*>(target + 1);
    ++next_step_;
    return Status::kOk;
  }
  const uint8_t* to = image_ + header().steps_offset + target->target_offset;
  if (to <= cursor_ && jumps_left_-- == 0) {
    jumps_left_ = 0;
    return Status::kTooManyTurns;
  }
  cursor_ = to;
  next_step_ = target->target_step;
  return Status::kOk;
}

Status Session::run() {
  if (!image_) return Status::kNotOpen;
  rewind();
  Status status = Status::kOk;
  while (!finished() && status == Status::kOk) status = step();
  return status;
}

Status Session::reset() {
  if (!image_) return Status::kNotOpen;
  rewind();
  const uint8_t* end = cursor_;
  cursor_ = image_ + header().steps_offset;
  next_step_ = 0;
  Status status = Status::kOk;
  while (cursor_ != end && status == Status::kOk) status = step();
  if (status == Status::kOk) first_step_ = next_step_;
  rewind();
  return status;
}

Span<uint8_t> Session::state() const {
  if (!image_) return {};
  return {arena_, header().state_bytes};
}

uint32_t Session::input_count() const {
  return image_ ? header().input_count : 0;
}
uint32_t Session::output_count() const {
  return image_ ? header().output_count : 0;
}

TensorView Session::view(uint32_t i) const {
  auto& tensor = reinterpret_cast<const ImageTensor*>(image_ + header().tensors_offset)[i];
  return {arena_ + tensor.arena_offset,
          tensor.bytes,
          static_cast<DType>(tensor.dtype),
          &tensor.shape,
          tensor.scale,
          tensor.zero_point};
}

TensorView Session::input(uint32_t i) const {
  return view(i);
}
TensorView Session::output(uint32_t i) const {
  return view(header().input_count + i);
}

Status Session::bind(Span<const Kernel> kernels) {
  auto* ids = reinterpret_cast<const uint32_t*>(image_ + header().kernels_offset);
  for (uint32_t i = 0; i < header().kernel_count; ++i) {
    uint32_t row = 0;
    while (row < kernels.size() && kernels[row].id != ids[i]) ++row;
    if (row == kernels.size()) {
      error_index_ = i;
      return Status::kUnknownKernel;
    }
    rows_[i] = static_cast<uint16_t>(row);
  }
  kernels_ = kernels.data();
  steps_end_ = image_ + header().steps_offset + header().steps_bytes;
  first_step_ = 0;
  return Status::kOk;
}

Status Session::attach(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels) {
  close();
  auto& head = *reinterpret_cast<const ImageHeader*>(image.data());
  if (reinterpret_cast<uintptr_t>(arena.data()) % kArenaAlignment != 0) {
    return Status::kArenaMisaligned;
  }
  if (arena.size() < head.arena_bytes) return Status::kArenaTooSmall;
  image_ = image.data();
  arena_ = arena.data();
  Status status = bind(kernels);
  if (status != Status::kOk) image_ = nullptr;
  return status;
}

/// The state's first values; a session without them is none.
Status Session::start() {
  Status status = reset();
  if (status != Status::kOk) close();
  return status;
}

Status reopen(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels,
              Session* session) {
  session->close();
  ImageCheck head = check_header(image);
  if (head.status != Status::kOk) return head.status;
  Status status = session->attach(image, arena, kernels);
  if (status != Status::kOk) return status;
  ImageCheck body = check_body(image, {session->kernels_, kernels.size()}, session->rows_);
  if (body.status == Status::kOk) return session->start();
  session->close();
  session->error_index_ = body.index;
  return body.status;
}

Status open(Span<const uint8_t> image, Span<uint8_t> arena, Span<const Kernel> kernels,
            Session* session) {
  session->close();
  ImageCheck check = check_header(image);
  if (check.status == Status::kOk) check = check_checksum(image);
  return check.status == Status::kOk ? reopen(image, arena, kernels, session) : check.status;
}

}  // namespace mote
