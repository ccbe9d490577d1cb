// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/custom_options.h"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>

#include "compiler/tflite/options.h"
#include "compiler/tflite/schema.h"
#include "compiler/tflite/tensor_reader.h"

namespace mote::tflite {
namespace {

/// Options are a handful of numbers. The bound also holds down what a hostile file can make the
/// verifier do, whose time may grow with the square of the size.
constexpr size_t kMostBytes = 4096;

/// The map in the first `size` bytes, which a zero follows. FlexBuffers' verifier checks every
/// offset in it; that there are as many keys as values, and that keys end, it leaves to us: none
/// goes on behind that zero.
Result<flexbuffers::Map> open_map(const Bytes& bytes, size_t size) {
  if (size > kMostBytes) {
    return fail("has {} bytes of custom options, at most {} make sense", size, kMostBytes);
  }
  if (!flexbuffers::VerifyBuffer(bytes.data(), size)) {
    return fail("has custom options that are no FlexBuffers map, or a damaged one");
  }
  flexbuffers::Reference root = flexbuffers::GetRoot(bytes.data(), size);
  if (!root.IsMap()) return fail("has custom options that are no FlexBuffers map");
  flexbuffers::Map map = root.AsMap();
  if (map.Keys().size() != map.size()) {
    return fail("has custom options with {} keys for {} values", map.Keys().size(), map.size());
  }
  return map;
}

Result<Attribute> read_integers(const flexbuffers::Reference& value) {
  std::vector<int64_t> integers;
  if (value.IsTypedVector()) {
    flexbuffers::TypedVector stored = value.AsTypedVector();
    for (size_t i = 0; i < stored.size(); ++i) integers.push_back(stored[i].AsInt64());
    return Attribute(std::move(integers));
  }
  flexbuffers::Vector stored = value.AsVector();
  for (size_t i = 0; i < stored.size(); ++i) {
    if (!stored[i].IsIntOrUint()) return fail("should hold integers only");
    integers.push_back(stored[i].AsInt64());
  }
  return Attribute(std::move(integers));
}

/// Whether reading the value as integers is meaningful.
bool integers(const flexbuffers::Reference& value) {
  flexbuffers::Type type = value.GetType();
  return type == flexbuffers::FBT_VECTOR || type == flexbuffers::FBT_VECTOR_INT ||
         type == flexbuffers::FBT_VECTOR_UINT;
}

/// The value as an attribute of the same type as `fallback`.
Result<Attribute> read_value(const flexbuffers::Reference& value, const Attribute& fallback) {
  if (std::holds_alternative<bool>(fallback)) {
    if (value.IsBool() || value.IsIntOrUint()) return Attribute(value.AsBool());
    return fail("should be a flag");
  }
  if (std::holds_alternative<int64_t>(fallback)) {
    if (value.IsIntOrUint()) return Attribute(value.AsInt64());
    return fail("should be an integer");
  }
  if (std::holds_alternative<double>(fallback)) {
    if (value.IsNumeric()) return Attribute(shortest_double(value.AsDouble()));
    return fail("should be a number");
  }
  if (std::holds_alternative<std::string>(fallback)) {
    if (value.IsString()) return Attribute(value.AsString().str());
    return fail("should be a string");
  }
  if (integers(value)) return read_integers(value);
  return fail("should be a vector of integers");
}

const AttributeSpec* find_spec(const OperatorRecord& record, std::string_view name) {
  auto found = std::find_if(record.attributes.begin(), record.attributes.end(),
                            [&](const AttributeSpec& spec) { return name == spec.name; });
  return found == record.attributes.end() ? nullptr : &*found;
}

void write_value(flexbuffers::Builder& builder, const char* name, const Attribute& value) {
  struct Writer {
    flexbuffers::Builder& builder;
    const char* name;
    void operator()(bool flag) const { builder.Bool(name, flag); }
    void operator()(int64_t integer) const { builder.Int(name, integer); }
    void operator()(double real) const { builder.Float(name, static_cast<float>(real)); }
    void operator()(const std::string& text) const { builder.String(name, text); }
    void operator()(const std::vector<int64_t>& integers) const {
      builder.TypedVector(name, [&] {
        for (int64_t integer : integers) builder.Int(integer);
      });
    }
  };
  std::visit(Writer{builder, name}, value);
}

}  // namespace

bool is_custom(const OperatorRecord& record) {
  return !enumerator_number(builtin_operators(), record.name).has_value();
}

Result<Attributes> read_custom_options(const OperatorRecord& record,
                                       const tflite_schema::Operator& op) {
  if (op.large_custom_options_size() > 0) return fail("has custom options outside the model");
  // A copy, since nothing in the file says how its bytes are aligned.
  Bytes bytes(op.custom_options()->begin(), op.custom_options()->end());
  bytes.push_back(0);
  MOTE_TRY(flexbuffers::Map map, open_map(bytes, bytes.size() - 1));
  Attributes attributes;
  for (const AttributeSpec& spec : record.attributes) attributes[spec.name] = spec.fallback;
  for (size_t i = 0; i < map.size(); ++i) {
    std::string name = map.Keys()[i].AsKey();
    if (name.starts_with('_')) continue;  // TensorFlow's own notes, which no kernel reads
    const AttributeSpec* spec = find_spec(record, name);
    if (!spec)
      return fail("has custom option {}, which mote's {} lacks",
                  tflite::quoted(std::string_view(name)), record.name);
    Result<Attribute> value = read_value(map.Values()[i], spec->fallback);
    if (!value.ok()) return fail("custom option {} {}", name, value.error().message);
    attributes[name] = *std::move(value);
  }
  return attributes;
}

Bytes write_custom_options(const Node& node) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const AttributeSpec& spec : node.record->attributes) {
      write_value(builder, spec.name, attribute_of(node, spec));
    }
  });
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace mote::tflite
