// SPDX-License-Identifier: Apache-2.0
// A typed look at one input or output of a session: where its bytes are and what they mean.
#ifndef MOTE_BASE_TENSOR_H_
#define MOTE_BASE_TENSOR_H_

#include <stdint.h>

#include "base/dtype.h"
#include "base/shape.h"
#include "base/span.h"

namespace mote {

/// REQUIRES of as<T>(): T is the element type that `dtype` names, else the span is empty.
struct TensorView {
  void* data = nullptr;  // in the caller's arena
  uint32_t bytes = 0;
  DType dtype = DType::kInt8;
  const Shape* shape = nullptr;  // in the image
  float scale = 0;  // real = scale · (q - zero_point); 0 if the tensor isn't quantised
  int32_t zero_point = 0;

  template <typename T>
  Span<T> as() const {
    if (DTypeOf<T>::value != dtype) return {};
    return {static_cast<T*>(data), bytes / sizeof(T)};
  }
};

}  // namespace mote

#endif  // MOTE_BASE_TENSOR_H_
