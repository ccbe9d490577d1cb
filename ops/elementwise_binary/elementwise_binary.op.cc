// SPDX-License-Identifier: Apache-2.0
#include "ops/elementwise_binary/elementwise_binary.op.h"

namespace mote {
namespace {

struct Variant {
  Shape a, b;
  const char* activation;
  bool constant_b = false;
};

}  // namespace

Result<std::vector<Shape>> infer_broadcast(const NodeView& node) {
  MOTE_TRY(Shape shape, broadcast_shape(node.input(0).shape, node.input(1).shape));
  return std::vector<Shape>{shape};
}

StridedLoops<2> broadcast_loops(const NodeView& node) {
  const Shape& shape = node.output().shape;
  return make_loops<2>(shape, {broadcast_strides(node.input(0).shape, shape),
                               broadcast_strides(node.input(1).shape, shape)});
}

std::vector<TypeRow> binary_types(std::initializer_list<DType> types) {
  std::vector<TypeRow> rows;
  for (DType dtype : types) rows.push_back({{dtype, dtype}, {dtype}});
  return rows;
}

Quantization random_operand(std::mt19937& random, const TypeRow& row, int i) {
  return random_quantization(random, i == 2 ? row.outputs[0] : row.inputs[static_cast<size_t>(i)]);
}

std::vector<Graph> binary_cases(std::mt19937& random, const OperatorRecord& record,
                                BinaryCaseQuantization quantize, bool activations,
                                Bytes (*draw_b)(std::mt19937&, DType, uint64_t)) {
  int h = random_int(random, 1, 5), c = random_int(random, 2, 6);
  const Variant variants[] = {
      {Shape(1, 4, 3, 2), Shape(1, 4, 3, 2), "NONE"},
      {Shape(2, 3, 4), Shape(4), "RELU", true},
      {Shape(5), Shape(), "RELU6", true},
      {Shape(3, 1, 2), Shape(1, 4, 1), "RELU_N1_TO_1"},            // both are repeated
      {Shape(2, 1, 3, 1, 2, 1), Shape(1, 2, 1, 2, 1, 3), "NONE"},  // at every other dimension
      {Shape(1, h, 1, c), Shape(2, h, 3, c), "NONE"},
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    for (const Variant& v : variants) {
      GraphBuilder builder("elementwise_binary");
      DType type_b = row.inputs[1];
      uint64_t elements_b = static_cast<uint64_t>(v.b.elements());
      Quantization qa = quantize(random, row, 0), qb = quantize(random, row, 1),
                   q = quantize(random, row, 2);
      TensorId a = builder.input(row.inputs[0], v.a, qa);
      TensorId b = draw_b ? builder.constant(type_b, v.b, draw_b(random, type_b, elements_b), qb)
                   : v.constant_b ? builder.random_constant(random, type_b, v.b, qb)
                                  : builder.input(type_b, v.b, qb);
      Attributes attributes;
      // 64-bit integers have no bounds.
      if (activations && row.inputs[0] != DType::kInt64) {
        attributes["fused_activation_function"] = std::string(v.activation);
      }
      graphs.push_back(
          builder.build({builder.node(record, {a, b}, attributes, row.outputs[0], q)}));
    }
  }
  return graphs;
}

}  // namespace mote
