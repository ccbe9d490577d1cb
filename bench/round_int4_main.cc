// SPDX-License-Identifier: Apache-2.0
// Rounds the weights of CONV_2D and FULLY_CONNECTED to 4 bits, channel by channel, so that what
// they cost can be measured on any int8 model. The answers are those of a coarser model; a model
// that is meant to be used is trained for it.
//
//     build/bench/round_int4 kws01_int8.tflite kws01_int4.tflite
//     mote profile kws01_int4.tflite --board nucleo-l4r5zi --compare kws01_int8.tflite
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/host/file.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ir/record.h"
#include "ops/book.h"

namespace mote {
namespace {

/// The filter's largest magnitude in each of its scales' channels, in sevenths: steps of 4 bits.
std::vector<float> steps_of(const Tensor& filter) {
  size_t scales = filter.quantization.scales.size(), channel = filter.data->size() / scales;
  std::vector<float> steps;
  for (size_t c = 0; c < scales; ++c) {
    const int8_t* w = filter.as<int8_t>() + c * channel;
    auto larger = [](int8_t a, int8_t b) { return std::abs(a) < std::abs(b); };
    steps.push_back(std::max(
        1.0f, static_cast<float>(std::abs(*std::max_element(w, w + channel, larger))) / 7));
  }
  return steps;
}

template <typename T>
void divide(Tensor& tensor, const std::vector<float>& steps) {
  size_t count = tensor.data->size() / sizeof(T), channel = count / steps.size();
  std::vector<T> rounded;
  for (size_t i = 0; i < count; ++i) {
    size_t c = std::min(i / std::max<size_t>(channel, 1), steps.size() - 1);
    rounded.push_back(
        static_cast<T>(std::lround(static_cast<float>(tensor.as<T>()[i]) / steps[c])));
  }
  Bytes bytes(tensor.data->size());
  std::memcpy(bytes.data(), rounded.data(), bytes.size());
  tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  for (size_t c = 0; c < tensor.quantization.scales.size(); ++c) {
    tensor.quantization.scales[c] *= steps[std::min(c, steps.size() - 1)];
  }
}

void round_weights(Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.record->name != "CONV_2D" && node.record->name != "FULLY_CONNECTED") continue;
    Tensor& filter = graph.tensor(node.inputs[1]);
    if (filter.dtype != DType::kInt8 || !filter.constant()) continue;
    std::vector<float> steps = steps_of(filter);
    divide<int8_t>(filter, steps);
    bool bias = node.inputs.size() > 2 && node.inputs[2] != kAbsent;
    if (bias) divide<int32_t>(graph.tensor(node.inputs[2]), steps);
  }
}

Result<void> run(const std::string& from, const std::string& to) {
  MOTE_TRY(Bytes file, read_file(from));
  MOTE_TRY(Graph graph, read_tflite(file, from, operator_book()));
  round_weights(graph);
  MOTE_TRY(Bytes rounded, write_tflite(graph));
  return write_file(to, rounded);
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: round_int4 MODEL.tflite RESULT.tflite\n");
    return 1;
  }
  mote::Result<void> done = mote::run(argv[1], argv[2]);
  if (!done.ok()) fmt::print(stderr, "round_int4: {}\n", done.error().message);
  return done.ok() ? 0 : 1;
}
