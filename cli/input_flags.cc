// SPDX-License-Identifier: Apache-2.0
#include "cli/input_flags.h"

#include <CLI/CLI.hpp>

namespace mote {
namespace {

constexpr DType kRawTypes[] = {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kFloat32};

}  // namespace

void InputFlags::add_to(CLI::App& command) {
  std::vector<std::string> names;
  for (DType dtype : kRawTypes) names.push_back(name_of(dtype));
  command
      .add_option("--raw-type", raw_type,
                  "Element type of raw files where it isn't the input's: uint8 pixels for an int8 "
                  "model are shifted by -128")
      ->check(CLI::IsMember(names));
  command
      .add_option("--pixels", pixels,
                  "What black and white mean for a float input, such as 0 255; 0 1 unless told")
      ->expected(2);
}

InputOptions InputFlags::options() const {
  InputOptions result;
  result.pixel_low = pixels[0];
  result.pixel_high = pixels[1];
  for (DType dtype : kRawTypes) {
    if (raw_type == name_of(dtype)) result.raw_type = dtype, result.raw_typed = true;
  }
  return result;
}

}  // namespace mote
