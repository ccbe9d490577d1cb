// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the device's serial protocol: any characters leave it ready for a command.
#include <cstdio>

#include "bench/dut/dut_test_support.h"

namespace {

/// Whether it may ask for so many inferences that they take long.
bool asks_for_many(std::string_view text) {
  int digits = 0;
  for (char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 3 && text.find("infer") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mote::dut;
  if (size < 1) return 0;
  Role role = {.vendor = "mote", .model = "kws01"};
  role.input = static_cast<InputForm>(data[0] % 3);
  bool compares = role.input == InputForm::kFloat && data[0] / 3 % 2 == 1;
  role.result = compares ? ResultForm::kReconstructionError : ResultForm::kScores;
  TestDevice device(role, data[0] & 64 ? kFloatModel : kQuantisedModel);
  device.skip(0xffffffff);
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (asks_for_many(text)) return 0;
  device.send(text);
  device.send("%");
  if (device.send("name%") == "m-name-dut-[mote]\r\nm-ready\r\n") return 0;
  std::fputs("the device doesn't answer any more\n", stderr);
  std::abort();
}
