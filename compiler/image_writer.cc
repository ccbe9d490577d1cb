// SPDX-License-Identifier: Apache-2.0
#include "compiler/image_writer.h"

#include <algorithm>
#include <cstring>

#include "runtime/crc32.h"
#include "runtime/image.h"

namespace mote {
namespace {

template <typename T>
void append(Bytes& bytes, const T& value) {
  size_t at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

uint32_t pad_to(Bytes& bytes, size_t alignment) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  return static_cast<uint32_t>(bytes.size());
}

uint32_t encode(const PlanOperand& operand) {
  switch (operand.space) {
    case PlanOperand::kArena:
      return operand.offset;
    case PlanOperand::kConstant:
      return operand.offset | kConstantOperand;
    case PlanOperand::kNothing:
      break;
  }
  return kNoOperand;
}

/// The head of a step with its operands and params; a jump's target follows when all steps are
/// there.
void append_step(Bytes& bytes, const PlanStep& step, size_t kernel) {
  append(bytes, ImageStep{static_cast<uint8_t>(kernel), static_cast<uint8_t>(step.operands.size()),
                          static_cast<uint16_t>(step.params.size())});
  for (const PlanOperand& operand : step.operands) append(bytes, encode(operand));
  append(bytes, step.params);
}

/// The steps' section. `starts` receives where each step begins, and the end.
Bytes image_steps(const Plan& plan, const std::vector<const KernelInfo*>& kernels,
                  std::vector<uint32_t>* starts) {
  Bytes bytes;
  for (const PlanStep& step : plan.steps) {
    starts->push_back(static_cast<uint32_t>(bytes.size()));
    if (step.kind == PlanStep::kKernel) {
      auto kernel = std::find(kernels.begin(), kernels.end(), step.kernel);
      append_step(bytes, step, static_cast<size_t>(kernel - kernels.begin()));
    } else {
      PlanStep jump = step;
      jump.params.assign(sizeof(ImageJump), 0);
      append_step(bytes, jump, kJumpStep);
    }
  }
  starts->push_back(static_cast<uint32_t>(bytes.size()));
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    if (plan.steps[s].kind == PlanStep::kKernel) continue;
    uint32_t target = static_cast<uint32_t>(plan.steps[s].target);
    ImageJump jump{(*starts)[target], target};
    std::memcpy(bytes.data() + (*starts)[s + 1] - sizeof jump, &jump, sizeof jump);
  }
  return bytes;
}

ImageTensor image_tensor(const Graph& graph, const PlanTensor& place) {
  const Tensor& tensor = graph.tensor(place.tensor);
  ImageTensor image{};
  image.arena_offset = place.offset;
  image.bytes = static_cast<uint32_t>(tensor.bytes());
  image.dtype = static_cast<uint32_t>(tensor.dtype);
  image.shape = tensor.shape;
  image.scale = tensor.quantization.scale();
  image.zero_point = tensor.quantization.zero_point();
  return image;
}

}  // namespace

Bytes write_image(const Plan& plan) {
  std::vector<const KernelInfo*> kernels = plan.kernels();
  ImageHeader header{};
  header.magic = kImageMagic;
  header.version = kImageVersion;
  header.header_bytes = sizeof header;
  header.arena_bytes = plan.arena_bytes;
  header.kernel_count = static_cast<uint16_t>(kernels.size());
  header.step_count = static_cast<uint16_t>(plan.steps.size());
  header.input_count = static_cast<uint16_t>(plan.inputs.size());
  header.output_count = static_cast<uint16_t>(plan.outputs.size());
  header.max_jumps = plan.max_jumps;
  header.state_bytes = plan.state_bytes;

  Bytes image(sizeof header);
  header.kernels_offset = pad_to(image, 4);
  for (const KernelInfo* kernel : kernels) append(image, kernel->id());
  header.tensors_offset = pad_to(image, 4);
  for (const PlanTensor& input : plan.inputs) append(image, image_tensor(plan.graph, input));
  for (const PlanTensor& output : plan.outputs) append(image, image_tensor(plan.graph, output));
  header.steps_offset = pad_to(image, 4);
  std::vector<uint32_t> starts;
  append(image, image_steps(plan, kernels, &starts));
  header.steps_bytes = starts.back();
  header.init_bytes = starts[static_cast<size_t>(plan.init_steps)];
  header.constants_offset = pad_to(image, kImageAlignment);
  header.constants_bytes = plan.constants_bytes();
  image.resize(header.constants_offset + header.constants_bytes);
  for (const PlanConstant& constant : plan.constants) {
    std::copy(constant.data.begin(), constant.data.end(),
              image.begin() + header.constants_offset + constant.offset);
  }
  header.image_bytes = static_cast<uint32_t>(image.size());
  std::memcpy(image.data(), &header, sizeof header);
  header.crc32 = crc32(image.data() + kChecksumStart, image.size() - kChecksumStart);
  std::memcpy(image.data(), &header, sizeof header);
  return image;
}

}  // namespace mote
