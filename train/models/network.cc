// SPDX-License-Identifier: Apache-2.0
#include "train/models/network.h"

#include <algorithm>
#include <cmath>

#include "train/models/blocks.h"
#include "train/models/import.h"

namespace mote::train {
namespace {

/// A number of channels scaled by the project's width: a multiple of 8 (of what is small, any
/// number), as kernels for vectors like it.
int scaled(const Project& project, int channels) {
  const int exact = static_cast<int>(std::lround(project.model.width * channels));
  if (exact < 16) return std::max(exact, 1);
  return (exact + 4) / 8 * 8;
}

int or_else(int value, int fallback) {
  return value > 0 ? value : fallback;
}

Result<void> want_picture(const Project& project, const Shape& features) {
  if (features.rank == 4) return {};
  return fail(
      "model.type = \"{}\" works on features [1,height,width,channels], and these are {}; "
      "\"mlp\", \"cnn_1d\" or \"gru\" takes them",
      project.model.type, shape_text(features));
}

/// The features as rows of time: [1,steps,channels].
Result<Shape> as_series(const Project& project, const Shape& features) {
  if (features.rank == 3) return features;
  if (features.rank == 4) return Shape(1, features[1], features[2] * features[3]);
  return fail("model.type = \"{}\" works on features over time, and these are {}; use \"mlp\"",
              project.model.type, shape_text(features));
}

/// The scores of classes, or a regression's value.
Network finish(const Project& project, Blocks& b, TensorId x, int outputs) {
  x = b.dense(b.dropout(b.flatten(x), project.model.dropout), outputs, "NONE");
  return b.finish(project.task == Task::kClassification ? b.softmax(x) : x);
}

Result<Network> ds_cnn(const Project& project, const Shape& features, int outputs) {
  MOTE_CHECK_OK(want_picture(project, features));
  Blocks b(project.name, features, project.training.seed);
  const int filters = scaled(project, or_else(project.model.filters, 64));
  TensorId x =
      b.conv(b.input(), filters, {.height = 10, .width = 4, .stride_h = 2, .stride_w = 2}, "RELU");
  b.dropout(x, project.model.dropout / 2);
  for (int i = 0; i < or_else(project.model.layers, 4); ++i) x = b.separable(x, filters, 1, "RELU");
  return finish(project, b, b.global_average(x), outputs);
}

Result<Network> mobilenet_v1(const Project& project, const Shape& features, int outputs) {
  MOTE_CHECK_OK(want_picture(project, features));
  struct Row {
    int factor, stride;  // of the first convolution's filters
  };
  constexpr Row kRows[] = {{2, 1},  {4, 2},  {4, 1},  {8, 2},  {8, 1},  {16, 2}, {16, 1},
                           {16, 1}, {16, 1}, {16, 1}, {16, 1}, {32, 2}, {32, 1}};
  Blocks b(project.name, features, project.training.seed);
  const int filters = or_else(project.model.filters, 32);
  TensorId x = b.conv(b.input(), scaled(project, filters), {.stride_h = 2, .stride_w = 2}, "RELU");
  const size_t layers =
      std::min<size_t>(static_cast<size_t>(or_else(project.model.layers, 13)), std::size(kRows));
  for (size_t i = 0; i < layers; ++i) {
    x = b.separable(x, scaled(project, filters * kRows[i].factor), kRows[i].stride, "RELU");
  }
  return finish(project, b, b.global_average(x), outputs);
}

Result<Network> mobilenet_v2(const Project& project, const Shape& features, int outputs) {
  MOTE_CHECK_OK(want_picture(project, features));
  struct Row {
    int expansion, filters, repeats, stride;
  };
  constexpr Row kRows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                           {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Blocks b(project.name, features, project.training.seed);
  TensorId x = b.conv(b.input(), scaled(project, or_else(project.model.filters, 32)),
                      {.stride_h = 2, .stride_w = 2}, "RELU6");
  const size_t layers =
      std::min<size_t>(static_cast<size_t>(or_else(project.model.layers, 7)), std::size(kRows));
  for (size_t i = 0; i < layers; ++i) {
    for (int r = 0; r < kRows[i].repeats; ++r) {
      x = b.inverted_residual(x, scaled(project, kRows[i].filters), r == 0 ? kRows[i].stride : 1,
                              kRows[i].expansion);
    }
  }
  x = b.conv(x, scaled(project, 1280), {.height = 1, .width = 1}, "RELU6");
  return finish(project, b, b.global_average(x), outputs);
}

Result<Network> resnet8(const Project& project, const Shape& features, int outputs) {
  MOTE_CHECK_OK(want_picture(project, features));
  Blocks b(project.name, features, project.training.seed);
  const int filters = or_else(project.model.filters, 16);
  TensorId x = b.conv(b.input(), scaled(project, filters), {}, "RELU");
  for (int i = 0; i < or_else(project.model.layers, 3); ++i) {
    x = b.residual(x, scaled(project, filters << i), i == 0 ? 1 : 2);
  }
  return finish(project, b, b.global_average(x), outputs);
}

Result<Network> autoencoder(const Project& project, const Shape& features, int outputs) {
  if (outputs != features.elements()) {
    return fail("model.type = \"autoencoder\" needs task = \"anomaly\"");
  }
  Blocks b(project.name, features, project.training.seed);
  std::vector<int> units = project.model.units;
  if (units.empty()) units = {128, 128, 128, 128, 8, 128, 128, 128, 128};
  TensorId x = b.flatten(b.input());
  for (int n : units) x = b.dense(x, scaled(project, n), "RELU", true);
  return b.finish(b.dense(x, outputs, "NONE"));
}

/// A convolution over time that halves it.
TensorId halve(Blocks& b, TensorId x, int filters) {
  return b.conv(x, filters, {.height = 1, .width = 5, .stride_w = 2}, "RELU");
}

Result<Network> cnn_1d(const Project& project, const Shape& features, int outputs) {
  MOTE_TRY(const Shape series, as_series(project, features));
  Blocks b(project.name, features, project.training.seed);
  const int filters = or_else(project.model.filters, 16);
  TensorId x = b.reshape(b.input(), Shape(1, 1, series[1], series[2]));
  for (int i = 0; i < or_else(project.model.layers, 3); ++i) {
    x = halve(b, x, scaled(project, filters << std::min(i, 2)));
  }
  return finish(project, b, b.global_average(x), outputs);
}

Result<Network> gru(const Project& project, const Shape& features, int outputs) {
  constexpr int kMostSteps = 40;
  MOTE_TRY(const Shape series, as_series(project, features));
  Blocks b(project.name, features, project.training.seed);
  const int filters = scaled(project, or_else(project.model.filters, 32));
  TensorId x = b.input();
  if (series[1] > kMostSteps || project.model.layers > 0) {
    x = b.reshape(x, Shape(1, 1, series[1], series[2]));
    for (int i = 0; i < project.model.layers || b.shape(x)[2] > kMostSteps; ++i) {
      x = halve(b, x, scaled(project, 16));
    }
  }
  const Shape s = b.shape(x);
  x = b.reshape(x, s.rank == 4 && s[1] == 1 ? Shape(1, s[2], s[3]) : series);
  return finish(project, b, b.gru(x, filters), outputs);
}

Result<Network> mlp(const Project& project, const Shape& features, int outputs) {
  Blocks b(project.name, features, project.training.seed);
  std::vector<int> units = project.model.units;
  if (units.empty()) units = {64, 32};
  TensorId x = b.flatten(b.input());
  for (int n : units) x = b.dense(x, scaled(project, n), "RELU", true);
  return finish(project, b, x, outputs);
}

Result<Network> logistic(const Project& project, const Shape& features, int outputs) {
  Blocks b(project.name, features, project.training.seed);
  return finish(project, b, b.input(), outputs);
}

std::string type_names() {
  std::string names;
  for (const ModelType& type : model_types()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", type.name);
  }
  return names;
}

}  // namespace

const std::vector<ModelType>& model_types() {
  static const std::vector<ModelType> types = {
      {"ds_cnn", "a convolution and separable blocks, for spoken words", ds_cnn},
      {"mobilenet_v1", "MobileNetV1: 13 separable blocks that narrow the picture", mobilenet_v1},
      {"mobilenet_v2", "MobileNetV2: inverted residuals", mobilenet_v2},
      {"resnet8", "MLPerf Tiny's ResNet: three residual stacks, for small pictures", resnet8},
      {"autoencoder", "dense layers through a narrow one and back, for anomalies", autoencoder},
      {"cnn_1d", "convolutions over time", cnn_1d},
      {"gru", "a gated recurrent unit over time", gru},
      {"mlp", "dense layers", mlp},
      {"logistic", "logistic regression", logistic},
  };
  return types;
}

Result<Network> make_network(const Project& project, const Shape& features, int outputs) {
  if (project.model.type == "file") return import_network(project, features, outputs);
  for (const ModelType& type : model_types()) {
    if (project.model.type == type.name) return type.make(project, features, outputs);
  }
  return fail("model.type = \"{}\": no such type; there are: {}", project.model.type, type_names());
}

}  // namespace mote::train
