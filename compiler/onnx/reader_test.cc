// SPDX-License-Identifier: Apache-2.0
// What the ONNX reader makes of small models written by hand, compared with a computation written
// out plainly, and what it says to models that it can't read.
#include "compiler/onnx/reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/onnx/test_model.h"
#include "compiler/pipeline.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

using ::onnx::TensorProto;

Result<OnnxModel> read(const OnnxBuilder& builder) {
  return read_onnx(builder.file(), "some/folder/m.onnx", operator_book());
}

Graph graph_of(const OnnxBuilder& builder) {
  Result<OnnxModel> model = read(builder);
  EXPECT_TRUE(model.ok()) << model.error().message;
  return model.ok() ? model->graph : Graph();
}

std::string refusal(const OnnxBuilder& builder) {
  Result<OnnxModel> model = read(builder);
  return model.ok() ? "" : model.error().message;
}

bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

std::vector<float> random_floats(std::mt19937& random, size_t count) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(random_float(random, -1, 1));
  return values;
}

template <typename T>
std::vector<T> run(const Graph& graph, const std::vector<float>& input) {
  Bytes bytes(input.size() * sizeof(float));
  std::memcpy(bytes.data(), input.data(), bytes.size());
  Result<std::vector<Bytes>> outputs = interpret(graph, {bytes});
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  std::vector<T> values((*outputs)[0].size() / sizeof(T));
  std::memcpy(values.data(), (*outputs)[0].data(), (*outputs)[0].size());
  return values;
}

std::string operators(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes) {
    text += (text.empty() ? "" : " ") + std::string(node.record->name);
  }
  return text;
}

// ---- A net as exporters write them, NCHW.

/// x [c][h][w] convolved by w [o][c][3][3], padding 1.
std::vector<float> convolve(const std::vector<float>& x, const std::vector<float>& w,
                            const std::vector<float>& bias, int channels, int size) {
  std::vector<float> y;
  for (int o = 0; o < static_cast<int>(bias.size()); ++o) {
    for (int row = 0; row < size; ++row) {
      for (int column = 0; column < size; ++column) {
        float sum = bias[static_cast<size_t>(o)];
        for (int c = 0; c < channels; ++c) {
          for (int k = 0; k < 9; ++k) {
            int r = row + k / 3 - 1, s = column + k % 3 - 1;
            if (r < 0 || s < 0 || r >= size || s >= size) continue;
            sum += x[static_cast<size_t>((c * size + r) * size + s)] *
                   w[static_cast<size_t>((o * channels + c) * 9 + k)];
          }
        }
        y.push_back(sum);
      }
    }
  }
  return y;
}

/// The largest of each 2×2 block.
std::vector<float> pool(const std::vector<float>& x, int channels, int size) {
  std::vector<float> y;
  for (int c = 0; c < channels; ++c) {
    for (int row = 0; row < size; row += 2) {
      for (int column = 0; column < size; column += 2) {
        size_t at = static_cast<size_t>((c * size + row) * size + column);
        size_t below = at + static_cast<size_t>(size);
        y.push_back(std::max({x[at], x[at + 1], x[below], x[below + 1]}));
      }
    }
  }
  return y;
}

struct Net {
  OnnxBuilder b;
  std::vector<float> w1, b1, scale, shift, mean, variance, w2, b2, fc;

  Net() {
    std::mt19937 random(5);
    w1 = random_floats(random, 4 * 2 * 9), b1 = random_floats(random, 4);
    scale = random_floats(random, 4), shift = random_floats(random, 4);
    mean = random_floats(random, 4), variance = {0.5f, 1, 2, 0.25f};
    w2 = random_floats(random, 3 * 4 * 9), b2 = random_floats(random, 3);
    fc = random_floats(random, 5 * 12);
    b.input("x", {1, 2, 4, 4});
    b.floats("w1", {4, 2, 3, 3}, w1), b.floats("b1", {4}, b1);
    b.floats("scale", {4}, scale), b.floats("shift", {4}, shift);
    b.floats("mean", {4}, mean), b.floats("variance", {4}, variance);
    b.floats("w2", {3, 4, 3, 3}, w2), b.floats("b2", {3}, b2), b.floats("fc", {5, 12}, fc);
    OnnxBuilder::attribute(b.node("Conv", {"x", "w1", "b1"}, "c1"), "pads", {1, 1, 1, 1});
    b.node("BatchNormalization", {"c1", "scale", "shift", "mean", "variance"}, "n1");
    b.node("Relu", {"n1"}, "r1");
    OnnxBuilder::attribute(b.node("Conv", {"r1", "w2", "b2"}, "c2"), "pads", {1, 1, 1, 1});
    auto* pooling = b.node("MaxPool", {"c2"}, "p");
    OnnxBuilder::attribute(pooling, "kernel_shape", {2, 2});
    OnnxBuilder::attribute(pooling, "strides", {2, 2});
    b.node("Flatten", {"p"}, "flat");
    OnnxBuilder::attribute(b.node("Gemm", {"flat", "fc"}, "y"), "transB", 1);
    b.output("y");
  }

  std::vector<float> compute(const std::vector<float>& x) const {
    std::vector<float> y = convolve(x, w1, b1, 2, 4);
    for (size_t i = 0; i < y.size(); ++i) {
      size_t c = i / 16;
      y[i] = scale[c] * (y[i] - mean[c]) / std::sqrt(variance[c] + 1e-5f) + shift[c];
      y[i] = std::max(y[i], 0.0f);
    }
    y = pool(convolve(y, w2, b2, 4, 4), 3, 4);
    std::vector<float> result(5, 0);
    for (size_t i = 0; i < 60; ++i) result[i / 12] += y[i % 12] * fc[i];
    return result;
  }
};

TEST(OnnxReader, AConvolutionalNetComputesWhatItSays) {
  Net net;
  Graph graph = graph_of(net.b);
  std::mt19937 random(6);
  std::vector<float> x = random_floats(random, 32), wanted = net.compute(x);
  for (const Graph& one : {graph, *optimize(graph)}) {
    std::vector<float> y = run<float>(one, x);
    ASSERT_EQ(y.size(), wanted.size());
    for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], wanted[i], 1e-5f);
  }
}

TEST(OnnxReader, NothingIsTransposedAfterTheInput) {
  Net net;
  EXPECT_EQ(operators(graph_of(net.b)),
            "TRANSPOSE CONV_2D RELU CONV_2D MAX_POOL_2D RESHAPE FULLY_CONNECTED");
}

TEST(OnnxReader, InputsAndOutputsKeepTheirNamesAndShapes) {
  Net net;
  Graph graph = graph_of(net.b);
  EXPECT_EQ(graph.name, "m");
  EXPECT_EQ(graph.tensor(graph.inputs[0]).name, "x");
  EXPECT_EQ(type_text(graph.tensor(graph.inputs[0])), "float32[1,2,4,4]");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "y");
}

TEST(OnnxReader, AResidualNetIsTransposedAtItsEndsOnly) {
  OnnxBuilder b;
  b.input("x", {1, 4, 5, 5});
  b.floats("w", {4, 4, 1, 1}, std::vector<float>(16, 0.5f));
  b.floats("d", {4, 1, 3, 3}, std::vector<float>(36, 0.25f));
  b.floats("channels", {1, 4, 1, 1}, {1, 2, 3, 4});
  b.node("Conv", {"x", "w"}, "a");
  auto* depthwise = b.node("Conv", {"a", "d"}, "b");
  OnnxBuilder::attribute(depthwise, "group", 4);
  OnnxBuilder::attribute(depthwise, "auto_pad", 0);
  depthwise->mutable_attribute(1)->set_type(::onnx::AttributeProto::STRING);
  depthwise->mutable_attribute(1)->set_s("SAME_UPPER");
  b.node("Add", {"a", "b"}, "c");
  b.node("GlobalAveragePool", {"c"}, "g");
  b.node("Conv", {"g", "w"}, "s");
  b.node("Sigmoid", {"s"}, "gate");
  b.node("Mul", {"c", "gate"}, "m");
  b.node("Mul", {"m", "channels"}, "n");
  b.node("Conv", {"n", "w"}, "y");
  b.output("y");
  EXPECT_EQ(operators(graph_of(b)),
            "TRANSPOSE CONV_2D DEPTHWISE_CONV_2D ADD MEAN CONV_2D LOGISTIC MUL MUL CONV_2D "
            "TRANSPOSE");
}

TEST(OnnxReader, AnOpenBatchIsOneAndSaidSo) {
  OnnxBuilder b;
  b.input("x", {1, 3});
  b.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("batch");
  b.node("Relu", {"x"}, "y");
  b.output("y");
  Result<OnnxModel> model = read(b);
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_EQ(model->notes.size(), 1u);
  EXPECT_EQ(model->notes[0], "input 'x': its batch ('batch') is open and was set to 1");
}

// ---- Quantised models.

/// x -> Q -> DQ -> Conv(DQ(w), DQ(b)) -> Relu -> Q -> DQ, uint8 activations.
OnnxBuilder quantized_net() {
  OnnxBuilder b;
  b.input("x", {1, 1, 2, 2});
  b.floats("sx", {}, {0.5f}), b.int32s("zx", TensorProto::UINT8, {}, {128});
  b.floats("sw", {2}, {0.25f, 0.5f}), b.int32s("zw", TensorProto::INT8, {2}, {0, 0});
  b.int32s("w", TensorProto::INT8, {2, 1, 1, 1}, {3, -5});
  b.floats("sb", {2}, {0.125f, 0.25f}), b.int32s("b", TensorProto::INT32, {2}, {7, 40});
  b.floats("sy", {}, {0.75f}), b.int32s("zy", TensorProto::UINT8, {}, {3});
  b.node("QuantizeLinear", {"x", "sx", "zx"}, "xq");
  b.node("DequantizeLinear", {"xq", "sx", "zx"}, "xd");
  OnnxBuilder::attribute(b.node("DequantizeLinear", {"w", "sw", "zw"}, "wd"), "axis", 0);
  OnnxBuilder::attribute(b.node("DequantizeLinear", {"b", "sb"}, "bd"), "axis", 0);
  b.node("Conv", {"xd", "wd", "bd"}, "c");
  b.node("Relu", {"c"}, "r");
  b.node("QuantizeLinear", {"r", "sy", "zy"}, "yq");
  b.node("DequantizeLinear", {"yq", "sy", "zy"}, "y");
  b.output("y");
  return b;
}

TEST(OnnxQuantized, LayersBetweenDequantizeAndQuantizeComputeInInt8) {
  Graph graph = graph_of(quantized_net());
  // [1,1,2,2] to [1,2,2,1] leaves the bytes as they are.
  EXPECT_EQ(operators(graph), "QUANTIZE RESHAPE CONV_2D TRANSPOSE DEQUANTIZE");
}

TEST(OnnxQuantized, IntegersAreThoseOfTheSameInt8Graph) {
  Result<Graph> wanted = parse(R"(graph "m" {
  input %0 "x" float32[1,2,2,1]
  const %1 "w" int8[2,1,1,1] q(axis 0; 0.25:0, 0.5:0) = 0x03fb
  const %2 "b" int32[2] q(axis 0; 0.125:0, 0.25:0) = 0x0700000028000000
  %3 "xq" int8[1,2,2,1] q(0.5:0) = QUANTIZE(%0)
  %4 "yq" int8[1,2,2,2] q(0.75:-125) = CONV_2D(%3, %1, %2) {fused_activation_function="RELU", padding="VALID"}
  %5 "t" float32[1,2,2,2] = DEQUANTIZE(%4)
  const %6 "perm" int32[4] = 0x00000000030000000100000002000000
  %7 "y" float32[1,2,2,2] = TRANSPOSE(%5, %6)
  output %7
})",
                               operator_book());
  ASSERT_TRUE(wanted.ok()) << wanted.error().message;
  ASSERT_TRUE(verify(*wanted).ok()) << verify(*wanted).error().message;
  Graph graph = graph_of(quantized_net());
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<float> x;
    for (int i = 0; i < 4; ++i) x.push_back(random_float(random, -70, 70));
    EXPECT_EQ(run<float>(graph, x), run<float>(*wanted, x));
  }
}

TEST(OnnxQuantized, QLinearConvIsTheSame) {
  OnnxBuilder b;
  b.input("x", {1, 1, 2, 2});
  b.floats("sx", {}, {0.5f}), b.int32s("zx", TensorProto::UINT8, {}, {128});
  b.floats("sw", {2}, {0.25f, 0.5f}), b.int32s("zw", TensorProto::INT8, {2}, {0, 0});
  b.int32s("w", TensorProto::INT8, {2, 1, 1, 1}, {3, -5});
  b.int32s("b", TensorProto::INT32, {2}, {7, 40});
  b.floats("sy", {}, {0.75f}), b.int32s("zy", TensorProto::UINT8, {}, {3});
  b.node("QuantizeLinear", {"x", "sx", "zx"}, "xq");
  b.node("QLinearConv", {"xq", "sx", "zx", "w", "sw", "zw", "sy", "zy", "b"}, "yq");
  b.node("DequantizeLinear", {"yq", "sy", "zy"}, "y");
  b.output("y");
  Graph graph = graph_of(b), other = graph_of(quantized_net());
  EXPECT_EQ(operators(graph), "QUANTIZE RESHAPE CONV_2D TRANSPOSE DEQUANTIZE");
  // Zero point 3 of uint8 makes small negative results possible that RELU cuts off.
  std::vector<float> x = {10, -20, 30, 5}, with = run<float>(graph, x), cut = run<float>(other, x);
  for (size_t i = 0; i < with.size(); ++i) EXPECT_EQ(std::max(with[i], 0.0f), cut[i]);
}

TEST(OnnxQuantized, OperatorsWithoutAnInt8FormComputeOnFloats) {
  OnnxBuilder b = quantized_net();
  b.graph().mutable_node(5)->set_op_type("Softsign");
  Graph graph = graph_of(b);
  for (const Node& node : graph.nodes) {
    if (node.record->name != "CONV_2D") continue;
    EXPECT_EQ(graph.tensor(node.outputs[0]).dtype, DType::kFloat32);
  }
}

TEST(OnnxQuantized, QuantisedInputsAndOutputsKeepTheirTypes) {
  OnnxBuilder b;
  b.input("x", TensorProto::UINT8, {1, 4});
  b.floats("s", {}, {0.5f}), b.int32s("z", TensorProto::UINT8, {}, {100});
  b.node("DequantizeLinear", {"x", "s", "z"}, "d");
  b.node("Relu", {"d"}, "r");
  b.node("QuantizeLinear", {"r", "s", "z"}, "y");
  b.output("y");
  Graph graph = graph_of(b);
  EXPECT_EQ(operators(graph), "QUANTIZE RELU QUANTIZE");
  Result<std::vector<Bytes>> y = interpret(graph, {{0, 99, 101, 255}});
  EXPECT_EQ((*y)[0], (Bytes{100, 100, 101, 255}));
}

// ---- Refusals.

TEST(OnnxRefusals, AllMissingOperatorsAreListedAtOnce) {
  OnnxBuilder b;
  b.input("x", {1, 3});
  b.node("Det", {"x"}, "a");
  b.node("NonZero", {"a"}, "b")->set_domain("my.domain");
  b.node("Relu", {"b"}, "y");
  b.output("y");
  EXPECT_EQ(refusal(b),
            "some/folder/m.onnx: opset 13, operators that mote can't import: node 'a_node' 'Det': "
            "no operator of mote's does this; node 'b_node' 'NonZero': no operator of domain "
            "'my.domain'");
}

TEST(OnnxRefusals, NameTheNodeAndWhatIsWrong) {
  OnnxBuilder open;
  open.input("x", {1, 3, 8, 8});
  open.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(2)
      ->set_dim_param("height");
  open.node("Relu", {"x"}, "y");
  open.output("y");
  EXPECT_TRUE(says(refusal(open), "input 'x' dimension 2 ('height') has no fixed size; fix it"));

  OnnxBuilder missing;
  missing.input("x", {1, 3});
  missing.node("Relu", {"z"}, "y");
  missing.output("y");
  EXPECT_TRUE(
      says(refusal(missing), "node 'y_node' 'Relu' (opset 13): value 'z' is never computed"));

  OnnxBuilder attribute;
  attribute.input("x", {1, 3});
  OnnxBuilder::attribute(attribute.node("Relu", {"x"}, "y"), "surprise", 1);
  attribute.output("y");
  EXPECT_TRUE(says(refusal(attribute), "has attribute 'surprise', which mote doesn't know"));

  OnnxBuilder shapes;
  shapes.input("x", {1, 3});
  shapes.floats("w", {2, 2}, {1, 2, 3, 4});
  shapes.node("MatMul", {"x", "w"}, "y");
  shapes.output("y");
  EXPECT_TRUE(says(refusal(shapes), "multiplies [1,3] by [2,2]"));
}

TEST(OnnxRefusals, OpsetsThatAreTooNew) {
  OnnxBuilder b(21);
  b.input("x", {1, 3});
  b.node("Relu", {"x"}, "y");
  b.output("y");
  EXPECT_TRUE(says(refusal(b), "is of opset 21, mote reads 1 to 18"));
}

// ---- Damaged files give a graph or an error.

TEST(OnnxDamage, CutOffAndFlippedFilesAreRefusedOrRead) {
  Net net;
  std::mt19937 random(8);
  for (const Bytes& file : {net.b.file(), quantized_net().file()}) {
    for (size_t size = 0; size < file.size(); size += 5) {
      Bytes part(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
      Result<OnnxModel> model = read_onnx(part, "m.onnx", operator_book());
      if (!model.ok()) {
        EXPECT_EQ(model.error().message.find("m.onnx: "), 0u);
      }
    }
    for (int round = 0; round < 3000; ++round) {
      Bytes damaged = file;
      for (int flips = random_int(random, 1, 4); flips > 0; --flips) {
        damaged[random() % damaged.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
      }
      Result<OnnxModel> model = read_onnx(damaged, "m.onnx", operator_book());
      if (model.ok()) {
        EXPECT_TRUE(verify(model->graph).ok());
      }
    }
  }
}

}  // namespace
}  // namespace mote
