// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/permutation.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "ir/record.h"

namespace mote {

Permutation inverse(const Permutation& p) {
  Permutation result(p.size());
  for (size_t d = 0; d < p.size(); ++d) {
    result[static_cast<size_t>(p[d])] = static_cast<int>(d);
  }
  return result;
}

Permutation compose(const Permutation& first, const Permutation& second) {
  Permutation result;
  for (int d : second) result.push_back(first[static_cast<size_t>(d)]);
  return result;
}

bool is_identity(const Permutation& p) {
  return std::is_sorted(p.begin(), p.end());
}

bool keeps_bytes(const Permutation& p, const Shape& shape) {
  Permutation real;
  std::copy_if(p.begin(), p.end(), std::back_inserter(real), [&](int d) { return shape[d] != 1; });
  return std::is_sorted(real.begin(), real.end());
}

Shape permuted(const Shape& shape, const Permutation& p) {
  Shape result;
  for (int d : p) result.push_back(shape[d]);
  return result;
}

Tensor permuted(const Tensor& constant, const Permutation& p) {
  Tensor result = constant;
  result.shape = permuted(constant.shape, p);
  if (constant.quantization.per_channel()) {
    result.quantization.axis = inverse(p)[static_cast<size_t>(constant.quantization.axis)];
  }
  size_t size = bits_of(constant.dtype) / 8;
  Bytes bytes(constant.data->size());
  std::vector<int32_t> at(p.size());  // the index in the result
  for (size_t to = 0; to < bytes.size(); to += size) {
    int64_t from = 0;
    std::vector<int32_t> index(p.size());
    for (size_t d = 0; d < p.size(); ++d) index[static_cast<size_t>(p[d])] = at[d];
    for (size_t d = 0; d < p.size(); ++d) {
      from = from * constant.shape[static_cast<int>(d)] + index[d];
    }
    std::memcpy(bytes.data() + to, constant.data->data() + static_cast<size_t>(from) * size, size);
    for (size_t d = p.size(); d-- > 0;) {
      if (++at[d] < result.shape[static_cast<int>(d)]) break;
      at[d] = 0;
    }
  }
  result.data = std::make_shared<const Bytes>(std::move(bytes));
  return result;
}

std::optional<Permutation> permutation_of(const Graph& graph, const Node& node) {
  if (node.record->name != "TRANSPOSE" || !graph.tensor(node.inputs[1]).constant()) return {};
  const Tensor& order = graph.tensor(node.inputs[1]);
  int rank = graph.tensor(node.inputs[0]).shape.rank;
  Permutation p;
  for (int d = 0; d < rank; ++d) {
    int axis = order.as<int32_t>()[d];
    p.push_back(axis < 0 ? axis + rank : axis);
  }
  return p;
}

}  // namespace mote
