// SPDX-License-Identifier: Apache-2.0
#include "train/torch/script.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <cstring>

#include "base/host/file.h"
#include "ir/interpreter.h"

namespace mote::train {
namespace {

class Script : public ::testing::Test {
 protected:
  void SetUp() override { torch::manual_seed(1); }

  /// A module with these parameters and this body of forward().
  std::filesystem::path save(const std::vector<std::pair<std::string, torch::Tensor>>& parameters,
                             const std::string& body) {
    torch::jit::Module module("net");
    for (const auto& [name, value] : parameters) module.register_parameter(name, value, false);
    module.define("def forward(self, x):\n" + body);
    module.save(file_.string());
    expected_ = module;
    return file_;
  }

  /// The largest difference of both on a random input of NHWC shape.
  double difference(const Shape& features) {
    Result<Graph> graph = read_script(file_, features);
    EXPECT_TRUE(graph.ok()) << (graph.ok() ? "" : graph.error().message);
    if (!graph.ok()) return INFINITY;
    torch::Tensor x = torch::rand({1, features[1], features[2], features[3]});
    Bytes input(static_cast<size_t>(x.numel()) * sizeof(float));
    std::memcpy(input.data(), x.data_ptr<float>(), input.size());
    Interpreter interpreter = *Interpreter::make(*graph);
    const Bytes output = (*interpreter.run({input}))[0];
    const torch::Tensor wanted =
        expected_.forward({x.permute({0, 3, 1, 2})}).toTensor().contiguous();
    EXPECT_EQ(output.size(), static_cast<size_t>(wanted.numel()) * sizeof(float));
    double most = 0;
    for (int64_t i = 0; i < wanted.numel(); ++i) {
      float value;
      std::memcpy(&value, &output[static_cast<size_t>(i) * sizeof value], sizeof value);
      most = std::max(most, std::abs(static_cast<double>(value - wanted.data_ptr<float>()[i])));
    }
    return most;
  }

  Result<TempFolder> folder_ = TempFolder::make();
  std::filesystem::path file_ = folder_->path() / "net.pt";
  torch::jit::Module expected_;
};

TEST_F(Script, ConvolutionsPoolingAndDenseLayersGiveLibtorchsNumbers) {
  save({{"w", torch::randn({8, 3, 3, 3})},
        {"b", torch::randn({8})},
        {"d", torch::randn({8, 1, 3, 3})},
        {"f", torch::randn({5, 8 * 3 * 4})},
        {"g", torch::randn({5})}},
       "  x = torch.relu(torch.conv2d(x, self.w, self.b, [2, 2], [1, 1]))\n"
       "  y = torch.conv2d(x, self.d, None, [1, 1], [1, 1], [1, 1], 8)\n"
       "  x = torch.max_pool2d(x + torch.hardtanh(y, 0., 6.), [2, 2])\n"
       "  x = torch.flatten(x, 1)\n"
       "  return torch.softmax(torch.linear(x, self.f, self.g), 1)\n");
  EXPECT_LT(difference(Shape(1, 12, 16, 3)), 1e-5);
}

TEST_F(Script, OperatorWithoutARuleIsNamed) {
  save({}, "  return torch.cumsum(x, 1)\n");
  const Result<Graph> graph = read_script(file_, Shape(1, 4, 4, 2));
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.error().message.find("aten::cumsum"), std::string::npos) << graph.error().message;
}

TEST_F(Script, OtherFilesAreRefused) {
  ASSERT_TRUE(write_text(file_, "PK\3\4 but no TorchScript").ok());
  const Result<Graph> graph = read_script(file_, Shape(1, 4, 4, 2));
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.error().message.find("isn't TorchScript"), std::string::npos);
}

}  // namespace
}  // namespace mote::train
