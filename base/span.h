// SPDX-License-Identifier: Apache-2.0
// A pointer and a count: the only container that crosses the device's interfaces. It stands in for
// std::span, which the RV32 toolchain has no header for.
#ifndef MOTE_BASE_SPAN_H_
#define MOTE_BASE_SPAN_H_

#include <stddef.h>
#include <stdint.h>

namespace mote {

/// A view of `size` contiguous elements that somebody else owns. Never owns, never allocates.
template <typename T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, size_t size) : data_(data), size_(size) {}
  template <size_t N>
  constexpr Span(T (&array)[N]) : data_(array), size_(N) {}

  constexpr T* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  /// REQUIRES: i < size().
  constexpr T& operator[](size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace mote

#endif  // MOTE_BASE_SPAN_H_
