// SPDX-License-Identifier: Apache-2.0
// Writes ONNX models into a folder: where onnx_fuzz starts from. A float and two quantised layers
// by hand, and ONNX's own tests of single operators where they are installed (Debian's
// libonnx-testdata; MOTE_ONNX_TESTS names another folder), each with its later inputs as
// initialisers, since mote takes shapes, axes and filters as constants.
//
//     make_onnx_corpus FOLDER && onnx_fuzz FOLDER
#include <cstdio>
#include <fstream>

#include "compiler/onnx/test_model.h"

namespace mote {
namespace {

namespace fs = std::filesystem;
using ::onnx::TensorProto;

constexpr int kUInt8 = TensorProto::UINT8, kInt8 = TensorProto::INT8, kInt32 = TensorProto::INT32;

OnnxBuilder float_layer() {
  OnnxBuilder b;
  b.input("x", {1, 2, 4, 4});
  b.floats("w", {3, 2, 1, 1}, {1, -1, 0.5f, 2, 0, 1});
  b.node("Conv", {"x", "w"}, "y");
  b.node("Relu", {"y"}, "z");
  b.node("GlobalAveragePool", {"z"}, "mean");
  b.output("mean");
  return b;
}

void add_scale(OnnxBuilder& b, const std::string& name, float scale, int type, int zero_point) {
  b.floats(name + "_scale", {}, {scale});
  b.int32s(name + "_zero", type, {}, {zero_point});
}

/// A convolution between DequantizeLinear and QuantizeLinear.
OnnxBuilder qdq_layer() {
  OnnxBuilder b;
  b.input("x", kUInt8, {1, 1, 4, 4});
  b.int32s("w", kInt8, {2, 1, 3, 3}, std::vector<int32_t>(18, 5));
  add_scale(b, "x", 0.5f, kUInt8, 100);
  add_scale(b, "w", 0.1f, kInt8, 0);
  add_scale(b, "y", 0.25f, kUInt8, 7);
  b.node("DequantizeLinear", {"x", "x_scale", "x_zero"}, "real_x");
  b.node("DequantizeLinear", {"w", "w_scale", "w_zero"}, "real_w");
  b.node("Conv", {"real_x", "real_w"}, "real_y");
  b.node("QuantizeLinear", {"real_y", "y_scale", "y_zero"}, "y");
  b.output("y");
  return b;
}

OnnxBuilder qlinear_layer() {
  OnnxBuilder b;
  b.input("x", kUInt8, {1, 1, 4, 4});
  b.int32s("w", kInt8, {2, 1, 3, 3}, std::vector<int32_t>(18, -3));
  b.int32s("bias", kInt32, {2}, {10, -10});
  add_scale(b, "x", 0.5f, kUInt8, 100);
  add_scale(b, "w", 0.1f, kInt8, 0);
  add_scale(b, "y", 0.25f, kUInt8, 7);
  b.node("QLinearConv",
         {"x", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero", "bias"}, "y");
  b.output("y");
  return b;
}

/// A test's model with all inputs but the first as initialisers.
Result<::onnx::ModelProto> bound_test(const fs::path& folder) {
  ::onnx::ModelProto model;
  std::ifstream file(folder / "model.onnx", std::ios::binary);
  if (!file || !model.ParseFromIstream(&file)) return fail("{}: no model", folder.string());
  auto inputs = model.graph().input();
  model.mutable_graph()->clear_input();
  for (int i = 0; i < inputs.size(); ++i) {
    TensorProto tensor;
    std::ifstream data(folder / "test_data_set_0" / fmt::format("input_{}.pb", i),
                       std::ios::binary);
    if (i > 0 && data && tensor.ParseFromIstream(&data)) {
      tensor.set_name(inputs[i].name());
      *model.mutable_graph()->add_initializer() = tensor;
    } else {
      *model.mutable_graph()->add_input() = inputs[i];
    }
  }
  return model;
}

Result<void> write_model(const fs::path& path, const ::onnx::ModelProto& model) {
  constexpr size_t kMostBytes = 1 << 14;  // large constants slow a fuzzer down
  std::string bytes = model.SerializeAsString();
  return bytes.size() <= kMostBytes ? write_text(path, bytes) : Result<void>();
}

Result<void> make_corpus(const fs::path& folder) {
  MOTE_CHECK_OK(make_folder(folder));
  MOTE_CHECK_OK(write_model(folder / "float.onnx", float_layer().model()));
  MOTE_CHECK_OK(write_model(folder / "qdq.onnx", qdq_layer().model()));
  MOTE_CHECK_OK(write_model(folder / "qlinear.onnx", qlinear_layer().model()));
  const char* given = std::getenv("MOTE_ONNX_TESTS");
  std::error_code missing;
  for (const auto& entry :
       fs::directory_iterator(given ? given : "/usr/share/libonnx-testdata/data/node", missing)) {
    Result<::onnx::ModelProto> model = bound_test(entry.path());
    if (!model.ok()) continue;
    MOTE_CHECK_OK(write_model(folder / (entry.path().filename().string() + ".onnx"), *model));
  }
  return {};
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_onnx_corpus FOLDER\n");
    return 2;
  }
  mote::Result<void> made = mote::make_corpus(argv[1]);
  if (!made.ok()) {
    std::fprintf(stderr, "make_onnx_corpus: error: %s\n", made.error().message.c_str());
    return 1;
  }
  return 0;
}
