// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the device's serial protocol: any characters leave it ready for a command.
#include <cstdio>

#include "bench/dut/dut_test_support.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mote::dut;
  if (size < 1) return 0;
  Role role = {.vendor = "mote", .model = "kws01"};
  role.input = static_cast<InputForm>(data[0] % 3);
  bool compares = role.input == InputForm::kFloat && data[0] / 3 % 2 == 1;
  role.result = compares ? ResultForm::kReconstructionError : ResultForm::kScores;
  TestDevice device(role, data[0] & 64 ? kFloatModel : kQuantisedModel);
  device.skip(0xffffffff);
  device.send(std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  device.send("%");
  if (device.send("name%") == "m-name-dut-[mote]\r\nm-ready\r\n") return 0;
  std::fputs("the device doesn't answer any more\n", stderr);
  std::abort();
}
