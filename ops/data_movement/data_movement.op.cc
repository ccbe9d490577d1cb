// SPDX-License-Identifier: Apache-2.0
#include "ops/data_movement/data_movement.op.h"

#include "ops/kernel_choice.op.h"

namespace mote {
namespace {

#define MOTE_STRIDED_COPY(name)                                 \
  MOTE_KERNEL(                                                  \
      name, StridedCopyParams, "data_movement", "reference.cc", \
      MOTE_FIELDS(StridedCopyParams, MOTE_LOOPS_2_FIELDS(loops), input_offset, output_offset))

const KernelInfo kCopyBytes = MOTE_KERNEL(copy_bytes, CopyBytesParams, "data_movement",
                                          "reference.cc", MOTE_FIELDS(CopyBytesParams, bytes));
const KernelInfo kCopy8 = MOTE_STRIDED_COPY(strided_copy_8);
const KernelInfo kCopy16 = MOTE_STRIDED_COPY(strided_copy_16);
const KernelInfo kCopy32 = MOTE_STRIDED_COPY(strided_copy_32);
const KernelInfo kCopy64 = MOTE_STRIDED_COPY(strided_copy_64);

const Kernels kCopies = {&kCopy8, &kCopy16, &kCopy32, &kCopy64};

}  // namespace

const KernelInfo& copy_bytes_kernel() {
  return kCopyBytes;
}

std::vector<const KernelInfo*> strided_copy_kernels() {
  return kCopies;
}

const std::vector<DType>& movable_types() {
  static const std::vector<DType> types = [] {
    std::vector<DType> whole_bytes;
#define MOTE_IF_WHOLE_BYTES(name, code, bits, text) \
  if (bits % 8 == 0) whole_bytes.push_back(DType::name);
    MOTE_DTYPE_LIST(MOTE_IF_WHOLE_BYTES)
#undef MOTE_IF_WHOLE_BYTES
    return whole_bytes;
  }();
  return types;
}

std::vector<TypeRow> movement_types(const std::vector<std::vector<DType>>& others) {
  std::vector<TypeRow> rows;
  for (DType dtype : movable_types()) {
    for (const std::vector<DType>& rest : others) {
      TypeRow row{{dtype}, {dtype}};
      row.inputs.insert(row.inputs.end(), rest.begin(), rest.end());
      rows.push_back(row);
    }
  }
  return rows;
}

void emit_strided_copy(Lowering& node, DType dtype, const Shape& shape, const StridedSide& input,
                       const StridedSide& output) {
  StridedCopyParams params{make_loops<2>(shape, {input.strides, output.strides}), input.offset,
                           output.offset};
  node.emit(kernel_for_size(kCopies, dtype), params, {input.value, output.value});
}

Value zero_constant(Lowering& node, const Tensor& tensor) {
  Bytes element(bits_of(tensor.dtype) / 8);
  // Only int8 and uint8 have a zero point other than 0.
  element[0] = static_cast<uint8_t>(tensor.quantization.zero_point());
  return node.constant(element);
}

Result<void> lower_same_bytes(Lowering& node) {
  CopyBytesParams params{static_cast<int32_t>(node.input(0).bytes())};
  Step& step = node.emit(kCopyBytes, params, {node.in(0), node.out()});
  step.in_place = {{1, 0}};
  step.drop_in_place = true;
  return {};
}

const std::vector<DType>& movement_case_types() {
  static const std::vector<DType> types = {DType::kInt8,  DType::kFloat32, DType::kInt16,
                                           DType::kInt32, DType::kInt64,   DType::kUInt8};
  return types;
}

}  // namespace mote
