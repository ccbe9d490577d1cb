// SPDX-License-Identifier: Apache-2.0
// The record of MoteForest: features [..., n], then the forest's tables (ops/forest/forest.h):
// feature and threshold of each node, children [nodes, 2], roots [trees], leaves [leaves, classes].
#include "ops/forest/forest.h"

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

#define MOTE_FOREST_KERNEL(name)                            \
  MOTE_KERNEL(name, ForestParams, "forest", "reference.cc", \
              MOTE_FIELDS(ForestParams, rows, features, classes, trees, nodes, leaves, share))

const KernelInfo kFloat32 = MOTE_FOREST_KERNEL(forest_float32);
const KernelInfo kInt8 = MOTE_FOREST_KERNEL(forest_int8);

enum Input { kFeatures, kFeature, kThreshold, kChildren, kRoots, kLeaves };

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& features = node.input(kFeatures).shape;
  if (features.rank == 0) return fail("{} must have features", node.input_text(kFeatures));
  for (int i = kFeature; i <= kLeaves; ++i) {
    int rank = i == kChildren || i == kLeaves ? 2 : 1;
    if (node.input(i).constant() && node.input(i).shape.rank == rank) continue;
    return fail("{} must be a constant of {} dimensions", node.input_text(i), rank);
  }
  int32_t nodes = node.input(kFeature).shape[0];
  const Shape& children = node.input(kChildren).shape;
  if (node.input(kThreshold).shape[0] != nodes || children != Shape(nodes, 2)) {
    return fail("{} and {} must have a row for each of {} nodes", node.input_text(kThreshold),
                node.input_text(kChildren), nodes);
  }
  Shape shape = features;
  shape[shape.rank - 1] = node.input(kLeaves).shape[1];
  return std::vector<Shape>{shape};
}

ForestParams params_of(const NodeView& node) {
  const Shape& input = node.input(kFeatures).shape;
  const Shape& leaves = node.input(kLeaves).shape;
  int32_t trees = node.input(kRoots).shape[0];
  return {static_cast<int32_t>(input.elements() / input.back(0)),
          input.back(0),
          leaves[1],
          trees,
          node.input(kFeature).shape[0],
          leaves[0],
          1 / (255 * static_cast<float>(trees))};
}

/// The kernel's own door says whether the tables are trees.
Result<void> check(const NodeView& node) {
  const bool real = node.input(kFeatures).dtype == DType::kFloat32;
  const Tensor& in = node.input(kFeatures);
  Operand operands[8] = {{nullptr, static_cast<uint32_t>(in.bytes())}};
  for (int i = kFeature; i <= kLeaves; ++i) {
    operands[i] = {node.input(i).data->data(), static_cast<uint32_t>(node.input(i).bytes())};
  }
  const auto output = static_cast<uint32_t>(node.output().bytes());
  operands[6] = {nullptr, real ? output : static_cast<uint32_t>(params_of(node).classes) * 4};
  operands[7] = {nullptr, output};
  ForestParams params = params_of(node);
  if (!(real ? check_forest_float32 : check_forest_int8)(params, operands)) {
    return fail(
        "its tables aren't trees: features below {}, children after their node, leaves "
        "-1 to -{}",
        params.features, params.leaves);
  }
  if (real) return {};
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  if (in.quantization != node.input(kThreshold).quantization) {
    return fail("{} and {} must have one scale", node.input_text(kFeatures),
                node.input_text(kThreshold));
  }
  return check_output_quantization(node, 1.0f / 256, -128);
}

Result<void> lower(Lowering& node) {
  ForestParams params = params_of(node);
  std::vector<Value> operands;
  for (int i = kFeatures; i <= kLeaves; ++i) operands.push_back(node.in(i));
  if (node.input(kFeatures).dtype == DType::kInt8) {
    operands.push_back(node.scratch(static_cast<uint32_t>(params.classes) * 4));
    operands.push_back(node.out());
    node.emit(kInt8, params, operands);
  } else {
    operands.push_back(node.out());
    node.emit(kFloat32, params, operands);
  }
  return {};
}

/// Random trees: every node's children are later nodes of its tree or leaves.
Graph make_case(std::mt19937& random, DType dtype, Shape input, int trees, int depth) {
  GraphBuilder b("forest");
  int features = input.back(0), classes = random_int(random, 2, 5), leaf_count = 7;
  std::vector<int16_t> feature, children, roots;
  auto leaf = [&] { return static_cast<int16_t>(-1 - random_int(random, 0, leaf_count - 1)); };
  for (int t = 0; t < trees; ++t) {
    int first = static_cast<int>(feature.size());
    roots.push_back(static_cast<int16_t>(t == 1 ? leaf() : first));
    for (int i = 0; i < depth; ++i) {
      feature.push_back(static_cast<int16_t>(random_int(random, 0, features - 1)));
      bool last = i == depth - 1;
      children.push_back(
          last ? leaf()
               : static_cast<int16_t>(random_int(random, first + i + 1, first + depth - 1)));
      children.push_back(leaf());
    }
  }
  auto nodes = static_cast<int32_t>(feature.size());
  Quantization q = random_quantization(random, dtype);
  TensorId values = b.input(dtype, input, q);
  std::vector<TensorId> inputs = {
      values,
      b.constant(Shape(nodes), feature),
      b.random_constant(random, dtype, Shape(nodes), q),
      b.constant(Shape(nodes, 2), children),
      b.constant(Shape(trees), roots),
      b.random_constant(random, DType::kUInt8, Shape(leaf_count, classes))};
  return b.build({b.node(mote_forest_record(), inputs, {}, dtype,
                         dtype == DType::kInt8 ? quantization(1.0f / 256, -128) : Quantization())});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kFloat32, DType::kInt8}) {
    graphs.push_back(make_case(random, dtype, Shape(1, 9), 3, 4));
    graphs.push_back(make_case(random, dtype, Shape(4), 1, 1));
    graphs.push_back(make_case(random, dtype, Shape(2, 3, random_int(random, 1, 9)), 5, 7));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& mote_forest_record() {
  constexpr DType kI16 = DType::kInt16, kU8 = DType::kUInt8;
  static const OperatorRecord record = {
      .name = "MoteForest",
      .inputs = {{"features"}, {"feature"}, {"threshold"}, {"children"}, {"roots"}, {"leaves"}},
      .outputs = {{"output"}},
      .types = {{{DType::kFloat32, kI16, DType::kFloat32, kI16, kI16, kU8}, {DType::kFloat32}},
                {{DType::kInt8, kI16, DType::kInt8, kI16, kI16, kU8}, {DType::kInt8}}},
      .kernels = {&kFloat32, &kInt8},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
