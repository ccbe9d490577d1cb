// SPDX-License-Identifier: Apache-2.0
// A band is made of operators that there are anyway: SLICE takes the rows that it needs out of the
// chain's input, PAD adds what lay outside of the picture, and the operator itself, without padding
// of its own, goes over that. The first band's PAD gives the whole result its place, into which
// DYNAMIC_UPDATE_SLICE puts the others.
#include "compiler/split_rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "ir/record.h"
#include "ops/book.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

/// Operators whose every output row depends on the same row of input 0 alone.
constexpr std::array<std::string_view, 14> kRowByRow = {
    "ABS", "DEQUANTIZE", "ELU",  "GELU",  "HARD_SWISH",   "LEAKY_RELU",  "LOGISTIC",
    "NEG", "QUANTIZE",   "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH"};

bool has_attribute(const OperatorRecord& record, std::string_view name) {
  return std::ranges::any_of(record.attributes,
                             [&](const AttributeSpec& spec) { return spec.name == name; });
}

/// The rows [begin, end) of a picture; may lie outside of it.
struct Rows {
  int begin, end;
};

/// What of a node's input a band needs. For kRowByRow a window of one tap.
std::optional<Window> window_of_node(const Graph& graph, const Node& node) {
  NodeView view(graph, node);
  if (node.outputs.size() != 1 || !view.has_input(0) || view.input(0).shape.rank != 4) return {};
  const OperatorRecord& record = *node.record;
  int32_t filter_h = 0, filter_w = 0;
  if (has_attribute(record, "padding") && has_attribute(record, "filter_height")) {
    filter_h = view.integer("filter_height"), filter_w = view.integer("filter_width");
  } else if (has_attribute(record, "padding") && view.input_count() > 1 &&
             view.input(1).constant() && view.input(1).shape.rank == 4) {
    filter_h = view.input(1).shape[1], filter_w = view.input(1).shape[2];
  } else if (std::ranges::find(kRowByRow, record.name) != kRowByRow.end()) {
    const Shape& s = view.input(0).shape;
    return Window{s[0], s[1], s[2], s[3], s[1], s[2], s[3], 1, 1, 1, 1, 1, 1, 0, 0};
  } else {
    return {};
  }
  Result<Window> window = window_of(view, filter_h, filter_w, view.output().shape[3]);
  if (!window.ok() || output_shape(*window) != view.output().shape) return {};
  return *window;
}

Rows input_rows(const Window& w, Rows out) {
  int begin = out.begin * w.stride_h - w.pad_h;
  int last = (out.end - 1) * w.stride_h - w.pad_h;
  return {begin, last + (w.filter_h - 1) * w.dilation_h + 1};
}

/// Columns of padding to the right.
int right_of(const Window& w) {
  int reach = (w.output_w - 1) * w.stride_w + (w.filter_w - 1) * w.dilation_w + 1;
  return std::max(0, reach - w.input_w - w.pad_w);
}

/// Poolings leave padding out of their means and maxima, so they can't have it as a picture's part.
bool counts_padding(const Node& node) {
  return !has_attribute(*node.record, "filter_height");
}

bool splits(const Graph& graph, const Node& node) {
  std::optional<Window> w = window_of_node(graph, node);
  if (!w || w->batches != 1) return false;
  Rows all = input_rows(*w, {0, w->output_h});
  bool padded = all.begin < 0 || all.end > w->input_h || w->pad_w > 0 || right_of(*w) > 0;
  return !padded || counts_padding(node);
}

int readers_of(const Graph& graph, TensorId tensor) {
  auto readers = std::ranges::count(graph.outputs, tensor);
  for (const Node& node : graph.nodes) readers += std::ranges::count(node.inputs, tensor);
  return static_cast<int>(readers);
}

/// Appends nodes to a graph that verifies, with the shapes that their records infer.
class Appender {
 public:
  explicit Appender(Graph* graph) : graph_(*graph) {}

  Result<TensorId> add(const OperatorRecord& record, std::vector<TensorId> inputs,
                       Attributes attributes, const Tensor& like, const std::string& name) {
    Tensor output = like;
    output.name = name;
    TensorId id = add_tensor(output);
    graph_.nodes.push_back({&record, std::move(inputs), {id}, std::move(attributes)});
    MOTE_TRY(std::vector<Shape> shapes, record.infer(NodeView(graph_, graph_.nodes.back())));
    graph_.tensor(id).shape = shapes[0];
    return id;
  }

  TensorId constant(const std::vector<int32_t>& values, Shape shape) {
    Bytes bytes(values.size() * sizeof(int32_t));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    Tensor tensor;
    tensor.name = "rows";
    tensor.dtype = DType::kInt32;
    tensor.shape = shape;
    tensor.data = std::make_shared<const Bytes>(std::move(bytes));
    return add_tensor(tensor);
  }

  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

 private:
  TensorId add_tensor(const Tensor& tensor) {
    graph_.tensors.push_back(tensor);
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  Graph& graph_;
};

/// Computes one chain in bands, at the end of the graph that it makes.
class Splitter {
 public:
  Splitter(const Graph& graph, const Chain& chain, Graph* made)
      : from_(graph), chain_(chain), add_(made) {
    for (size_t i = chain.first; i <= chain.last; ++i) {
      windows_.push_back(*window_of_node(graph, graph.nodes[i]));
    }
  }

  /// The last node's output is the chain's result.
  Result<void> run(int bands) {
    const Node& last = from_.nodes[chain_.last];
    const Tensor result = from_.tensor(last.outputs[0]);
    const int rows = result.shape[1];
    TensorId whole = kAbsent;
    for (int band = 0; band < bands; ++band) {
      Rows part = {rows * band / bands, rows * (band + 1) / bands};
      MOTE_TRY(TensorId computed, compute(part, "/band" + std::to_string(band)));
      if (band == 0) {
        TensorId around = add_.constant({0, 0, 0, rows - part.end, 0, 0, 0, 0}, Shape(4, 2));
        MOTE_TRY(whole, add_.add(pad_record(), {computed, around}, {}, result, result.name));
      } else {
        TensorId start = add_.constant({0, part.begin, 0, 0}, Shape(4));
        MOTE_TRY(whole, add_.add(dynamic_update_slice_record(), {whole, computed, start}, {},
                                 result, result.name));
      }
    }
    return {};
  }

 private:
  /// The rows of the chain's result, of all its operators one after the other.
  Result<TensorId> compute(Rows wanted, const std::string& suffix) {
    std::vector<Rows> needed(windows_.size() + 1);  // of each operator's input, then of the result
    needed.back() = wanted;
    for (size_t i = windows_.size(); i-- > 0;) {
      needed[i] = input_rows(windows_[i], inside(needed[i + 1], windows_[i].output_h));
    }
    MOTE_TRY(TensorId band, take(inside(needed[0], windows_[0].input_h), suffix));
    for (size_t i = 0; i < windows_.size(); ++i) {
      MOTE_TRY(band, pad(band, windows_[i], needed[i], suffix));
      MOTE_TRY(band, apply(from_.nodes[chain_.first + i], band, suffix));
    }
    return band;
  }

  static Rows inside(Rows rows, int height) {
    return {std::max(rows.begin, 0), std::min(rows.end, height)};
  }

  Result<TensorId> take(Rows rows, const std::string& suffix) {
    TensorId input = from_.nodes[chain_.first].inputs[0];
    const Tensor whole = from_.tensor(input);
    TensorId begin = add_.constant({0, rows.begin, 0, 0}, Shape(4));
    TensorId size = add_.constant(
        {whole.shape[0], rows.end - rows.begin, whole.shape[2], whole.shape[3]}, Shape(4));
    return add_.add(slice_record(), {input, begin, size}, {}, whole, whole.name + suffix);
  }

  Result<TensorId> pad(TensorId band, const Window& w, Rows needed, const std::string& suffix) {
    int top = std::max(0, -needed.begin), bottom = std::max(0, needed.end - w.input_h);
    if (top == 0 && bottom == 0 && w.pad_w == 0 && right_of(w) == 0) return band;
    TensorId around = add_.constant({0, 0, top, bottom, w.pad_w, right_of(w), 0, 0}, Shape(4, 2));
    const Tensor like = add_.tensor(band);
    return add_.add(pad_record(), {band, around}, {}, like, like.name + suffix + "/padded");
  }

  Result<TensorId> apply(const Node& node, TensorId band, const std::string& suffix) {
    std::vector<TensorId> inputs = node.inputs;
    inputs[0] = band;
    Attributes attributes = node.attributes;
    if (has_attribute(*node.record, "padding")) attributes["padding"] = std::string("VALID");
    const Tensor output = from_.tensor(node.outputs[0]);
    return add_.add(*node.record, std::move(inputs), std::move(attributes), output,
                    output.name + suffix);
  }

  const Graph& from_;
  Chain chain_;
  Appender add_;
  std::vector<Window> windows_;
};

}  // namespace

std::vector<Chain> find_row_chains(const Graph& graph) {
  std::vector<Chain> chains;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!splits(graph, graph.nodes[i])) continue;
    Chain chain{i, i};
    while (chain.last + 1 < graph.nodes.size()) {
      TensorId between = graph.nodes[chain.last].outputs[0];
      const Node& next = graph.nodes[chain.last + 1];
      bool follows =
          !next.inputs.empty() && next.inputs[0] == between && readers_of(graph, between) == 1;
      if (!follows || !splits(graph, next)) break;
      ++chain.last;
    }
    chains.push_back(chain);
    i = chain.last;
  }
  return chains;
}

Result<Graph> split_rows(const Graph& graph, const Chain& chain, int bands) {
  Graph made = graph;
  made.nodes.assign(graph.nodes.begin(),
                    graph.nodes.begin() + static_cast<std::ptrdiff_t>(chain.first));
  MOTE_CHECK_OK(Splitter(graph, chain, &made).run(bands));
  // The result keeps its tensor, which later nodes and the model's outputs name.
  made.nodes.back().outputs = graph.nodes[chain.last].outputs;
  for (size_t i = chain.last + 1; i < graph.nodes.size(); ++i) made.nodes.push_back(graph.nodes[i]);
  return made;
}

}  // namespace mote
