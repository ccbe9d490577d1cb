// SPDX-License-Identifier: Apache-2.0
// Writes graphs by hand, a line per tensor or node: for operators' sample cases, tests and
// examples. Shapes of results follow from the records' shape rules.
#ifndef MOTE_IR_BUILDER_H_
#define MOTE_IR_BUILDER_H_

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ir/record.h"

namespace mote {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  TensorId input(DType dtype, Shape shape, Quantization q = {}, std::string name = {});
  TensorId constant(DType dtype, Shape shape, Bytes data, Quantization q = {},
                    std::string name = {});
  /// A constant of given elements, T deciding its type.
  template <typename T>
  TensorId constant(Shape shape, const std::vector<T>& elements, Quantization q = {},
                    std::string name = {}) {
    Bytes bytes(elements.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), elements.data(), bytes.size());
    return constant(DTypeOf<T>::value, shape, std::move(bytes), std::move(q), std::move(name));
  }
  /// A constant of random elements: integers over their type's whole range (int32: ±20000, int64:
  /// ±10 million, as biases are), floats in [-1, 1].
  TensorId random_constant(std::mt19937& random, DType dtype, Shape shape, Quantization q = {});

  /// The same for weights: int8 ones mostly without -128, which TFLite doesn't write; uint8 ones
  /// mostly near their zero point, so that less it they have 8 bits. int4 stands for int8 ones of 4
  /// bits.
  TensorId random_weights(std::mt19937& random, DType dtype, Shape shape, Quantization q = {});

  /// A node with one output of type `dtype`, its shape inferred. REQUIRES: the record accepts it;
  /// a wrong case aborts with the verifier's message (a programmer's error).
  TensorId node(const OperatorRecord& record, std::vector<TensorId> inputs, Attributes attributes,
                DType dtype, Quantization q = {}, std::string name = {});
  /// State that a reset gives `initial`, or its zero point.
  TensorId variable(DType dtype, Shape shape, std::string name, Quantization q = {},
                    Bytes initial = {});
  /// A node of control flow; its outputs are as those of its last body.
  std::vector<TensorId> node(const OperatorRecord& record, std::vector<TensorId> inputs,
                             Attributes attributes, std::vector<Graph> bodies);
  /// A node with several outputs of type `dtype` and quantisation `q`.
  std::vector<TensorId> node(const OperatorRecord& record, std::vector<TensorId> inputs,
                             Attributes attributes, DType dtype, Quantization q, int outputs);
  /// A node whose outputs have these types; the first ones these quantisations, the others none. As
  /// above, the builder adds the state that the operator owns, if `inputs` leaves it out.
  std::vector<TensorId> node(const OperatorRecord& record, std::vector<TensorId> inputs,
                             Attributes attributes, const std::vector<DType>& dtypes,
                             const std::vector<Quantization>& quantizations = {});

  /// What has been added so far.
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

  /// The finished graph. REQUIRES: verify() passes; aborts with its message otherwise.
  Graph build(std::vector<TensorId> outputs);

 private:
  TensorId add(Tensor tensor);
  /// Adds the node, its outputs being there but for their shapes.
  void add_node(Node node);
  Graph graph_;
};

/// `bytes` random bytes as a tensor of this type would hold them: floats in [-1, 1], else any bits.
Bytes random_bytes(std::mt19937& random, DType dtype, uint64_t elements);
/// A random value of each graph input.
std::vector<Bytes> random_inputs(std::mt19937& random, const Graph& graph);
/// A scale in [0.01, 0.1] and a zero point that int8 holds.
Quantization random_quantization(std::mt19937& random);
/// One that fits the type: zero point 0 for int16, none for types that aren't quantised.
Quantization random_quantization(std::mt19937& random, DType dtype);
/// One for weights: zero point 0 for int8, any for uint8, none for float.
Quantization random_weight_quantization(std::mt19937& random, DType dtype);
/// The same with one scale per channel of `axis` and zero points 0, as TFLite has filters.
Quantization random_channel_quantization(std::mt19937& random, int axis, int channels);
/// Uniform in [low, high], the same on every platform (std distributions are not).
int random_int(std::mt19937& random, int low, int high);
float random_float(std::mt19937& random, float low, float high);

}  // namespace mote

#endif  // MOTE_IR_BUILDER_H_
