// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/writer.h"

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/tflite/element_type.h"
#include "compiler/tflite/options.h"
#include "compiler/tflite/schema.h"
#include "ir/verifier.h"

namespace mote {
namespace {

using flatbuffers::Offset;

constexpr uint32_t kFormatVersion = 3;
constexpr size_t kAlignment = 16;

/// A subgraph that is being written.
struct OpenSubgraph {
  const Graph& graph;
  std::vector<Offset<tflite_schema::Tensor>> tensors = {};
  std::vector<Offset<tflite_schema::Operator>> nodes = {};
};

/// Whether a variable is read and assigned by handle.
bool has_handle(const Graph& graph, TensorId id) {
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      OperandSpec::Variable variable = input_spec(*node.record, i).variable;
      bool handle = variable == OperandSpec::kReadHandle || variable == OperandSpec::kWriteHandle;
      if (handle && node.inputs[i] == id) return true;
    }
  }
  return false;
}

/// Whether a value is an operator's state in .tflite files.
bool is_owned(const Graph& graph, TensorId id) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    for (size_t i = 0; i < node.outputs.size() && i < node.record->outputs.size(); ++i) {
      bool owned = node.record->outputs[i].variable == OperandSpec::kOwned;
      if (owned && node.outputs[i] == id) return true;
    }
    return false;
  });
}

/// Collects the parts of a model in a FlatBuffers builder, children before parents.
class ModelWriter {
 public:
  explicit ModelWriter(const Graph& graph) : graph_(graph) {}

  Result<Bytes> run() {
    MOTE_CHECK_OK(check_size());
    buffers_.push_back(tflite_schema::CreateBuffer(builder_));  // buffer 0: no data
    MOTE_CHECK_OK(write_subgraph(graph_));
    return finish();
  }

 private:
  Result<void> check_size() const {
    constexpr uint64_t kMost = 2'000'000'000;  // leaves room for the rest below FlatBuffers' 2 GB
    uint64_t bytes = 0;
    for_each_graph(graph_, [&](const Graph& graph) {
      for (const Tensor& tensor : graph.tensors) bytes += tensor.data ? tensor.data->size() : 0;
    });
    if (bytes > kMost) return fail("constants of {} bytes don't fit into a .tflite file", bytes);
    return {};
  }

  /// Its number in the file: the main graph's is 0, a body's is larger than its caller's.
  Result<uint32_t> write_subgraph(const Graph& graph) {
    auto number = static_cast<uint32_t>(subgraphs_.size());
    subgraphs_.emplace_back();
    OpenSubgraph open{graph};
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
      MOTE_CHECK_OK(write_tensor(open, static_cast<TensorId>(id)));
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      Result<void> written = write_node(open, graph.nodes[i]);
      if (!written.ok()) return fail("{}: {}", locate(graph, i), written.error().message);
    }
    auto tensors = builder_.CreateVector(open.tensors);
    auto inputs = builder_.CreateVector(graph.inputs);
    auto outputs = builder_.CreateVector(graph.outputs);
    auto nodes = builder_.CreateVector(open.nodes);
    auto name = builder_.CreateString(graph.name);
    subgraphs_[number] =
        tflite_schema::CreateSubGraph(builder_, tensors, inputs, outputs, nodes, name);
    return number;
  }

  /// The index of the buffer with these bytes, written if it isn't there yet.
  uint32_t write_buffer(const Bytes* data) {
    auto [entry, added] = buffer_of_.try_emplace(data, static_cast<uint32_t>(buffers_.size()));
    if (added) {
      builder_.ForceVectorAlignment(data->size(), sizeof(uint8_t), kAlignment);
      buffers_.push_back(tflite_schema::CreateBuffer(builder_, builder_.CreateVector(*data)));
    }
    return entry->second;
  }

  Offset<tflite_schema::QuantizationParameters> write_quantization(const Quantization& q) {
    if (!q.quantized()) return 0;
    std::vector<int64_t> zero_points(q.zero_points.begin(), q.zero_points.end());
    auto scales = builder_.CreateVector(q.scales);
    auto zeros = builder_.CreateVector(zero_points);
    tflite_schema::QuantizationParametersBuilder parameters(builder_);
    parameters.add_scale(scales);
    parameters.add_zero_point(zeros);
    parameters.add_quantized_dimension(q.axis);
    return parameters.Finish();
  }

  Result<void> write_tensor(OpenSubgraph& open, TensorId id) {
    const Tensor& tensor = open.graph.tensor(id);
    bool handle = tensor.variable && has_handle(open.graph, id);
    if (handle && tensor.data) {
      return fail("variable '{}' has an initial value; in a .tflite file a CALL_ONCE gives it one",
                  tensor.name);
    }
    uint32_t buffer = tensor.data ? write_buffer(tensor.data.get()) : 0;
    Shape own = handle ? Shape() : tensor.shape;
    auto shape = builder_.CreateVector(own.dims, static_cast<size_t>(own.rank));
    auto name = builder_.CreateString(tensor.name);
    auto quantization = handle ? Offset<tflite_schema::QuantizationParameters>()
                               : write_quantization(tensor.quantization);
    tflite_schema::TensorBuilder stored(builder_);
    stored.add_shape(shape);
    stored.add_type(handle ? tflite_schema::TensorType_RESOURCE
                           : tflite::tensor_type_of(tensor.dtype));
    stored.add_buffer(buffer);
    stored.add_name(name);
    if (!quantization.IsNull()) stored.add_quantization(quantization);
    stored.add_has_rank(true);
    stored.add_is_variable((tensor.variable && !handle) || is_owned(open.graph, id));
    open.tensors.push_back(stored.Finish());
    if (handle) write_handle(open, id);
    return {};
  }

  /// The VAR_HANDLE that gives tensor `id`.
  void write_handle(OpenSubgraph& open, TensorId id) {
    auto number = tflite_schema::BuiltinOperator_VAR_HANDLE;
    if (!handle_code_) {
      handle_code_ = static_cast<uint32_t>(codes_.size());
      auto one_byte = tflite_schema::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES;
      codes_.push_back(
          tflite_schema::CreateOperatorCode(builder_, static_cast<int8_t>(one_byte), 0, 1, number));
    }
    auto name = builder_.CreateString(open.graph.tensor(id).name);
    auto options = tflite_schema::CreateVarHandleOptions(builder_, 0, name);
    auto outputs = builder_.CreateVector(std::vector<int32_t>{id});
    tflite_schema::OperatorBuilder stored(builder_);
    stored.add_opcode_index(*handle_code_);
    stored.add_outputs(outputs);
    stored.add_builtin_options_type(tflite_schema::BuiltinOptions_VarHandleOptions);
    stored.add_builtin_options(options.Union());
    open.nodes.push_back(stored.Finish());
  }

  /// The index of the operator code, written if it isn't there yet.
  uint32_t write_code(const OperatorRecord& record, int version) {
    auto index = static_cast<uint32_t>(codes_.size());
    auto [entry, added] = code_of_.try_emplace({&record, version}, index);
    if (!added) return entry->second;
    auto builtin = tflite::enumerator_number(tflite::builtin_operators(), record.name);
    auto number = builtin ? static_cast<tflite_schema::BuiltinOperator>(*builtin)
                          : tflite_schema::BuiltinOperator_CUSTOM;
    auto one_byte =
        std::min(number, tflite_schema::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES);
    auto custom = builtin ? Offset<flatbuffers::String>()
                          : builder_.CreateString(record.name.data(), record.name.size());
    codes_.push_back(tflite_schema::CreateOperatorCode(builder_, static_cast<int8_t>(one_byte),
                                                       custom, version, number));
    return index;
  }

  Result<void> write_node(OpenSubgraph& open, const Node& node) {
    std::vector<uint32_t> bodies;
    for (const Graph& body : node.bodies) {
      MOTE_TRY(uint32_t number, write_subgraph(body));
      bodies.push_back(number);
    }
    MOTE_TRY(tflite::WrittenOptions options, tflite::write_options(node, bodies, builder_));
    uint32_t code = write_code(*node.record, operator_version(open.graph, node));
    std::vector<TensorId> given = node.inputs;
    if (node.record->state) given.pop_back();
    auto inputs = builder_.CreateVector(given);
    auto outputs = builder_.CreateVector(node.outputs);
    tflite_schema::OperatorBuilder stored(builder_);
    stored.add_opcode_index(code);
    stored.add_inputs(inputs);
    stored.add_outputs(outputs);
    if (options.first_member != tflite_schema::BuiltinOptions_NONE) {
      stored.add_builtin_options_type(options.first_member);
      stored.add_builtin_options(options.table);
    } else if (options.second_member != tflite_schema::BuiltinOptions2_NONE) {
      stored.add_builtin_options_2_type(options.second_member);
      stored.add_builtin_options_2(options.table);
    }
    if (!options.custom.IsNull()) stored.add_custom_options(options.custom);
    open.nodes.push_back(stored.Finish());
    return {};
  }

  Bytes finish() {
    // One after the other: compilers are free in the order of arguments, and the file must not be.
    auto codes = builder_.CreateVector(codes_);
    auto subgraphs = builder_.CreateVector(subgraphs_);
    auto description = builder_.CreateString("mote");
    auto buffers = builder_.CreateVector(buffers_);
    tflite_schema::FinishModelBuffer(
        builder_, tflite_schema::CreateModel(builder_, kFormatVersion, codes, subgraphs,
                                             description, buffers));
    return Bytes(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  }

  const Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset<tflite_schema::Buffer>> buffers_;
  std::vector<Offset<tflite_schema::OperatorCode>> codes_;
  std::vector<Offset<tflite_schema::SubGraph>> subgraphs_;
  std::optional<uint32_t> handle_code_;
  std::map<const Bytes*, uint32_t> buffer_of_;
  std::map<std::pair<const OperatorRecord*, int>, uint32_t> code_of_;
};

/// Version 1 of BROADCAST_TO was withdrawn; all others have one.
int first_version(std::string_view name) {
  return name == "BROADCAST_TO" ? 2 : 1;
}

/// The first version that takes int8: 2, but for operators that had gained something else before.
int int8_version(std::string_view name) {
  constexpr struct {
    std::string_view name;
    int version;
  } kLater[] = {{"CONV_2D", 3}, {"DEPTHWISE_CONV_2D", 3}, {"SVDF", 3}, {"FULLY_CONNECTED", 4}};
  for (const auto& row : kLater) {
    if (row.name == name) return row.version;
  }
  return 2;
}

}  // namespace

int operator_version(const Graph& graph, const Node& node) {
  int version = first_version(node.record->name);
  int newest = node.record->max_version;
  auto consider = [&](TensorId id) {
    if (id == kAbsent) return;
    switch (graph.tensor(id).dtype) {
      case DType::kFloat32:
      case DType::kUInt8:
      case DType::kInt32:
        break;
      case DType::kInt8:
        version = std::max(version, std::min(int8_version(node.record->name), newest));
        break;
      default:
        version = std::max(version, newest);
    }
  };
  for (TensorId id : node.inputs) consider(id);
  for (TensorId id : node.outputs) consider(id);
  return version;
}

Result<Bytes> write_tflite(const Graph& graph) {
  return ModelWriter(graph).run();
}

}  // namespace mote
