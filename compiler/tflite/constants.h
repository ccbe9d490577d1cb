// SPDX-License-Identifier: Apache-2.0
// The constant data of a .tflite file: each buffer is copied once, when a tensor first asks for it,
// and shared from then on.
#ifndef MOTE_COMPILER_TFLITE_CONSTANTS_H_
#define MOTE_COMPILER_TFLITE_CONSTANTS_H_

#include <memory>
#include <vector>

#include "base/host/file.h"
#include "compiler/tflite/tflite_generated.h"

namespace mote::tflite {

class Constants {
 public:
  /// REQUIRES: `model` lies in `file`, and both outlive this.
  Constants(const tflite_schema::Model& model, const Bytes& file);

  /// The bytes of buffer `index`, or null if it is empty: the tensor is no constant then. Errors:
  /// no such buffer, data beyond the end of the file.
  Result<std::shared_ptr<const Bytes>> buffer(uint32_t index);

 private:
  const tflite_schema::Model& model_;
  const Bytes& file_;
  std::vector<std::shared_ptr<const Bytes>> copies_;  // by buffer index
};

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_CONSTANTS_H_
