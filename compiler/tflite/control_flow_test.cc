// SPDX-License-Identifier: Apache-2.0
// Files with several subgraphs, resources and signatures, as converters write them, and what is
// wrong with some.
#include <gtest/gtest.h>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/test_model.h"
#include "ir/interpreter.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

/// Subgraph 0: IF(c, x) calls 1 or 2. Subgraph 1: a total in a resource, which it is given the
/// handle of, plus x. Subgraph 2: x. Subgraph 3: gives the total. Subgraph 4: sets it to 5.
constexpr char kModel[] = R"({
  version: 3,
  operator_codes: [
    { deprecated_builtin_code: 118, builtin_code: IF },
    { deprecated_builtin_code: 127, builtin_code: VAR_HANDLE },
    { deprecated_builtin_code: 127, builtin_code: READ_VARIABLE },
    { deprecated_builtin_code: 127, builtin_code: ASSIGN_VARIABLE },
    { deprecated_builtin_code: 0, builtin_code: ADD },
    { deprecated_builtin_code: 127, builtin_code: CALL_ONCE }
  ],
  subgraphs: [
    { name: "main",
      tensors: [ { name: "c", shape: [1], type: BOOL }, { name: "x", shape: [1], type: INT32 },
                 { name: "h", type: RESOURCE }, { name: "y", shape: [1], type: INT32 } ],
      inputs: [0, 1], outputs: [3],
      operators: [
        { opcode_index: 5, builtin_options_type: CallOnceOptions,
          builtin_options: { init_subgraph_index: 4 } },
        { opcode_index: 1, outputs: [2], builtin_options_type: VarHandleOptions,
          builtin_options: { shared_name: "total" } },
        { opcode_index: 0, inputs: [0, 1, 2], outputs: [3], builtin_options_type: IfOptions,
          builtin_options: { then_subgraph_index: 1, else_subgraph_index: 2 } } ] },
    { name: "then",
      tensors: [ { name: "x", shape: [1], type: INT32 }, { name: "h", type: RESOURCE },
                 { name: "before", shape: [1], type: INT32 },
                 { name: "after", shape: [1], type: INT32 } ],
      inputs: [0, 1], outputs: [3],
      operators: [
        { opcode_index: 2, inputs: [1], outputs: [2] },
        { opcode_index: 4, inputs: [2, 0], outputs: [3], builtin_options_type: AddOptions,
          builtin_options: {} },
        { opcode_index: 3, inputs: [1, 3] } ] },
    { name: "else",
      tensors: [ { name: "x", shape: [1], type: INT32 }, { name: "h", type: RESOURCE } ],
      inputs: [0, 1], outputs: [0] },
    { name: "get",
      tensors: [ { name: "h", type: RESOURCE }, { name: "y", shape: [1], type: INT32 } ],
      inputs: [], outputs: [1],
      operators: [
        { opcode_index: 1, outputs: [0], builtin_options_type: VarHandleOptions,
          builtin_options: { shared_name: "total" } },
        { opcode_index: 2, inputs: [0], outputs: [1] } ] },
    { name: "init",
      tensors: [ { name: "h", type: RESOURCE }, { name: "five", shape: [1], type: INT32, buffer: 1 } ],
      inputs: [], outputs: [],
      operators: [
        { opcode_index: 1, outputs: [0], builtin_options_type: VarHandleOptions,
          builtin_options: { shared_name: "total" } },
        { opcode_index: 3, inputs: [0, 1] } ] }
  ],
  signature_defs: [ { signature_key: "add", subgraph_index: 0 },
                    { signature_key: "get", subgraph_index: 3 } ],
  buffers: [{}, { data: [5, 0, 0, 0] }]
})";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kModel;
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Result<Graph> read(const std::string& json, const std::string& signature = {}) {
  return read_tflite(tflite_file(json), "m.tflite", operator_book(), signature);
}

TEST(TfliteControlFlow, FollowsHandlesIntoSubgraphs) {
  Result<Graph> graph = read(kModel);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph->nodes.size(), 2u) << "VAR_HANDLE is a declaration";
  Result<Interpreter> interpreter = Interpreter::make(*graph);
  ASSERT_TRUE(interpreter.ok()) << interpreter.error().message;
  auto run = [&](bool add, int32_t x) {
    return (*interpreter->run({{static_cast<uint8_t>(add)}, bytes_from<int32_t>({x})}))[0];
  };
  EXPECT_EQ(run(true, 10), bytes_from<int32_t>({15})) << "CALL_ONCE has set it to 5";
  EXPECT_EQ(run(false, 99), bytes_from<int32_t>({99}));
  EXPECT_EQ(run(true, 1), bytes_from<int32_t>({16}));
}

TEST(TfliteSignatures, ChooseTheSubgraph) {
  Result<Graph> graph = read(kModel, "get");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(graph->inputs.empty());
  EXPECT_EQ(graph->nodes.size(), 1u);
  EXPECT_EQ(*tflite_signatures(tflite_file(kModel), "m.tflite"),
            (std::vector<std::string>{"add", "get"}));
}

TEST(TfliteSignatures, AreListedIfThereIsNoSuchOne) {
  EXPECT_EQ(read(kModel, "set").error().message,
            "m.tflite: has no signature 'set'; it has add, get");
  EXPECT_EQ(read_tflite(tflite_file(kTestModel), "m.tflite", operator_book(), "x").error().message,
            "m.tflite: has no signatures, so none called 'x'");
}

TEST(TfliteSignatures, ThatNameAMissingSubgraph) {
  Result<Graph> graph = read(changed("subgraph_index: 3 }", "subgraph_index: 9 }"), "get");
  EXPECT_EQ(graph.error().message,
            "m.tflite: subgraph 9, subgraph 9 doesn't exist, the file has 5");
}

struct Refused {
  const char* name;
  const char *from, *to;
  const char* message;
};

const Refused kRefused[] = {
    {"MissingSubgraph", "else_subgraph_index: 2", "else_subgraph_index: 7",
     "m.tflite: subgraph 0, operator 2 IF (output 'y'): subgraph 7 doesn't exist, the file has 5"},
    {"NegativeSubgraph", "else_subgraph_index: 2", "else_subgraph_index: -1",
     "m.tflite: subgraph 0, operator 2 IF (output 'y'): option else_subgraph_index names no "
     "subgraph"},
    {"Recursion", "else_subgraph_index: 2", "else_subgraph_index: 0",
     "m.tflite: subgraph 0, operator 2 IF (output 'y'): subgraph 0 calls itself; a device has no "
     "stack for that"},
    {"TooFewInputs", "inputs: [0, 1], outputs: [0] }", "inputs: [1], outputs: [0] }",
     "m.tflite: subgraph 0, operator 1 IF (output 'y'): body 'else', graph output 'x' is never "
     "computed"},
    {"OtherTypes", "{ name: \"then\",\n      tensors: [ { name: \"x\", shape: [1], type: INT32 }",
     "{ name: \"then\",\n      tensors: [ { name: \"x\", shape: [1,1], type: INT32 }",
     "m.tflite: subgraph 0, operator 1 IF (output 'y'): body 'then', operator 1 ADD (output "
     "'after'): output 0 (output) 'after' int32[1] should be [1,1]"},
    {"NoHandle", "{ opcode_index: 2, inputs: [1], outputs: [2] }",
     "{ opcode_index: 2, inputs: [0], outputs: [2] }",
     "m.tflite: subgraph 0, operator 2 IF (output 'y'): subgraph 1, operator 0 READ_VARIABLE "
     "(output 'before'): needs a variable's handle, from VAR_HANDLE, not tensor 0"},
    {"AnotherType", "{ name: \"five\", shape: [1], type: INT32",
     "{ name: \"five\", shape: [1], type: FLOAT32",
     "m.tflite: subgraph 0, operator 1 IF (output 'y'): body 'then', operator 0 READ_VARIABLE "
     "(output 'before'): output 0 (value) 'before' int32[1] should be float32[1] as the variable "
     "'total' is"},
};

TEST(TfliteControlFlow, IsRefusedWithTheReason) {
  for (const Refused& refused : kRefused) {
    Result<Graph> graph = read(changed(refused.from, refused.to));
    ASSERT_FALSE(graph.ok()) << refused.name;
    EXPECT_EQ(graph.error().message, refused.message) << refused.name;
  }
}

/// Each subgraph calls the next one twice: 2^n calls.
TEST(TfliteControlFlow, ThatUnfoldsWithoutEndIsRefused) {
  std::string subgraphs;
  constexpr int kDeep = 15;
  for (int i = 0; i <= kDeep; ++i) {
    std::string node = fmt::format(
        "{{ opcode_index: 0, inputs: [0, 1], outputs: [2], builtin_options_type: IfOptions, "
        "builtin_options: {{ then_subgraph_index: {0}, else_subgraph_index: {0} }} }}",
        i + 1);
    subgraphs += fmt::format(
        "{{ tensors: [ {{ shape: [1], type: BOOL }}, {{ shape: [1], type: BOOL }}, {{ shape: [1], "
        "type: BOOL }} ], inputs: [{0}], outputs: [{1}], operators: [{2}] }},",
        i == 0 ? "0, 1" : "0", i == kDeep ? 0 : 2, i == kDeep ? "" : node);
  }
  std::string json =
      "{ version: 3, operator_codes: [{ deprecated_builtin_code: 118, builtin_code: IF }], "
      "buffers: [{}], subgraphs: [" +
      subgraphs + "] }";
  Result<Graph> graph = read(json);
  ASSERT_FALSE(graph.ok());
}

}  // namespace
}  // namespace mote
