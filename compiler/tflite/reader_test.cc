// SPDX-License-Identifier: Apache-2.0
// What the reader makes of one small file, of its harmless variants, and what it says to each
// thing that can be wrong with it.
#include "compiler/tflite/reader.h"

#include <gtest/gtest.h>

#include "compiler/tflite/test_model.h"
#include "compiler/tflite/tflite_generated.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote {
namespace {

Result<Graph> read(const std::string& json) {
  return read_tflite(tflite_file(json), "some/folder/m.tflite", operator_book());
}

const char kText[] = R"(graph "m" {
  input %0 "x" int8[1,2,2,1] q(0.5:7)
  const %1 "w" int8[2,1,1,1] q(axis 0; 0.5:0, 0.25:0) = 0x0102
  %2 "y" int8[1,2,2,2] q(1.5:-3) = CONV_2D(%0, %1, _) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function="NONE", padding="VALID", quantized_bias_type="FLOAT32", stride_h=1, stride_w=1}
  output %2
}
)";

TEST(TfliteReader, ReadsAModel) {
  Result<Graph> graph = read(kTestModel);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(print(*graph), kText);
}

struct Edit {
  const char* name;
  const char* from;
  const char* to;
  const char* message = nullptr;
};

std::string name_of_edit(const testing::TestParamInfo<Edit>& info) {
  return info.param.name;
}

// ---- Variants that mean the same.

const Edit kSame[] = {
    {"OldOperatorNumber", ", builtin_code: CONV_2D", ""},
    {"NewOperatorNumber", "deprecated_builtin_code: 3, ", ""},
    {"NoZeroPoints", "zero_point: [0, 0], ", ""},
    {"OneZeroPointForAll", "zero_point: [0, 0]", "zero_point: [0]"},
    {"MinimumAndMaximumToo", "{ scale: [0.5], ", "{ min: [-4], max: [4], scale: [0.5], "},
    {"OutputShapeOpen", "shape: [1, 2, 2, 2], ", ""},
    {"BatchOpen", "shape: [1, 2, 2, 1],", "shape: [1, 2, 2, 1], shape_signature: [-1, 2, 2, 1],"},
    {"UnusedOperatorCode", "builtin_code: CONV_2D }", "builtin_code: CONV_2D }, { version: 77 }"},
    {"AxisOfOneScale", "zero_point: [7]", "zero_point: [7], quantized_dimension: 9"},
    {"Metadata", "version: 3,\n", "version: 3, metadata: [{ name: \"min_runtime_version\" }],\n"},
};

class TfliteSame : public testing::TestWithParam<Edit> {};

TEST_P(TfliteSame, IsReadAsTheSameGraph) {
  Result<Graph> graph = read(edited(GetParam().from, GetParam().to));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(print(*graph), kText);
}

INSTANTIATE_TEST_SUITE_P(TfliteReader, TfliteSame, testing::ValuesIn(kSame), name_of_edit);

TEST(TfliteReader, FindsDataBeyondTheTables) {
  std::string json = edited("{ data: [1, 2] }", "{ offset: 1024, size: 2 }");
  Bytes file = tflite_file(json);
  ASSERT_LE(file.size(), 1024u);
  file.resize(1024);
  file.push_back(1), file.push_back(2);
  Result<Graph> graph = read_tflite(file, "m.tflite", operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(print(*graph), kText);
}

TEST(TfliteReader, LeavesOutQuantisationThatIsOnlyStatistics) {
  Result<Graph> graph = read(edited("type: INT8, quantization: { scale: [0.5], zero_point: [7] }",
                                    "type: INT8, quantization: { min: [0], max: [1] }"));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(
      graph.error().message,
      "some/folder/m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): input 0 (input) 'x' "
      "int8[1,2,2,1] needs one scale and zero point, has 0");
}

TEST(TfliteReader, SharesTheBytesOfABuffer) {
  std::string json = edited("{ name: \"nobody's\", shape: [-1], type: STRING, buffer: 99 }",
                            "{ name: \"v\", shape: [2, 1, 1, 1], type: INT8, buffer: 1, "
                            "quantization: { scale: [1] } }");
  size_t at = json.find("outputs: [2],");
  json.replace(at, 13, "outputs: [2, 3],");
  Result<Graph> graph = read(json);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph->tensor(1).data, graph->tensor(3).data);
}

// ---- Refusals.

const Edit kRefused[] = {
    {"Version", "version: 3,\n", "version: 4,\n",
     "m.tflite: has format version 4, mote reads version 3"},
    {"EmptySubgraph", "subgraphs: [{", "subgraphs: [{}, {",
     "m.tflite: subgraph 0, the graph has no output"},
    {"InputOutOfRange", "inputs: [0],", "inputs: [4],",
     "m.tflite: subgraph 0, input 0: tensor 4 doesn't exist, the subgraph has 4"},
    {"OutputOutOfRange", "outputs: [2],\n    operators", "outputs: [-1],\n    operators",
     "m.tflite: subgraph 0, output 0: tensor -1 doesn't exist, the subgraph has 4"},
    {"OperandOutOfRange", "[0, 1, -1]", "[0, 1, 9]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 9 doesn't exist, the subgraph "
     "has 4"},
    {"ResultOutOfRange", "outputs: [2],\n      builtin", "outputs: [-2],\n      builtin",
     "m.tflite: subgraph 0, operator 0 CONV_2D: tensor -2 doesn't exist, the subgraph has 4"},
    {"NoResult", "outputs: [2],\n      builtin", "builtin",
     "m.tflite: subgraph 0, operator 0 CONV_2D: has no output"},
    {"ResultTwice", "outputs: [2],\n      builtin", "outputs: [2, 2],\n      builtin",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 2 'y' already has a value, "
     "from "
     "operator 0"},
    {"ResultIsInput", "outputs: [2],\n      builtin", "outputs: [0],\n      builtin",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'x'): output tensor 'x' already has a "
     "value"},
    {"UsedBeforeComputed", "[0, 1, -1]", "[2, 1, -1]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): input tensor 'y' is used before "
     "anything has computed it"},
    {"OperatorCode", "opcode_index: 0", "opcode_index: 5",
     "m.tflite: subgraph 0, operator 0 (output 'y'): operator code 5 doesn't exist, the file has "
     "1"},
    {"UnknownOperator", "builtin_code: CONV_2D", "builtin_code: 9999",
     "m.tflite: these operators can't be read: operator 0 builtin number 9999 (output 'y'): no "
     "operator that mote has heard of; is the file newer than this mote?"},
    {"OperatorWithoutRecord", "builtin_code: CONV_2D", "builtin_code: STABLEHLO_SORT",
     "m.tflite: these operators can't be read: operator 0 STABLEHLO_SORT (output 'y'): mote "
     "doesn't "
     "have it"},
    {"NewerOperator", "version: 3, builtin", "version: 99, builtin",
     "m.tflite: these operators can't be read: operator 0 CONV_2D (output 'y'): is version 99, "
     "mote "
     "has versions up to 8"},
    {"CustomOperator", "builtin_code: CONV_2D", "builtin_code: CUSTOM, custom_code: \"CONV_2D\"",
     "m.tflite: these operators can't be read: operator 0 custom operator 'CONV_2D' (output 'y'): "
     "mote has no record of it; if you have one, say where with --ops DIR "
     "(docs/custom_operators.md)"},
    {"WrongOptions", "builtin_options_type: Conv2DOptions",
     "builtin_options_type: TransposeConvOptions",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): has the options table "
     "TransposeConvOptions, should have Conv2DOptions"},
    {"UnknownEnumerator", "padding: VALID", "padding: 77",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): option padding is 77, which means "
     "nothing to mote"},
    {"UnsupportedActivation", "padding: VALID", "fused_activation_function: SIGN_BIT",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): attribute fused_activation_function "
     "is "
     "SIGN_BIT, must be one of NONE, RELU, RELU_N1_TO_1, RELU6"},
    {"OptionOutOfRange", "stride_w: 1", "stride_w: 0",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): attribute stride_w is 0, must lie in "
     "1..32767"},
    {"CustomOptions", "opcode_index: 0,", "opcode_index: 0, custom_options: [1],",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): has custom options, which only "
     "custom operators take"},
    {"Intermediates", "opcode_index: 0,", "opcode_index: 0, intermediates: [1],",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): has intermediate tensors, which mote "
     "doesn't support"},
    {"MutatedInput", "opcode_index: 0,",
     "opcode_index: 0, mutating_variable_inputs: [false, true],",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): changes its input 1, which mote "
     "doesn't "
     "support"},
    {"BufferOutOfRange", "buffer: 1,", "buffer: 8,",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': buffer 8 doesn't exist, "
     "the file has 2"},
    {"DataTooShort", "data: [1, 2]", "data: [1]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': buffer 1 holds 1 bytes, "
     "its shape int8[2,1,1,1] needs 2"},
    {"DataMissing", "buffer: 1,", "buffer: 0,",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): input tensor 'w' is used before "
     "anything has computed it"},
    {"UnsupportedType", "shape: [1, 2, 2, 1], type: INT8", "shape: [1, 2, 2, 1], type: COMPLEX64",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': element type COMPLEX64 isn't supported"},
    {"UnknownType", "shape: [1, 2, 2, 1], type: INT8", "shape: [1, 2, 2, 1], type: 99",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': element type 99 is none that mote knows"},
    {"TooManyDimensions", "shape: [1, 2, 2, 1]", "shape: [1, 1, 1, 1, 1, 1, 1]",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': has 7 dimensions, at most 6 are supported"},
    {"NegativeDimension", "shape: [1, 2, 2, 1]", "shape: [1, -1, 2, 1]",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': dimension 1 is -1; sizes must be fixed when the "
     "model is converted"},
    {"HugeTensor", "shape: [1, 2, 2, 1]", "shape: [65536, 65536, 65536, 65536]",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': has more than 2147483647 elements"},
    {"WrongShape", "shape: [1, 2, 2, 2]", "shape: [1, 2, 2, 3]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): output 0 (output) 'y' int8[1,2,2,3] "
     "should be [1,2,2,2]"},
    {"Sparse", "type: INT8, buffer: 1,", "type: INT8, buffer: 1, sparsity: {},",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': is stored without its "
     "zeros (sparse); convert the model with dense weights"},
    {"Variable", "shape: [1, 2, 2, 2],", "shape: [1, 2, 2, 2], is_variable: true,",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): output tensor 'y' is a variable, "
     "which ASSIGN_VARIABLE changes"},
    {"ExternalData", "type: INT8, buffer: 1,", "type: INT8, external_buffer: 1,",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': has its data in another "
     "file; convert the model into a single file"},
    {"BlockQuantisation", "{ scale: [1.5],",
     "{ details_type: BlockwiseQuantization, details: {}, scale: [1.5],",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 2 'y': is quantised by "
     "BlockwiseQuantization; mote knows one scale per tensor or per channel"},
    {"ScaleCount", "scale: [0.5, 0.25]", "scale: [0.5, 0.25, 0.125]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': has 3 scales along "
     "dimension 0 of shape [2,1,1,1]"},
    {"ZeroPointCount", "zero_point: [0, 0]", "zero_point: [0, 0, 0]",
     "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): tensor 1 'w': has 2 scales but 3 zero "
     "points"},
    {"ZeroPointOutOfRange", "zero_point: [7]", "zero_point: [300]",
     "m.tflite: subgraph 0, tensor 0 'x' int8[1,2,2,1]: has zero point 300, which int8 can't hold"},
    {"ZeroPointBeyond32Bits", "zero_point: [7]", "zero_point: [4294967296]",
     "m.tflite: subgraph 0, input 0: tensor 0 'x': has zero point 4294967296"},
    {"ScaleNotANumber", "scale: [1.5]", "scale: [nan]",
     "m.tflite: subgraph 0, tensor 2 'y' int8[1,2,2,2]: has scale nan, must be positive"},
    {"ControlCharactersInNames", "name: \"x\", shape: [1, 2, 2, 1]", "name: \"a\\nb\", shape: [0]",
     "m.tflite: subgraph 0, input 0: tensor 0 'a?b': dimension 0 is 0; sizes must be fixed when "
     "the "
     "model is converted"},
};

class TfliteRefused : public testing::TestWithParam<Edit> {};

TEST_P(TfliteRefused, WithTheReason) {
  Bytes file = tflite_file(edited(GetParam().from, GetParam().to));
  Result<Graph> graph = read_tflite(file, "m.tflite", operator_book());
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(TfliteReader, TfliteRefused, testing::ValuesIn(kRefused), name_of_edit);

TEST(TfliteReader, ComputesShapesFromShapes) {
  Bytes file = tflite_file(R"({
    version: 3,
    operator_codes: [{ deprecated_builtin_code: 77, builtin_code: SHAPE },
                     { deprecated_builtin_code: 22, builtin_code: RESHAPE }],
    subgraphs: [{
      tensors: [{ name: "x", shape: [2, 3], type: FLOAT32 }, { name: "s", shape: [2], type: INT32 },
                { name: "y", shape: [2, 3], type: FLOAT32 }],
      inputs: [0],
      outputs: [2],
      operators: [{ opcode_index: 0, inputs: [0], outputs: [1], builtin_options_type: ShapeOptions,
                    builtin_options: { out_type: INT32 } },
                  { opcode_index: 1, inputs: [0, 1], outputs: [2] }]
    }],
    buffers: [{}]
  })");
  Result<Graph> graph = read_tflite(file, "m.tflite", operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_EQ(graph->nodes.size(), 1u);
  EXPECT_EQ(graph->nodes[0].record->name, "RESHAPE");
  ASSERT_TRUE(graph->tensor(1).constant());
  EXPECT_EQ(graph->tensor(1).as<int32_t>()[1], 3);
}

TEST(TfliteReader, ListsAllThatCantBeReadAndWhy) {
  std::string json = edited("builtin_code: CONV_2D }", R"(builtin_code: STABLEHLO_SORT },
      { builtin_code: CUSTOM, custom_code: "Dream" }, { builtin_code: CONV_2D, version: 50 },
      { builtin_code: LOGICAL_NOT })");
  size_t at = json.find("operators: [");
  json.insert(at + 12,
              "{ opcode_index: 1, outputs: [2] }, { opcode_index: 2, outputs: [2] }, "
              "{ opcode_index: 1, outputs: [2] }, "
              "{ opcode_index: 3, inputs: [0], outputs: [2] }, ");
  Result<Graph> graph = read(json);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(
      graph.error().message,
      "some/folder/m.tflite: these operators can't be read: operator 0 custom operator "
      "'Dream' (output 'y') and 1 more: mote has no record of it; if you have one, say where "
      "with --ops DIR (docs/custom_operators.md); operator 1 CONV_2D (output 'y'): is version "
      "50, mote has versions up to 8; operator 4 STABLEHLO_SORT (output 'y'): mote doesn't "
      "have it; LOGICAL_NOT (output 'y'): types int8 -> int8 aren't supported; "
      "supported are: bool -> bool");
}

TEST(TfliteReader, RefusesOptionsThatTheRecordDoesNotDeclare) {
  // A record of the same operator that knows nothing of dilation.
  OperatorRecord narrow = conv_2d_record();
  std::erase_if(narrow.attributes, [](const AttributeSpec& spec) {
    return std::string_view(spec.name) == "dilation_w_factor";
  });
  Bytes file = tflite_file(edited("stride_h: 1 }", "stride_h: 1, dilation_w_factor: 2 }"));
  Result<Graph> graph = read_tflite(file, "m.tflite", {&narrow});
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message,
            "m.tflite: subgraph 0, operator 0 CONV_2D (output 'y'): option dilation_w_factor is 2, "
            "which mote's CONV_2D can't do");
}

TEST(TfliteReader, RefusesOtherFiles) {
  const char kNotTflite[] =
      "m.tflite: not a .tflite file: it doesn't have the mark TFL3 in bytes 4 to 7";
  for (const Bytes& file : {Bytes(), Bytes(3), Bytes(1000), Bytes{'{', '}', ' ', ' ', ' ', ' '}}) {
    EXPECT_EQ(read_tflite(file, "m.tflite", operator_book()).error().message, kNotTflite);
  }
}

TEST(TfliteReader, RefusesFilesThatUnpackToManyTimesTheirSize) {
  Bytes big(4096, 7);
  flatbuffers::FlatBufferBuilder builder;
  auto buffer = tflite_schema::CreateBuffer(builder, builder.CreateVector(big));
  std::vector<flatbuffers::Offset<tflite_schema::Buffer>> buffers(1000, buffer);
  auto subgraph = tflite_schema::CreateSubGraph(builder);
  auto subgraphs = builder.CreateVector(&subgraph, 1);
  auto all = builder.CreateVector(buffers);
  tflite_schema::FinishModelBuffer(builder,
                                   tflite_schema::CreateModel(builder, 3, 0, subgraphs, 0, all));
  Bytes file(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  EXPECT_EQ(read_tflite(file, "m.tflite", operator_book()).error().message,
            "m.tflite: is built from parts that overlap: it would unpack to more than 8 times its "
            "size");
}

}  // namespace
}  // namespace mote
