// SPDX-License-Identifier: Apache-2.0
// Files as model inputs: raw bytes, .npy arrays, .wav recordings and pictures (.png .jpg .bmp),
// brought to the input's type where the file's own type says how.
#ifndef MOTE_CLI_INPUT_FILE_H_
#define MOTE_CLI_INPUT_FILE_H_

#include <filesystem>
#include <vector>

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

/// What a file's numbers mean where the file doesn't say.
struct InputOptions {
  DType raw_type = DType::kInt8;  // with raw_typed: elements of raw files, converted to the input's
  bool raw_typed = false;
  double pixel_low = 0, pixel_high = 1;  // real values of black and white for float inputs
};

/// The inputs of one inference from one file. A raw file holds the bytes of all inputs one after
/// the other, in the model's order; other formats serve models with one input.
///  - .npy: same number of elements; same type, or floats which are quantised.
///  - .wav: one channel, as many samples as the input has elements; int16 as stored, otherwise
///    full scale is ±1, quantised for int8.
///  - picture: the input is [1,H,W,C] with C 1 or 3 and the picture's own size; uint8 as stored,
///    int8 as stored - 128, float in pixel_low..pixel_high.
/// Errors name the file, what it holds and what the input wants.
Result<std::vector<Bytes>> read_input(const std::filesystem::path& path,
                                      const std::vector<Tensor>& inputs,
                                      const InputOptions& options);

/// Real numbers as a tensor's bytes: floats as they are, integers quantised (rounded half away from
/// zero, clipped). REQUIRES: as many as the tensor has elements. Errors: its type has no scale.
Result<Bytes> to_tensor(const std::vector<double>& values, const Tensor& tensor);

}  // namespace mote

#endif  // MOTE_CLI_INPUT_FILE_H_
