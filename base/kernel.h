// SPDX-License-Identifier: Apache-2.0
// How a kernel is written and how the runtime calls it. A kernel is a plain function
//
//     void add_int8(const AddParams&, const int8_t* a, const int8_t* b, int8_t* output);
//
// over a params struct of 32-bit fields and pointers to its operands: `const` pointers are read,
// others are written. Generated C++ calls it as it stands. The image interpreter, which holds only
// bytes, calls it through Kernel, whose invoke() is derived from that signature here. Beside the
// kernel stands its check:
//
//     bool check_add_int8(const AddParams&, const Operand* operands);
//
// true where the kernel stays inside its operands and all its preconditions hold. It runs once, at
// the door (runtime/session.cc), so that the kernel can trust its params afterwards.
#ifndef MOTE_BASE_KERNEL_H_
#define MOTE_BASE_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

namespace mote {

/// The most operands a kernel takes; the interpreter resolves that many pointers on its stack.
constexpr uint32_t kMaxOperands = 12;

/// What the door knows of an operand: how many bytes may be touched from its address on, and, if it
/// is a constant of the image, the bytes themselves. An absent optional operand has no bytes.
struct Operand {
  const void* constant;  // null for the arena
  uint32_t bytes;

  bool present() const { return bytes != 0; }

  /// Whether elements of T in these dimensions fit. Every dimension must be at least 1, and the
  /// whole below 2 GB, so that kernels may count elements in int32_t.
  template <typename T, typename... Dims>
  bool holds(Dims... dims) const {
    uint64_t needed = sizeof(T);
    return (grow(needed, dims) && ...) && needed <= bytes;
  }

 private:
  static bool grow(uint64_t& needed, int64_t dim) {
    if (dim < 1 || dim > INT32_MAX) return false;
    needed *= static_cast<uint64_t>(dim);
    return needed <= INT32_MAX;
  }
};

/// Whether low <= value <= high for every value: the door's most common question about params.
template <typename... Values>
constexpr bool all_within(int32_t low, int32_t high, Values... values) {
  return ((values >= low && values <= high) && ...);
}

/// A kernel as the interpreter sees it: the row of a registry. Plain constant data.
struct Kernel {
  uint32_t id;            // kernel_id() of its name and params, the same on host and device
  uint16_t params_bytes;  // sizeof its params
  uint8_t operand_count;
  uint8_t reserved;
  uint32_t written;     // bit i: operand i is written
  uint32_t alignments;  // 2 bits each: log2 of operand i's element alignment
  void (*invoke)(const void* params, void* const* operands);
  bool (*check)(const void* params, const Operand* operands);
};

namespace detail {

template <size_t... I>
struct Indices {};
template <size_t N, size_t... I>
struct MakeIndices : MakeIndices<N - 1, N - 1, I...> {};
template <size_t... I>
struct MakeIndices<0, I...> {
  using type = Indices<I...>;
};

template <typename T>
struct Pointee;
template <typename T>
struct Pointee<T*> {
  static constexpr bool kWritten = true;
  static constexpr uint32_t kAlignment = alignof(T);
};
template <typename T>
struct Pointee<const T*> {
  static constexpr bool kWritten = false;
  static constexpr uint32_t kAlignment = alignof(T);
};
template <>
struct Pointee<void*> {
  static constexpr bool kWritten = true;
  static constexpr uint32_t kAlignment = 1;
};
template <>
struct Pointee<const void*> {
  static constexpr bool kWritten = false;
  static constexpr uint32_t kAlignment = 1;
};

constexpr uint32_t log2_of(uint32_t alignment) {
  return alignment <= 1 ? 0 : alignment == 2 ? 1 : alignment == 4 ? 2 : 3;
}

template <auto Function>
struct Signature;
template <typename P, typename... Pointers, void (*Function)(const P&, Pointers...)>
struct Signature<Function> {
  using Params = P;
  static constexpr uint32_t kCount = sizeof...(Pointers);
  static_assert(kCount <= kMaxOperands, "raise kMaxOperands");
  static_assert(alignof(P) == 4, "params hold 32-bit fields only");

  static constexpr uint32_t written() {
    uint32_t mask = 0, bit = 1;
    ((mask |= Pointee<Pointers>::kWritten ? bit : 0, bit <<= 1), ...);
    return mask;
  }
  static constexpr uint32_t alignments() {
    uint32_t packed = 0, at = 0;
    ((packed |= log2_of(Pointee<Pointers>::kAlignment) << at, at += 2), ...);
    return packed;
  }
  template <size_t... I>
  static void call(const P& params, void* const* operands, Indices<I...>) {
    Function(params, static_cast<Pointers>(operands[I])...);
  }
  static void invoke(const void* params, void* const* operands) {
    call(*static_cast<const P*>(params), operands, typename MakeIndices<kCount>::type());
  }
};

template <auto Check>
struct CheckOf;
template <typename P, bool (*Check)(const P&, const Operand*)>
struct CheckOf<Check> {
  static bool check(const void* params, const Operand* operands) {
    return Check(*static_cast<const P*>(params), operands);
  }
};

}  // namespace detail

/// The registry row of a kernel and its check: make_kernel<add_int8, check_add_int8>(id).
template <auto Function, auto Check>
constexpr Kernel make_kernel(uint32_t id) {
  using S = detail::Signature<Function>;
  return {id,         sizeof(typename S::Params),    S::kCount, 0, S::written(), S::alignments(),
          &S::invoke, &detail::CheckOf<Check>::check};
}

}  // namespace mote

#endif  // MOTE_BASE_KERNEL_H_
