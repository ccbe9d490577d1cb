// SPDX-License-Identifier: Apache-2.0
// A small good .tflite file for tests, as text in the schema's own JSON form, so that a test can
// change one word of it and see what the reader says.
#ifndef MOTE_COMPILER_TFLITE_TEST_MODEL_H_
#define MOTE_COMPILER_TFLITE_TEST_MODEL_H_

#include <flatbuffers/idl.h>
#include <gtest/gtest.h>

#include <string>

#include "base/host/file.h"

namespace mote {

/// One int8 convolution with a filter of two channels and no bias.
constexpr char kTestModel[] = R"({
  version: 3,
  operator_codes: [{ deprecated_builtin_code: 3, version: 3, builtin_code: CONV_2D }],
  subgraphs: [{
    tensors: [
      { name: "x", shape: [1, 2, 2, 1], type: INT8, quantization: { scale: [0.5], zero_point: [7] } },
      { name: "w", shape: [2, 1, 1, 1], type: INT8, buffer: 1,
        quantization: { scale: [0.5, 0.25], zero_point: [0, 0], quantized_dimension: 0 } },
      { name: "y", shape: [1, 2, 2, 2], type: INT8, quantization: { scale: [1.5], zero_point: [-3] } },
      { name: "nobody's", shape: [-1], type: STRING, buffer: 99 }
    ],
    inputs: [0],
    outputs: [2],
    operators: [{ opcode_index: 0, inputs: [0, 1, -1], outputs: [2],
      builtin_options_type: Conv2DOptions,
      builtin_options: { padding: VALID, stride_w: 1, stride_h: 1 } }]
  }],
  buffers: [{}, { data: [1, 2] }]
})";

/// kTestModel with its one occurrence of `from` changed into `to`.
inline std::string edited(const std::string& from, const std::string& to) {
  std::string text = kTestModel;
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " is there twice";
  return text.replace(at, from.size(), to);
}

/// The file that `json` describes. REQUIRES: run from the repository's root.
inline Bytes tflite_file(const std::string& json) {
  Result<std::string> schema = read_text("compiler/tflite/tflite.fbs");
  EXPECT_TRUE(schema.ok()) << schema.error().message;
  flatbuffers::Parser parser;
  EXPECT_TRUE(parser.Parse(schema->c_str())) << parser.error_;
  EXPECT_TRUE(parser.Parse(json.c_str())) << parser.error_;
  const uint8_t* begin = parser.builder_.GetBufferPointer();
  return Bytes(begin, begin + parser.builder_.GetSize());
}

}  // namespace mote

#endif  // MOTE_COMPILER_TFLITE_TEST_MODEL_H_
