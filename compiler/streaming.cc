// SPDX-License-Identifier: Apache-2.0
// Tensors keep their numbers. A streamed one has new rows only, so its dimension 1 shrinks, and its
// last row stands for the last row of the window. With a stride of s, K rows looked at and r rows
// that no position of the window's end reaches, n new rows need the newest n - s + K + r.
#include "compiler/streaming.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "ir/record.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

/// Functions of single elements, which other operands may be combined with.
constexpr std::string_view kElementwise[] = {
    "ABS",          "ADD",        "DEQUANTIZE", "DIV",      "ELU",         "EXP",     "GELU",
    "LOG",          "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "MAXIMUM",     "MINIMUM", "MUL",
    "NEG",          "QUANTIZE",   "RELU",       "RELU6",    "RELU_0_TO_1", "RSQRT",   "SQRT",
    "RELU_N1_TO_1", "SQUARE",     "SUB",        "TANH"};

/// What an operator does over dimension 1, if it slides.
struct Slide {
  int32_t size, stride;
};

std::optional<Slide> slide_of(const NodeView& node) {
  std::string_view name = node.node().record->name;
  bool pool = name == "AVERAGE_POOL_2D" || name == "MAX_POOL_2D";
  bool convolution = name == "CONV_2D" || name == "DEPTHWISE_CONV_2D";
  if (!pool && !convolution) return {};
  int32_t stride = node.integer("stride_h");
  int32_t size = pool ? node.integer("filter_height")
                      : (node.input(1).shape[1] - 1) * node.integer("dilation_h_factor") + 1;
  bool pads = node.choice("padding") == "SAME" && (size > 1 || stride > 1);
  return pads ? std::nullopt : std::optional(Slide{size, stride});
}

class Streamer {
 public:
  Streamer(Graph graph, int32_t rows) : from_(graph), to_(std::move(graph)), rows_(rows) {}

  Result<Graph> run() {
    MOTE_CHECK_OK(check());
    to_.nodes.clear();
    stream(to_.inputs[0], rows_);
    for (const Node& node : from_.nodes) {
      bool streamed = slide(node) || map(node) || reshape(node);
      if (!streamed) keep(node);
    }
    for (TensorId& id : to_.outputs) id = whole(id);
    MOTE_CHECK_OK(verify(to_));
    return std::move(to_);
  }

 private:
  Result<void> check() const {
    if (from_.inputs.size() != 1) {
      return fail("has {} inputs; streaming is for models with one", from_.inputs.size());
    }
    const Tensor& input = from_.tensor(from_.inputs[0]);
    if (input.shape.rank < 2 || input.shape[0] != 1) {
      return fail("input '{}' is {}; streaming needs [1, time, ...]", input.name, type_text(input));
    }
    if (rows_ < 1 || rows_ > input.shape[1]) {
      return fail("input '{}' has {} rows of time, {} can't be new", input.name, input.shape[1],
                  rows_);
    }
    for (const Node& node : from_.nodes) {
      if (touches_state(from_, node)) return fail("has state already ({})", node.record->name);
    }
    return {};
  }

  bool streamed(TensorId id) const { return id != kAbsent && streamed_.count(id) != 0; }
  int32_t window_rows(TensorId id) const { return from_.tensor(id).shape[1]; }
  int32_t new_rows(TensorId id) const { return to_.tensor(id).shape[1]; }

  void stream(TensorId id, int32_t rows) {
    to_.tensor(id).shape[1] = rows;
    streamed_[id] = {};
  }

  /// The newest `slots` rows of a streamed tensor.
  TensorId newest(TensorId id, int32_t slots) {
    if (slots == new_rows(id)) return id;
    auto [buffer, added] = streamed_[id].try_emplace(slots, 0);
    if (!added) return buffer->second;
    Tensor window = to_.tensor(id);
    window.name = fmt::format("{}/{}.{}", window.name, id, slots);
    window.shape[1] = slots;
    auto output = static_cast<TensorId>(to_.tensors.size());
    to_.tensors.push_back(window);
    Node node{&circular_buffer_record(),
              {id},
              {output},
              {{"cycles_max", int64_t{1}}, {"slots", int64_t{slots}}}};
    Tensor state = window;
    state.name += "/state";
    state.variable = true;
    node.inputs.push_back(output + 1);
    to_.tensors.push_back(std::move(state));
    to_.nodes.push_back(std::move(node));
    return buffer->second = output;
  }

  TensorId whole(TensorId id) { return streamed(id) ? newest(id, window_rows(id)) : id; }

  /// The node over the whole window.
  void keep(Node node) {
    for (TensorId& id : node.inputs) id = whole(id);
    to_.nodes.push_back(std::move(node));
  }

  bool slide(Node node) {
    if (node.inputs.empty() || !streamed(node.inputs[0])) return false;
    bool more = std::any_of(node.inputs.begin() + 1, node.inputs.end(),
                            [&](TensorId id) { return streamed(id); });
    if (more) return false;  // computed weights
    std::optional<Slide> slide = slide_of(NodeView(from_, node));
    if (!slide) return false;
    TensorId input = node.inputs[0], output = node.outputs[0];
    int32_t fresh = new_rows(input), results = fresh / slide->stride;
    int32_t unused = (window_rows(input) - slide->size) % slide->stride;
    int32_t slots = fresh - slide->stride + slide->size + unused;
    if (fresh % slide->stride != 0 || results > window_rows(output) || slots < fresh) return false;
    node.inputs[0] = newest(input, slots);
    to_.nodes.push_back(std::move(node));
    stream(output, results);
    return true;
  }

  /// Whether a constant is the same for all of time.
  bool timeless(TensorId id, int rank) const {
    const Tensor& tensor = from_.tensor(id);
    int time = 1 - (rank - tensor.shape.rank);
    return tensor.constant() && (time < 0 || tensor.shape[time] == 1);
  }

  bool map(const Node& node) {
    if (std::ranges::count(kElementwise, node.record->name) == 0) return false;
    const Shape& shape = from_.tensor(node.outputs[0]).shape;
    int32_t fresh = 0;
    for (TensorId id : node.inputs) {
      if (!streamed(id)) {
        if (id == kAbsent || !timeless(id, shape.rank)) return false;
        continue;
      }
      bool same = from_.tensor(id).shape == shape && (fresh == 0 || fresh == new_rows(id));
      if (!same) return false;
      fresh = new_rows(id);
    }
    if (fresh == 0) return false;
    to_.nodes.push_back(node);
    stream(node.outputs[0], fresh);
    return true;
  }

  /// A RESHAPE that leaves time alone.
  bool reshape(Node node) {
    if (node.record->name != "RESHAPE" || !streamed(node.inputs[0])) return false;
    const Tensor &input = from_.tensor(node.inputs[0]), &output = from_.tensor(node.outputs[0]);
    bool keeps =
        output.shape.rank >= 2 && output.shape[0] == 1 && output.shape[1] == input.shape[1];
    if (!keeps) return false;
    Shape shape = output.shape;
    shape[1] = new_rows(node.inputs[0]);
    node.inputs = {node.inputs[0], list(output.name + "/shape", shape)};
    node.attributes.erase("new_shape");
    TensorId result = node.outputs[0];
    to_.nodes.push_back(std::move(node));
    stream(result, shape[1]);
    return true;
  }

  TensorId list(std::string name, const Shape& shape) {
    Bytes bytes(static_cast<size_t>(shape.rank) * sizeof(int32_t));
    std::memcpy(bytes.data(), shape.dims, bytes.size());
    Tensor tensor{std::move(name), DType::kInt32, Shape(shape.rank), {}, nullptr};
    tensor.data = std::make_shared<const Bytes>(std::move(bytes));
    to_.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(to_.tensors.size()) - 1;
  }

  const Graph from_;
  Graph to_;
  const int32_t rows_;
  /// Streamed tensors, each with its buffers by how many rows they hold.
  std::map<TensorId, std::map<int32_t, TensorId>> streamed_;
};

}  // namespace

Result<Graph> stream_over_time(Graph graph, int32_t rows) {
  return Streamer(std::move(graph), rows).run();
}

}  // namespace mote
