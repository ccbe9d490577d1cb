// SPDX-License-Identifier: Apache-2.0
// Where tests find real models and golden outputs, which are not part of the repository.
#ifndef MOTE_COMPILER_TFLITE_SHARED_DATA_H_
#define MOTE_COMPILER_TFLITE_SHARED_DATA_H_

#include <cstdlib>
#include <filesystem>

namespace mote {

/// $MOTE_SHARED_DATA, or shared/data beside the repository (tests run in its root). Tests skip
/// themselves if it doesn't exist.
inline std::filesystem::path shared_data() {
  const char* folder = std::getenv("MOTE_SHARED_DATA");
  return folder ? folder : "../shared/data";
}

}  // namespace mote

#endif  // MOTE_COMPILER_TFLITE_SHARED_DATA_H_
