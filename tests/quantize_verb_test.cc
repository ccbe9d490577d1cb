// SPDX-License-Identifier: Apache-2.0
// mote quantize on the benchmark's float models: as accurate as the reference's int8 models.
#include <cstring>
#include <fstream>
#include <regex>

#include "tests/shared_data.h"
#include "tests/verb_test_support.h"

namespace mote {
namespace {

std::vector<std::string> files_of(const std::filesystem::path& labels) {
  std::vector<std::string> files;
  std::ifstream in(labels);
  for (std::string line; std::getline(in, line);) {
    files.push_back((labels.parent_path() / line.substr(0, line.find(','))).string());
  }
  return files;
}

int right(const std::string& model, const std::vector<std::string>& inputs,
          const std::filesystem::path& labels, const std::string& raw_type) {
  std::vector<std::string> command = {"run",        model,    "--truth", labels.string(),
                                      "--raw-type", raw_type, "--input"};
  command.insert(command.end(), inputs.begin(), inputs.end());
  ProcessOutcome outcome = run_mote(command);
  std::smatch match;
  EXPECT_TRUE(std::regex_search(outcome.output, match, std::regex("accuracy (\\d+) of")))
      << outcome.output;
  return match.empty() ? 0 : std::stoi(match[1]);
}

std::string quantized(const TempFolder& folder, const std::string& model,
                      const std::vector<std::string>& samples, std::vector<std::string> more) {
  std::string output = (folder.path() / "quantized.tflite").string();
  std::vector<std::string> command = {"quantize", model, "-o", output};
  command.insert(command.end(), more.begin(), more.end());
  command.push_back("--samples");
  command.insert(command.end(), samples.begin(), samples.end());
  ProcessOutcome outcome = run_mote(command);
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  return output;
}

TEST(QuantizeVerb, PicturesLoseLessThanAPoint) {
  MOTE_NEEDS_SHARED_DATA("models/ic01_float.tflite");
  MOTE_NEEDS_SHARED_DATA("ic01/y_labels.csv");
  auto labels = shared_data() / "ic01/y_labels.csv";
  std::vector<std::string> inputs = files_of(labels);
  TempFolder folder = *TempFolder::make();
  std::string model = quantized(folder, (shared_data() / "models/ic01_float.tflite").string(),
                                inputs, {"--raw-type", "uint8", "--calibration", "mse"});
  EXPECT_GE(right(model, inputs, labels, "uint8"), 77) << "the reference: 78 of 100";
}

TEST(QuantizeVerb, KeywordsLoseLessThanAPoint) {
  MOTE_NEEDS_SHARED_DATA("models/kws01_float.tflite");
  MOTE_NEEDS_SHARED_DATA("kws01/y_labels.csv");
  auto labels = shared_data() / "kws01/y_labels.csv";
  TempFolder folder = *TempFolder::make();
  // The benchmark's spectrograms are integers of the int8 model's input; here they are its reals.
  std::vector<std::string> inputs;
  for (const std::string& file : files_of(labels)) {
    Bytes integers = *read_file(file);
    std::vector<float> reals;
    for (uint8_t byte : integers) {
      reals.push_back(0.5847029f * static_cast<float>(static_cast<int8_t>(byte) - 83));
    }
    inputs.push_back((folder.path() / std::filesystem::path(file).filename()).string());
    ASSERT_TRUE(write_file(inputs.back(), reals.data(), reals.size() * sizeof(float)).ok());
  }
  std::vector<std::string> samples(inputs.begin(), inputs.begin() + 100);
  std::string model = quantized(folder, (shared_data() / "models/kws01_float.tflite").string(),
                                samples, {"--float-io", "--calibration", "percentile"});
  EXPECT_GE(right(model, inputs, labels, "float32"), 447) << "the reference: 452 of 500";
}

TEST(QuantizeVerb, FourBitsNeedTheBiasCorrected) {
  MOTE_NEEDS_SHARED_DATA("models/ic01_float.tflite");
  MOTE_NEEDS_SHARED_DATA("ic01/y_labels.csv");
  auto labels = shared_data() / "ic01/y_labels.csv";
  std::vector<std::string> inputs = files_of(labels);
  std::vector<std::string> samples;
  for (size_t i = 4; i < inputs.size(); i += 5) samples.push_back(inputs[i]);
  TempFolder folder = *TempFolder::make();
  auto right_with = [&](std::vector<std::string> more) {
    std::vector<std::string> flags = {"--raw-type", "uint8"};
    flags.insert(flags.end(), more.begin(), more.end());
    return right(
        quantized(folder, (shared_data() / "models/ic01_float.tflite").string(), samples, flags),
        inputs, labels, "uint8");
  };
  EXPECT_GE(right_with({"--weight-bits", "4", "--correct-bias"}),
            right_with({"--weight-bits", "4"}) + 5);
}

TEST(QuantizeVerb, PrintsWhatEachOperatorCosts) {
  MOTE_NEEDS_SHARED_DATA("models/ic01_float.tflite");
  MOTE_NEEDS_SHARED_DATA("ic01/y_labels.csv");
  std::vector<std::string> inputs = files_of(shared_data() / "ic01/y_labels.csv");
  inputs.resize(5);
  TempFolder folder = *TempFolder::make();
  std::vector<std::string> command = {
      "quantize",   (shared_data() / "models/ic01_float.tflite").string(),
      "-o",         (folder.path() / "q.tflite").string(),
      "--raw-type", "uint8",
      "--mixed",    "2",
      "--equalize", "--samples"};
  command.insert(command.end(), inputs.begin(), inputs.end());
  ProcessOutcome outcome = run_mote(command);
  EXPECT_EQ(outcome.exit_code, kSuccess);
  EXPECT_NE(outcome.output.find("error alone in 8 bits"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("2 operators with 16-bit activations"), std::string::npos);
  EXPECT_NE(outcome.output.find("equalised 3 layer pairs"), std::string::npos);
}

TEST(QuantizeVerb, SaysWhatIsWrong) {
  TempFolder folder = *TempFolder::make();
  auto error = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "quantize");
    ProcessOutcome outcome = run_mote(arguments);
    EXPECT_NE(outcome.exit_code, kSuccess);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out.tflite"));
    return outcome.output;
  };
  std::string out = (folder.path() / "out.tflite").string();
  EXPECT_NE(error({MOTE_EXAMPLE, "--samples", folder.path().string(), "-o", out})
                .find("the folder has no files"),
            std::string::npos);
  std::string text = (folder.path() / "sine.txt").string();
  ASSERT_TRUE(write_text(text,
                         "graph \"g\" {\n  input %0 \"x\" float32[1]\n"
                         "  %1 \"y\" float32[1] = SIN(%0)\n  output %1\n}\n")
                  .ok());
  std::string sample = (folder.path() / "sample.bin").string();
  float one = 1;
  ASSERT_TRUE(write_file(sample, &one, sizeof one).ok());
  EXPECT_NE(error({text, "--samples", sample, "-o", out})
                .find("SIN 'y': mote has no rule for quantising it"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
