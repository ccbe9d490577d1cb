// SPDX-License-Identifier: Apache-2.0
// Every comparison is written so that it can't overflow: `bytes <= limit - offset` after
// `offset <= limit`.
#include "runtime/image_check.h"

#include "base/dtype.h"
#include "runtime/crc32.h"

namespace mote {
namespace {

const ImageHeader& header_of(Span<const uint8_t> image) {
  return *reinterpret_cast<const ImageHeader*>(image.data());
}

bool section_fits(const ImageHeader& h, uint32_t offset, uint32_t bytes, uint32_t alignment) {
  return offset % alignment == 0 && offset >= sizeof(ImageHeader) && offset <= h.image_bytes &&
         bytes <= h.image_bytes - offset;
}

bool sections_fit(const ImageHeader& h) {
  uint32_t tensors = h.input_count + uint32_t{h.output_count};
  return h.kernel_count <= kMaxKernels &&
         section_fits(h, h.kernels_offset, h.kernel_count * 4u, 4) &&
         section_fits(h, h.tensors_offset, tensors * uint32_t{sizeof(ImageTensor)}, 4) &&
         section_fits(h, h.steps_offset, h.steps_bytes, 4) &&
         section_fits(h, h.constants_offset, h.constants_bytes, kImageAlignment) &&
         h.arena_bytes < kConstantOperand && h.constants_bytes < kConstantOperand &&
         h.init_bytes <= h.steps_bytes && h.state_bytes <= h.arena_bytes;
}

bool tensor_fits(const ImageTensor& tensor, uint32_t arena_bytes) {
  if (tensor.arena_offset > arena_bytes || tensor.bytes > arena_bytes - tensor.arena_offset ||
      tensor.shape.rank < 0 || tensor.shape.rank > kMaxRank || tensor.dtype > 255) {
    return false;
  }
  uint32_t bits = bits_of(static_cast<DType>(tensor.dtype));
  uint64_t elements = 1;
  for (int32_t d = 0; d < tensor.shape.rank; ++d) {
    if (tensor.shape[d] < 1) return false;
    elements *= static_cast<uint32_t>(tensor.shape[d]);
    if (elements > UINT32_MAX) return false;
  }
  // Typed views of the tensor must be aligned.
  return bits != 0 && tensor.arena_offset % ((bits + 7) / 8) == 0 &&
         bytes_of(static_cast<DType>(tensor.dtype), elements) == tensor.bytes;
}

uint32_t step_bytes(const ImageStep& head) {
  return sizeof(ImageStep) + head.operand_count * 4u + head.params_bytes;
}

/// One step at `at`, of which at most `left` bytes exist; `length` receives its bytes.
class StepChecker {
 public:
  StepChecker(Span<const uint8_t> image, Span<const Kernel> kernels, const uint16_t* rows)
      : header_(header_of(image)), image_(image.data()), kernels_(kernels.data()), rows_(rows) {}

  Status check(const uint8_t* at, uint32_t left, uint32_t* length) const {
    if (left < sizeof(ImageStep)) return Status::kBadStep;
    auto* head = reinterpret_cast<const ImageStep*>(at);
    *length = step_bytes(*head);
    if (*length > left || *length % 4 != 0) return Status::kBadStep;
    if (head->kernel == kJumpStep) return check_jump(*head, at + sizeof(ImageStep));
    if (head->kernel >= header_.kernel_count) return Status::kBadStep;
    const Kernel& kernel = kernels_[rows_[head->kernel]];
    if (head->operand_count != kernel.operand_count || head->params_bytes != kernel.params_bytes) {
      return Status::kBadStep;
    }
    auto* encoded = reinterpret_cast<const uint32_t*>(at + sizeof(ImageStep));
    Operand operands[kMaxOperands];
    for (uint32_t i = 0; i < head->operand_count; ++i) {
      if (!describe_operand(kernel, i, encoded[i], &operands[i])) return Status::kBadOperand;
    }
    return kernel.check(encoded + head->operand_count, operands) ? Status::kOk : Status::kBadParams;
  }

  /// Whether the jump at `at` goes to where a step begins, or to the end, of its own part: a reset
  /// and a run don't meet. REQUIRES: all steps passed check().
  bool lands(uint32_t at) const {
    const uint8_t* steps = image_ + header_.steps_offset;
    auto* head = reinterpret_cast<const ImageStep*>(steps + at);
    auto& jump =
        *reinterpret_cast<const ImageJump*>(steps + at + step_bytes(*head) - sizeof(ImageJump));
    bool init = at < header_.init_bytes, ends = jump.target_offset == header_.init_bytes;
    if (!ends && init != (jump.target_offset < header_.init_bytes)) return false;
    uint32_t offset = 0, step = 0;
    for (; step != jump.target_step && offset < header_.steps_bytes; ++step) {
      offset += step_bytes(*reinterpret_cast<const ImageStep*>(steps + offset));
    }
    return step == jump.target_step && offset == jump.target_offset;
  }

 private:
  /// All of a jump but where it goes.
  Status check_jump(const ImageStep& head, const uint8_t* operands) const {
    if (head.operand_count > 1 || head.params_bytes != sizeof(ImageJump)) return Status::kBadStep;
    bool branch = head.operand_count != 0;
    bool inside = *reinterpret_cast<const uint32_t*>(operands) < header_.arena_bytes;
    return !branch || inside ? Status::kOk : Status::kBadOperand;
  }

  bool describe_operand(const Kernel& kernel, uint32_t i, uint32_t encoded, Operand* out) const {
    *out = {nullptr, 0};
    if (encoded == kNoOperand) return true;
    bool constant = (encoded & kConstantOperand) != 0;
    uint32_t offset = encoded & ~kConstantOperand;
    uint32_t limit = constant ? header_.constants_bytes : header_.arena_bytes;
    uint32_t alignment = 1u << (kernel.alignments >> (2 * i) & 3);
    bool written = (kernel.written >> i & 1) != 0;
    if (offset >= limit || offset % alignment != 0 || (constant && written)) return false;
    out->bytes = limit - offset;
    out->constant = constant ? image_ + header_.constants_offset + offset : nullptr;
    return true;
  }

  const ImageHeader& header_;
  const uint8_t* image_;
  const Kernel* kernels_;
  const uint16_t* rows_;
};

/// Where the jumps go. REQUIRES: all steps passed their check.
ImageCheck check_targets(Span<const uint8_t> image, const StepChecker& checker) {
  const ImageHeader& h = header_of(image);
  uint32_t at = 0;
  for (uint32_t step = 0; at < h.steps_bytes; ++step) {
    auto* head = reinterpret_cast<const ImageStep*>(image.data() + h.steps_offset + at);
    if (head->kernel == kJumpStep && !checker.lands(at)) return {Status::kBadStep, step};
    at += step_bytes(*head);
  }
  return {};
}

}  // namespace

ImageCheck check_header(Span<const uint8_t> image) {
  if (reinterpret_cast<uintptr_t>(image.data()) % kImageAlignment != 0) {
    return {Status::kImageMisaligned};
  }
  if (image.size() < sizeof(ImageHeader)) return {Status::kTruncated};
  const ImageHeader& h = header_of(image);
  if (h.magic != kImageMagic) return {Status::kBadMagic};
  if (h.version != kImageVersion) return {Status::kBadVersion};
  if (h.header_bytes != sizeof(ImageHeader) || h.image_bytes < sizeof(ImageHeader)) {
    return {Status::kBadHeader};
  }
  if (h.image_bytes > image.size()) return {Status::kTruncated};
  return {sections_fit(h) ? Status::kOk : Status::kBadHeader};
}

ImageCheck check_checksum(Span<const uint8_t> image) {
  const ImageHeader& h = header_of(image);
  uint32_t crc = crc32(image.data() + kChecksumStart, h.image_bytes - kChecksumStart);
  return {crc == h.crc32 ? Status::kOk : Status::kBadChecksum};
}

ImageCheck check_body(Span<const uint8_t> image, Span<const Kernel> kernels, const uint16_t* rows) {
  const ImageHeader& h = header_of(image);
  auto* tensors = reinterpret_cast<const ImageTensor*>(image.data() + h.tensors_offset);
  for (uint32_t i = 0; i < h.input_count + uint32_t{h.output_count}; ++i) {
    if (!tensor_fits(tensors[i], h.arena_bytes)) return {Status::kBadTensor, i};
  }
  StepChecker checker(image, kernels, rows);
  uint32_t at = 0, steps = 0, jumps = 0;
  bool init_ends = h.init_bytes == h.steps_bytes;
  for (; at < h.steps_bytes; ++steps) {
    init_ends = init_ends || at == h.init_bytes;
    uint32_t length = 0;
    const uint8_t* step = image.data() + h.steps_offset + at;
    Status status = checker.check(step, h.steps_bytes - at, &length);
    if (*step == kJumpStep && ++jumps > kMaxJumpSteps) status = Status::kBadStep;
    if (status != Status::kOk) return {status, steps};
    at += length;
  }
  if (steps != h.step_count || !init_ends) return {Status::kBadStep, steps};
  return check_targets(image, checker);
}

}  // namespace mote
