// SPDX-License-Identifier: Apache-2.0
#include "train/torch/script.h"

#include <torch/script.h>

#include "compiler/onnx/assembler.h"
#include "compiler/passes/passes.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote::train {
namespace {

using onnx_import::Assembler;
using torch::jit::Node;
using torch::jit::Value;

/// Follows the script's nodes and appends mote's. Pictures are NHWC here.
class ScriptReader {
 public:
  ScriptReader() : assembler_(operator_book()) {}

  Result<Graph> read(const torch::jit::Graph& script, const Shape& features) {
    if (script.inputs().size() != 2 || script.outputs().size() != 1) {
      return fail("takes {} tensors and gives {}; a network takes one and gives one",
                  script.inputs().size() - 1, script.outputs().size());
    }
    TensorId input = assembler_.add({"features", DType::kFloat32, features, {}, nullptr});
    tensors_[script.inputs()[1]] = input;
    for (const Node* node : script.nodes()) {
      Result<void> fine = append(*node);
      if (!fine.ok()) return fail("{}: {}", node->kind().toQualString(), fine.error().message);
    }
    auto output = tensors_.find(script.outputs()[0]);
    if (output == tensors_.end()) return fail("gives something else than a tensor");
    Graph graph = std::move(assembler_.graph());
    graph.name = "script";
    graph.inputs = {input};
    graph.outputs = {output->second};
    MOTE_CHECK_OK(compact_tensors(graph));
    MOTE_CHECK_OK(verify(graph));
    return graph;
  }

 private:
  struct Rule {
    const char* name;
    Result<TensorId> (ScriptReader::*append)(const Node& node);
  };

  Result<void> append(const Node& node) {
    const std::string name = node.kind().toQualString();
    if (name == "prim::Constant" || name == "prim::ListConstruct") return {};
    static const Rule kRules[] = {{"aten::conv2d", &ScriptReader::convolution},
                                  {"aten::_convolution", &ScriptReader::convolution},
                                  {"aten::linear", &ScriptReader::dense},
                                  {"aten::batch_norm", &ScriptReader::batch_norm},
                                  {"aten::relu", &ScriptReader::relu},
                                  {"aten::relu_", &ScriptReader::relu},
                                  {"aten::relu6", &ScriptReader::relu6},
                                  {"aten::hardtanh", &ScriptReader::hardtanh},
                                  {"aten::hardtanh_", &ScriptReader::hardtanh},
                                  {"aten::sigmoid", &ScriptReader::sigmoid},
                                  {"aten::tanh", &ScriptReader::tanh},
                                  {"aten::hardswish", &ScriptReader::hard_swish},
                                  {"aten::hardswish_", &ScriptReader::hard_swish},
                                  {"aten::max_pool2d", &ScriptReader::max_pool},
                                  {"aten::avg_pool2d", &ScriptReader::average_pool},
                                  {"aten::adaptive_avg_pool2d", &ScriptReader::whole_average},
                                  {"aten::mean", &ScriptReader::mean},
                                  {"aten::flatten", &ScriptReader::flatten},
                                  {"aten::add", &ScriptReader::add},
                                  {"aten::add_", &ScriptReader::add},
                                  {"aten::mul", &ScriptReader::multiply},
                                  {"aten::cat", &ScriptReader::concatenate},
                                  {"aten::dropout", &ScriptReader::same},
                                  {"aten::softmax", &ScriptReader::softmax},
                                  {"aten::log_softmax", &ScriptReader::softmax}};
    for (const Rule& rule : kRules) {
      if (name != rule.name) continue;
      MOTE_TRY(tensors_[node.output()], (this->*rule.append)(node));
      return {};
    }
    return fail("mote has no rule for it; export the model as .onnx, which has more");
  }

  // ---- Operands

  Result<TensorId> tensor(const Node& node, size_t input) const {
    auto found = tensors_.find(node.input(input));
    if (found == tensors_.end()) return fail("operand {} isn't an activation", input);
    return found->second;
  }
  const Shape& shape(TensorId id) const { return assembler_.shape(id); }

  Result<c10::IValue> constant(const Node& node, size_t input) const {
    if (auto value = torch::jit::toIValue(node.input(input))) return *value;
    return fail("operand {} isn't a constant", input);
  }
  Result<std::vector<int64_t>> integers(const Node& node, size_t input) const {
    const Value* list = node.input(input);
    if (list->node()->kind() == c10::prim::ListConstruct) {
      std::vector<int64_t> values;
      for (size_t i = 0; i < list->node()->inputs().size(); ++i) {
        MOTE_TRY(const c10::IValue value, constant(*list->node(), i));
        if (!value.isInt()) return fail("operand {} isn't a list of integers", input);
        values.push_back(value.toInt());
      }
      return values;
    }
    MOTE_TRY(const c10::IValue value, constant(node, input));
    if (value.isInt()) return std::vector<int64_t>{value.toInt()};
    if (!value.isIntList()) return fail("operand {} isn't a list of integers", input);
    return value.toIntVector();
  }
  /// One or two integers as height and width; an empty list is `fallback`.
  Result<std::vector<int64_t>> pair(const Node& node, size_t input,
                                    const std::vector<int64_t>& fallback = {}) const {
    MOTE_TRY(std::vector<int64_t> values, integers(node, input));
    if (values.empty()) values = fallback;
    if (values.size() == 1) values.push_back(values[0]);
    if (values.size() != 2) return fail("operand {} isn't a height and a width", input);
    return values;
  }
  /// A constant tensor as mote's, its dimensions in another order.
  Result<TensorId> weights(const torch::Tensor& t, const std::vector<int64_t>& order) {
    const torch::Tensor values = t.permute(order).to(torch::kFloat32).contiguous();
    Shape shape;
    for (int64_t dim : values.sizes()) shape.push_back(static_cast<int32_t>(dim));
    const float* first = values.data_ptr<float>();
    return assembler_.constant<float>(shape, {first, first + values.numel()});
  }
  Result<TensorId> vector(const torch::Tensor& t) { return weights(t.flatten(), {0}); }
  Result<torch::Tensor> parameter(const Node& node, size_t input) const {
    MOTE_TRY(const c10::IValue value, constant(node, input));
    if (!value.isTensor()) return fail("operand {} isn't a tensor of weights", input);
    return value.toTensor();
  }
  /// A layer's bias; zeros where it has none.
  Result<TensorId> bias(const Node& node, size_t input, int64_t channels) {
    MOTE_TRY(const c10::IValue value, constant(node, input));
    return vector(value.isNone() ? torch::zeros({channels}) : value.toTensor());
  }

  // ---- Rules

  Result<TensorId> same(const Node& node) { return tensor(node, 0); }

  Result<TensorId> unary(const Node& node, const char* record) {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    return assembler_.append(record, {x});
  }
  Result<TensorId> relu(const Node& node) { return unary(node, "RELU"); }
  Result<TensorId> relu6(const Node& node) { return unary(node, "RELU6"); }
  Result<TensorId> sigmoid(const Node& node) { return unary(node, "LOGISTIC"); }
  Result<TensorId> tanh(const Node& node) { return unary(node, "TANH"); }
  Result<TensorId> hard_swish(const Node& node) { return unary(node, "HARD_SWISH"); }
  Result<TensorId> hardtanh(const Node& node) {
    MOTE_TRY(const c10::IValue low, constant(node, 1));
    MOTE_TRY(const c10::IValue high, constant(node, 2));
    if (low.toScalar().toDouble() == 0 && high.toScalar().toDouble() == 6) return relu6(node);
    return fail("only between 0 and 6");
  }

  Result<TensorId> picture(const Node& node) const {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    if (shape(x).rank != 4) return fail("its input {} isn't a picture", shape_text(shape(x)));
    return x;
  }

  /// Zeros around a picture, as torch has them on both sides.
  Result<TensorId> padded(TensorId x, const std::vector<int64_t>& padding) {
    const int64_t h = padding[0], w = padding[1];
    if (h == 0 && w == 0) return x;
    TensorId pads = assembler_.constant<int32_t>(
        Shape(4, 2), {0, 0, static_cast<int32_t>(h), static_cast<int32_t>(h),
                      static_cast<int32_t>(w), static_cast<int32_t>(w), 0, 0});
    return assembler_.append("PAD", {x, pads});
  }

  Result<TensorId> convolution(const Node& node) {
    MOTE_TRY(TensorId x, picture(node));
    MOTE_TRY(const torch::Tensor w, parameter(node, 1));
    if (w.dim() != 4) return fail("its weights aren't those of a picture");
    MOTE_TRY(const auto stride, pair(node, 3));
    MOTE_TRY(const auto padding, pair(node, 4));
    MOTE_TRY(const auto dilation, pair(node, 5));
    const bool general = node.kind() == c10::Symbol::aten("_convolution");
    if (general) {
      MOTE_TRY(const c10::IValue transposed, constant(node, 6));
      if (transposed.toBool()) return fail("a transposed one");
    }
    MOTE_TRY(const auto groups, integers(node, general ? 8 : 6));
    const int64_t channels = shape(x).back(0);
    MOTE_TRY(const TensorId b, bias(node, 2, w.size(0)));
    Attributes attributes = {{"padding", std::string("VALID")},
                             {"stride_h", stride[0]},
                             {"stride_w", stride[1]},
                             {"dilation_h_factor", dilation[0]},
                             {"dilation_w_factor", dilation[1]}};
    MOTE_TRY(x, padded(x, padding));
    if (groups.at(0) == 1) {
      MOTE_TRY(const TensorId filter, weights(w, {0, 2, 3, 1}));
      return assembler_.append("CONV_2D", {x, filter, b}, attributes);
    }
    if (groups.at(0) != channels) return fail("in {} groups of several channels", groups.at(0));
    attributes["depth_multiplier"] = w.size(0) / channels;
    MOTE_TRY(const TensorId filter, weights(w, {1, 2, 3, 0}));
    return assembler_.append("DEPTHWISE_CONV_2D", {x, filter, b}, attributes);
  }

  Result<TensorId> dense(const Node& node) {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    MOTE_TRY(const torch::Tensor w, parameter(node, 1));
    MOTE_TRY(const TensorId filter, weights(w, {0, 1}));
    MOTE_TRY(const TensorId b, bias(node, 2, w.size(0)));
    return assembler_.append("FULLY_CONNECTED", {x, filter, b},
                             {{"keep_num_dims", shape(x).rank > 2}});
  }

  Result<TensorId> batch_norm(const Node& node) {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    torch::Tensor of[4];
    for (size_t i = 0; i < 4; ++i) {
      MOTE_TRY(of[i], parameter(node, i + 1));
    }
    MOTE_TRY(const c10::IValue epsilon, constant(node, 7));
    const torch::Tensor scale = of[0] / (of[3] + epsilon.toDouble()).sqrt();
    MOTE_TRY(const TensorId factor, vector(scale));
    MOTE_TRY(const TensorId offset, vector(of[1] - of[2] * scale));
    MOTE_TRY(const TensorId product, assembler_.append("MUL", {x, factor}));
    return assembler_.append("ADD", {product, offset});
  }

  Result<TensorId> pool(const char* record, TensorId x, const std::vector<int64_t>& size,
                        const std::vector<int64_t>& stride) {
    return assembler_.append(record, {x},
                             {{"padding", std::string("VALID")},
                              {"filter_height", size[0]},
                              {"filter_width", size[1]},
                              {"stride_h", stride[0]},
                              {"stride_w", stride[1]}});
  }
  Result<TensorId> window_pool(const Node& node, const char* record, size_t ceil_input) {
    MOTE_TRY(const TensorId x, picture(node));
    MOTE_TRY(const auto size, pair(node, 1));
    MOTE_TRY(const auto stride, pair(node, 2, size));
    MOTE_TRY(const auto padding, pair(node, 3));
    MOTE_TRY(const c10::IValue ceil, constant(node, ceil_input));
    if (padding[0] || padding[1] || ceil.toBool()) return fail("only without padding");
    return pool(record, x, size, stride);
  }
  Result<TensorId> max_pool(const Node& node) {
    MOTE_TRY(const auto dilation, pair(node, 4));
    if (dilation[0] != 1 || dilation[1] != 1) return fail("only without dilation");
    return window_pool(node, "MAX_POOL_2D", 5);
  }
  Result<TensorId> average_pool(const Node& node) {
    return window_pool(node, "AVERAGE_POOL_2D", 4);
  }
  Result<TensorId> whole_average(const Node& node) {
    MOTE_TRY(const TensorId x, picture(node));
    MOTE_TRY(const auto to, pair(node, 1));
    if (to[0] != 1 || to[1] != 1) return fail("only to 1x1");
    return pool("AVERAGE_POOL_2D", x, {shape(x)[1], shape(x)[2]}, {1, 1});
  }

  /// A dimension of torch's as it is here: of a picture, channels come last.
  int64_t dimension(int64_t dim, int rank) const {
    if (dim < 0) dim += rank;
    constexpr int64_t kPicture[] = {0, 3, 1, 2};
    return rank == 4 && dim >= 0 && dim < 4 ? kPicture[dim] : dim;
  }

  Result<TensorId> mean(const Node& node) {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    MOTE_TRY(auto dims, integers(node, 1));
    MOTE_TRY(const c10::IValue keep, constant(node, 2));
    const int rank = shape(x).rank;
    for (int64_t& dim : dims) dim = dimension(dim, rank);
    std::sort(dims.begin(), dims.end());
    if (rank == 4 && dims != std::vector<int64_t>{1, 2}) return fail("only over a whole picture");
    return assembler_.append("MEAN", {x, assembler_.integers(dims)},
                             {{"keep_dims", keep.toBool()}});
  }

  Result<TensorId> flatten(const Node& node) {
    MOTE_TRY(TensorId x, tensor(node, 0));
    MOTE_TRY(const auto first, integers(node, 1));
    MOTE_TRY(const auto last, integers(node, 2));
    const Shape from = shape(x);
    if (first.at(0) != 1 || (last.at(0) != -1 && last.at(0) != from.rank - 1)) {
      return fail("only from dimension 1 to the last");
    }
    const bool has_order = from.rank == 4 && from[1] * from[2] > 1 && from[3] > 1;
    if (has_order) {
      MOTE_TRY(x, assembler_.transpose(x, {0, 3, 1, 2}));
    }
    return assembler_.reshape(x, Shape(1, static_cast<int32_t>(from.elements())));
  }

  Result<TensorId> binary(const Node& node, const char* record) {
    MOTE_TRY(const TensorId a, tensor(node, 0));
    MOTE_TRY(const TensorId b, tensor(node, 1));
    return assembler_.append(record, {a, b});
  }
  Result<TensorId> add(const Node& node) {
    MOTE_TRY(const c10::IValue alpha, constant(node, 2));
    if (alpha.toScalar().toDouble() != 1) return fail("only with alpha 1");
    return binary(node, "ADD");
  }
  Result<TensorId> multiply(const Node& node) { return binary(node, "MUL"); }

  Result<TensorId> concatenate(const Node& node) {
    const Node& list = *node.input(0)->node();
    std::vector<TensorId> parts;
    for (size_t i = 0; i < list.inputs().size(); ++i) {
      MOTE_TRY(const TensorId part, tensor(list, i));
      parts.push_back(part);
    }
    MOTE_TRY(const auto dim, integers(node, 1));
    if (parts.empty()) return fail("of nothing");
    return assembler_.append("CONCATENATION", parts,
                             {{"axis", dimension(dim.at(0), shape(parts[0]).rank)}});
  }

  Result<TensorId> softmax(const Node& node) {
    MOTE_TRY(const TensorId x, tensor(node, 0));
    MOTE_TRY(const auto dim, integers(node, 1));
    if (dimension(dim.at(0), shape(x).rank) != shape(x).rank - 1) return fail("only over classes");
    return assembler_.append("SOFTMAX", {x}, {{"beta", 1.0}});
  }

  Assembler assembler_;
  std::map<const Value*, TensorId> tensors_;
};

}  // namespace

Result<Graph> read_script(const std::filesystem::path& path, const Shape& features) {
  try {
    torch::jit::Module module = torch::jit::load(path.string());
    module.eval();
    module = torch::jit::freeze(module);
    const auto script = module.get_method("forward").graph();
    Result<Graph> graph = ScriptReader().read(*script, features);
    if (!graph.ok()) return fail("{}: {}", path.string(), graph.error().message);
    return graph;
  } catch (const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    return fail("{}: isn't TorchScript that libtorch {} reads: {}", path.string(), TORCH_VERSION,
                what.substr(0, what.find('\n')));
  }
}

}  // namespace mote::train
