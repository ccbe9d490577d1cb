// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/file_checks.h"

namespace mote::tflite {
namespace {

constexpr uint32_t kVersion = 3;
constexpr size_t kSmallestFile = 8;         // the root's offset and the identifier
constexpr size_t kLargestFile = INT32_MAX;  // what FlatBuffers' offsets reach
constexpr uint32_t kDeepestNesting = 16;    // the schema nests half as deep
constexpr uint32_t kMostTables = 1'000'000;

template <typename T>
uint64_t bytes_in(const flatbuffers::Vector<T>* vector) {
  return vector ? uint64_t{vector->size()} * sizeof(T) : 0;
}

uint64_t bytes_in(const flatbuffers::String* text) {
  return text ? text->size() : 0;
}

uint64_t bytes_in(const tflite_schema::Tensor& tensor) {
  uint64_t bytes = bytes_in(tensor.name());
  if (const tflite_schema::QuantizationParameters* q = tensor.quantization()) {
    bytes += bytes_in(q->scale());
  }
  return bytes;
}

/// What reading each subgraph once would copy.
uint64_t unpacked_bytes(const tflite_schema::Model& model) {
  uint64_t bytes = 0;
  if (model.buffers()) {
    for (const tflite_schema::Buffer* buffer : *model.buffers()) {
      bytes += bytes_in(buffer->data()) ? bytes_in(buffer->data()) : buffer->size();
    }
  }
  for (const tflite_schema::SubGraph* subgraph : *model.subgraphs()) {
    bytes += bytes_copied(*subgraph);
  }
  return bytes;
}

Result<void> check_format(const Bytes& file) {
  if (file.size() < kSmallestFile || !tflite_schema::ModelBufferHasIdentifier(file.data())) {
    return fail("not a .tflite file: it doesn't have the mark TFL3 in bytes 4 to 7");
  }
  if (file.size() >= kLargestFile) return fail("is larger than 2 GB, which mote doesn't read");
  flatbuffers::Verifier verifier(file.data(), file.size(), kDeepestNesting, kMostTables);
  if (!tflite_schema::VerifyModelBuffer(verifier)) {
    return fail("is damaged or cut off: an offset in it points outside of its {} bytes",
                file.size());
  }
  return {};
}

}  // namespace

uint64_t bytes_copied(const tflite_schema::SubGraph& subgraph) {
  uint64_t bytes = bytes_in(subgraph.inputs()) + bytes_in(subgraph.outputs());
  if (subgraph.tensors()) {
    for (const tflite_schema::Tensor* tensor : *subgraph.tensors()) bytes += bytes_in(*tensor);
  }
  if (subgraph.operators()) {
    for (const tflite_schema::Operator* op : *subgraph.operators()) {
      bytes += bytes_in(op->inputs()) + bytes_in(op->outputs());
    }
  }
  return bytes;
}

Result<const tflite_schema::Model*> open_model(const Bytes& file) {
  MOTE_CHECK_OK(check_format(file));
  const tflite_schema::Model* model = tflite_schema::GetModel(file.data());
  if (model->version() != kVersion) {
    return fail("has format version {}, mote reads version {}", model->version(), kVersion);
  }
  if (!model->subgraphs() || model->subgraphs()->size() == 0) return fail("has no subgraph");
  // Parts that are stored once may be referred to many times; honest files hardly do.
  constexpr uint64_t kMostCopies = 8;
  if (unpacked_bytes(*model) > kMostCopies * file.size()) {
    return fail("is built from parts that overlap: it would unpack to more than {} times its size",
                kMostCopies);
  }
  return model;
}

}  // namespace mote::tflite
