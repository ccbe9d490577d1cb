// SPDX-License-Identifier: Apache-2.0
// The verbs on ONNX files: they take them as they take .tflite files.
#include "compiler/onnx/test_model.h"
#include "tests/verb_test_support.h"

namespace mote {
namespace {

/// A picture through a convolution and a Relu to three channels' means, with an open batch.
OnnxBuilder small_net() {
  OnnxBuilder b;
  b.input("picture", {1, 2, 4, 4});
  b.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("N");
  b.floats("w", {3, 2, 1, 1}, {1, 2, 3, 4, 5, 6});
  b.node("Conv", {"picture", "w"}, "conv");
  b.node("Relu", {"conv"}, "relu");
  b.node("GlobalAveragePool", {"relu"}, "y");
  b.output("y");
  return b;
}

class OnnxVerbs : public testing::Test {
 protected:
  OnnxVerbs() : folder_(*TempFolder::make()) {}

  std::string write(const std::string& name, const Bytes& bytes) {
    EXPECT_TRUE(write_file(folder_.path() / name, bytes).ok());
    return (folder_.path() / name).string();
  }

  TempFolder folder_;
};

TEST_F(OnnxVerbs, EveryWayOfRunningAModelAgrees) {
  std::string model = write("net.onnx", small_net().file());
  ProcessOutcome outcome =
      run_mote({"verify", model, "--random", "2", "--engines", "passes,plan,image"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
}

TEST_F(OnnxVerbs, AnOpenBatchIsSaidOnStandardError) {
  std::string model = write("net.onnx", small_net().file());
  ProcessOutcome outcome = run_mote({"inspect", model});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("mote: note: " + model + ": input 'picture': its batch ('N')"),
            std::string::npos)
      << outcome.output;
}

TEST_F(OnnxVerbs, AModelIsKnownByItsContent) {
  std::string model = write("net.bin", small_net().file());
  EXPECT_EQ(run_mote({"inspect", model}).exit_code, kSuccess);
}

TEST_F(OnnxVerbs, AFileThatOnlyEndsSoIsRefused) {
  std::string model = write("net.onnx", {1, 2, 3});
  ProcessOutcome outcome = run_mote({"inspect", model});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_EQ(outcome.output,
            "mote: error: " + model + ": isn't an ONNX model, or is damaged or cut off\n");
}

}  // namespace
}  // namespace mote
