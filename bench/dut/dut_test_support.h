// SPDX-License-Identifier: Apache-2.0
// The protocol's device code on the host, over a small model: for its test and its fuzz target.
#ifndef MOTE_BENCH_DUT_DUT_TEST_SUPPORT_H_
#define MOTE_BENCH_DUT_DUT_TEST_SUPPORT_H_

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bench/dut/device/protocol.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "engines/host_engine.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote::dut {

/// y = max(x, 0) of four numbers, in int8 with scale 0.5 and zero point -4, or in float32.
inline constexpr std::string_view kQuantisedModel = R"(graph "g" {
  input %0 "x" int8[1,4] q(0.5:-4)
  %1 "y" int8[1,4] q(0.5:-4) = RELU(%0)
  output %1
})";
inline constexpr std::string_view kFloatModel = R"(graph "g" {
  input %0 "x" float32[1,4]
  %1 "y" float32[1,4] = RELU(%0)
  output %1
})";

/// A device with its line, clock and pin, of which everything is recorded.
class TestDevice {
 public:
  explicit TestDevice(const Role& role, std::string_view model = kQuantisedModel)
      : engine_(engine_of(model)),
        buffer_(buffer_bytes(engine_.session().input(0), role.input)),
        protocol_(role, port(), &engine_.session(), buffer_.span()) {}

  /// What the device answers to these characters.
  std::string send(std::string_view text) {
    line_.clear();
    for (char c : text) protocol_.take(c);
    return line_;
  }
  std::string boot() {
    line_.clear();
    protocol_.boot();
    return line_;
  }
  int edges() const { return edges_; }
  int asked() const { return asked_; }
  /// Inferences that need not run, of each that is timed.
  void skip(uint32_t count) { skip_ = count; }

 private:
  static HostEngine engine_of(std::string_view text) {
    Result<Graph> graph = parse(std::string(text), operator_book());
    Result<Bytes> image = graph.ok() ? image_of(*graph) : Result<Bytes>(graph.error());
    Result<HostEngine> engine = image.ok() ? HostEngine::make(*image) : image.error();
    if (!engine.ok()) std::abort();
    return std::move(*engine);
  }
  static Result<Bytes> image_of(const Graph& graph) {
    MOTE_TRY(Plan plan, compile(graph, Target()));
    return write_image(plan);
  }
  Port port() {
    Port port;
    port.context = this;
    port.write = [](void* self, const char* text, uint32_t bytes) {
      static_cast<TestDevice*>(self)->line_.append(text, bytes);
    };
    port.microseconds = [](void* self) { return static_cast<TestDevice*>(self)->clock_ += 1000; };
    port.edge = [](void* self) { ++static_cast<TestDevice*>(self)->edges_; };
    port.skippable = [](void* self, uint32_t done, uint32_t count) {
      auto& device = *static_cast<TestDevice*>(self);
      ++device.asked_;
      return std::min(device.skip_, count - done);
    };
    return port;
  }

  std::string line_;
  uint32_t clock_ = 0, skip_ = 0;
  int edges_ = 0, asked_ = 0;
  HostEngine engine_;
  AlignedBytes buffer_;
  Protocol protocol_;
};

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_DUT_TEST_SUPPORT_H_
