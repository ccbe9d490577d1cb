// SPDX-License-Identifier: Apache-2.0
// The verifier's refusals, one by one: each is a good graph with one thing wrong, and the error
// says which thing and where.
#include "ir/verifier.h"

#include <gtest/gtest.h>

#include <limits>

#include "ops/run_text_test.h"

namespace mote {
namespace {

/// A convolution with scales per channel, then a softmax: %0, %1 and %2 in, %4 out.
Graph good_graph() {
  Result<Graph> graph = parse(R"(graph "good" {
      input %0 "x" int8[1,2,2,1] q(0.5:7)
      const %1 "w" int8[2,1,1,1] q(axis 0; 0.5:0, 0.25:0) = 0x0102
      const %2 "b" int32[2] = 0x0100000002000000
      %3 "conv" int8[1,2,2,2] q(1.5:-3) = CONV_2D(%0, %1, %2) {padding="VALID", stride_h=1, stride_w=1}
      %4 "y" int8[1,2,2,2] q(0.00390625:-128) = SOFTMAX(%3) {beta=1.0}
      output %4
    })",
                              operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *graph;
}

/// What verify() says of the good graph once `break_it` has changed it.
template <typename Change>
std::string error_after(Change break_it) {
  Graph graph = good_graph();
  break_it(graph);
  Result<void> verified = verify(graph);
  return verified.ok() ? "no error" : verified.error().message;
}

constexpr const char* kConv = "operator 0 CONV_2D (output 'conv'): ";

TEST(Verifier, AcceptsTheGoodGraph) {
  EXPECT_EQ(error_after([](Graph&) {}), "no error");
}

TEST(Verifier, AcceptsAllSampleCases) {
  std::mt19937 random(1);
  for (const OperatorRecord* record : operator_book()) {
    for (const Graph& graph : record->cases(random)) EXPECT_TRUE(verify(graph).ok());
  }
}

// ---- ids and their order

TEST(Verifier, IdsOutOfRange) {
  EXPECT_EQ(error_after([](Graph& g) { g.inputs[0] = 5; }), "graph input 5: no such tensor");
  EXPECT_EQ(error_after([](Graph& g) { g.inputs[0] = -1; }), "graph input -1: no such tensor");
  EXPECT_EQ(error_after([](Graph& g) { g.outputs[0] = 99; }), "graph output 99: no such tensor");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs[1] = 5; }),
            std::string(kConv) + "input tensor 5 doesn't exist");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs[1] = -2; }),
            std::string(kConv) + "input tensor -2 doesn't exist");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].outputs[0] = 5; }),
            "operator 0 CONV_2D: output tensor 5 doesn't exist");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].outputs[0] = kAbsent; }),
            "operator 0 CONV_2D: output tensor -1 doesn't exist");
}

TEST(Verifier, UseBeforeDefinition) {
  EXPECT_EQ(error_after([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }),
            "operator 0 SOFTMAX (output 'y'): input tensor 'conv' is used before anything has "
            "computed it");
  EXPECT_EQ(error_after([](Graph& g) { g.inputs.clear(); }),
            std::string(kConv) + "input tensor 'x' is used before anything has computed it");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs[0] = 3; }),
            std::string(kConv) + "input tensor 'conv' is used before anything has computed it");
}

TEST(Verifier, WrittenTwice) {
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[1].outputs[0] = 3; }),
            "operator 1 SOFTMAX (output 'conv'): output tensor 'conv' already has a value");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[1].outputs[0] = 0; }),
            "operator 1 SOFTMAX (output 'x'): output tensor 'x' already has a value");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[1].outputs[0] = 1; }),
            "operator 1 SOFTMAX (output 'w'): output tensor 'w' already has a value");
}

TEST(Verifier, InputsThatAreConstantsOrListedTwice) {
  EXPECT_EQ(error_after([](Graph& g) { g.inputs.push_back(0); }),
            "graph input 'x': is a constant, a variable or listed twice");
  EXPECT_EQ(error_after([](Graph& g) { g.inputs.push_back(1); }),
            "graph input 'w': is a constant, a variable or listed twice");
}

TEST(Verifier, NoOutputOrOneThatNobodyComputes) {
  EXPECT_EQ(error_after([](Graph& g) { g.outputs.clear(); }), "the graph has no output");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes.pop_back(); }),
            "graph output 'y' is never computed");
}

// ---- tensors

TEST(Verifier, ConstantsOfAWrongLength) {
  auto resize = [](TensorId id, size_t bytes) {
    return error_after(
        [&](Graph& g) { g.tensor(id).data = std::make_shared<const Bytes>(Bytes(bytes)); });
  };
  EXPECT_EQ(resize(2, 7),
            "tensor 2 'b' int32[2]: holds 7 bytes of constant data, its shape needs 8");
  EXPECT_EQ(resize(1, 3),
            "tensor 1 'w' int8[2,1,1,1]: holds 3 bytes of constant data, its shape needs 2");
  EXPECT_EQ(resize(1, 0),
            "tensor 1 'w' int8[2,1,1,1]: holds 0 bytes of constant data, its shape needs 2");
}

TEST(Verifier, EmptyNegativeAndHugeDimensions) {
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(0).shape = Shape(1, 0); }),
            "tensor 0 'x' int8[1,0]: dimension 1 is 0");
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(0).shape = Shape(-2, -2); }),
            "tensor 0 'x' int8[-2,-2]: dimension 0 is -2");
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(0).shape = Shape(65536, 32768); }),
            "tensor 0 'x' int8[65536,32768]: takes 2147483648 bytes, over 2 GB");
  std::string error = error_after([](Graph& g) { g.tensor(0).shape = Shape(65536, 65536, 65536); });
  EXPECT_NE(error.find("over 2 GB"), std::string::npos) << error;
}

TEST(Verifier, BadScales) {
  const float bad[] = {0, -1, std::numeric_limits<float>::infinity(),
                       std::numeric_limits<float>::quiet_NaN()};
  for (float scale : bad) {
    std::string error = error_after([&](Graph& g) { g.tensor(0).quantization.scales = {scale}; });
    EXPECT_EQ(error.rfind("tensor 0 'x' int8[1,2,2,1]: has scale ", 0), 0u) << error;
  }
}

TEST(Verifier, ZeroPointsThatTheTypeCantHold) {
  auto error = [](DType dtype, int32_t zero_point) {
    return error_after([&](Graph& g) {
      g.tensor(0).dtype = dtype;
      g.tensor(0).quantization = quantization(1, zero_point);
    });
  };
  EXPECT_EQ(error(DType::kInt8, 128),
            "tensor 0 'x' int8[1,2,2,1]: has zero point 128, which int8 can't hold");
  EXPECT_NE(error(DType::kInt8, -129).find("can't hold"), std::string::npos);
  EXPECT_NE(error(DType::kUInt8, -1).find("can't hold"), std::string::npos);
  EXPECT_NE(error(DType::kUInt8, 256).find("can't hold"), std::string::npos);
  EXPECT_NE(error(DType::kInt16, 32768).find("can't hold"), std::string::npos);
  EXPECT_NE(error(DType::kInt32, 1).find("can't hold"), std::string::npos);
}

TEST(Verifier, ScalesAndZeroPointsThatDontPair) {
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(1).quantization.zero_points.pop_back(); }),
            "tensor 1 'w' int8[2,1,1,1]: has 2 scales but 1 zero points");
}

TEST(Verifier, AxesThatDontFitTheShape) {
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(1).quantization.axis = 4; }),
            "tensor 1 'w' int8[2,1,1,1]: is quantised along dimension 4, but has 4");
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(1).quantization.axis = -1; }),
            "tensor 1 'w' int8[2,1,1,1]: is quantised along dimension -1, but has 4");
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(1).quantization.axis = 3; }),
            "tensor 1 'w' int8[2,1,1,1]: has 2 scales for 1 channels");
}

// ---- nodes

TEST(Verifier, WrongArity) {
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs.push_back(2); }),
            std::string(kConv) + "has 4 inputs, takes at most 3");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs.resize(1); }),
            std::string(kConv) + "input 1 (filter) is missing");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs[1] = kAbsent; }),
            std::string(kConv) + "input 1 (filter) is missing");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[1].outputs.clear(); }),
            "operator 1 SOFTMAX: output 0 (output) is missing");
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].inputs.pop_back(); }), "no error")
      << "the bias is optional";
}

TEST(Verifier, VariadicInputsMustAllBeThere) {
  EXPECT_NE(refusal(R"(
      input %0 "x" int8[1]
      %1 "y" int8[2] = CONCATENATION(%0, _) {axis=0}
      output %1)")
                .find("input 1 is missing"),
            std::string::npos);
}

TEST(Verifier, AttributesThatTheRecordDoesntHave) {
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].attributes["colour"] = int64_t{3}; }),
            std::string(kConv) + "has no attribute colour");
}

TEST(Verifier, AttributesOfAWrongType) {
  EXPECT_EQ(error_after([](Graph& g) { g.nodes[0].attributes["stride_h"] = 1.0; }),
            std::string(kConv) + "attribute stride_h has the wrong type");
}

TEST(Verifier, AttributesOutOfRange) {
  auto error = [](const char* name, Attribute value) {
    return error_after([&](Graph& g) { g.nodes[0].attributes[name] = value; });
  };
  std::string zero = error("stride_h", int64_t{0});
  EXPECT_EQ(zero.rfind(std::string(kConv) + "attribute stride_h is 0, must lie in 1..", 0), 0u)
      << zero;
  EXPECT_NE(error("stride_h", INT64_MAX).find("must lie in 1.."), std::string::npos);
  EXPECT_NE(error("padding", std::string("ROUND")).find("is ROUND, must be one of SAME, VALID"),
            std::string::npos);
  std::string beta = error_after(
      [](Graph& g) { g.nodes[1].attributes["beta"] = std::numeric_limits<double>::infinity(); });
  EXPECT_NE(beta.find("attribute beta isn't a finite number"), std::string::npos) << beta;
}

TEST(Verifier, TypesThatNoRowOfTheRecordHas) {
  std::string error = error_after([](Graph& g) {
    g.tensor(0).dtype = DType::kInt16;
    g.tensor(0).quantization.zero_points = {0};
  });
  EXPECT_EQ(error.rfind(std::string(kConv) +
                            "types int16, int8, int32 -> int8 aren't supported; supported are: ",
                        0),
            0u)
      << error;
  EXPECT_NE(error.find("int8, int8, int32 -> int8"), std::string::npos) << error;
}

TEST(Verifier, ShapesThatTheRuleDoesntGive) {
  EXPECT_EQ(error_after([](Graph& g) { g.tensor(3).shape = Shape(1, 2, 2, 3); }),
            std::string(kConv) + "output 0 (output) 'conv' int8[1,2,2,3] should be [1,2,2,2]");
}

TEST(Verifier, Int8NeedsOneScaleUnlessTheRecordSaysOtherwise) {
  EXPECT_EQ(refusal(R"(
      input %0 "x" int8[4]
      %1 "y" int8[4] q(1:0) = RELU(%0)
      output %1)"),
            "operator 0 RELU (output 'y'): input 0 (input) 'x' int8[4] needs one scale and zero "
            "point, has 0");
  EXPECT_EQ(refusal(R"(
      input %0 "x" int8[4] q(1:0)
      %1 "y" int8[4] = RELU(%0)
      output %1)"),
            "operator 0 RELU (output 'y'): output 0 (output) 'y' int8[4] needs one scale and zero "
            "point, has 0");
  EXPECT_EQ(refusal(R"(
      input %0 "x" int8[4]
      %1 "y" int8[2,2] = RESHAPE(%0) {new_shape=[2,2]}
      output %1)"),
            "");
}

TEST(Verifier, AnInputMayBeAnOutput) {
  EXPECT_EQ(refusal("input %0 \"x\" int8[4]\noutput %0"), "");
}

TEST(Locate, CountsOperatorsAndNamesTheFirstOutput) {
  Graph graph = good_graph();
  EXPECT_EQ(locate(graph, 1), "operator 1 SOFTMAX (output 'y')");
  graph.nodes[1].outputs = {77};
  EXPECT_EQ(locate(graph, 1), "operator 1 SOFTMAX");
}

}  // namespace
}  // namespace mote
