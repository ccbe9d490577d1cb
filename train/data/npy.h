// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files, version 1 to 3: little-endian, C order, the element types that tensors have.
#ifndef MOTE_TRAIN_DATA_NPY_H_
#define MOTE_TRAIN_DATA_NPY_H_

#include <filesystem>

#include "base/dtype.h"
#include "base/host/file.h"

namespace mote {

struct NpyArray {
  DType dtype = DType::kFloat32;
  std::vector<int64_t> dims;
  int64_t shape_elements = 1;
  Bytes data;
};

/// Errors: not an .npy file, Fortran order, big-endian or structured elements, too few bytes.
Result<NpyArray> read_npy(const std::filesystem::path& path);

}  // namespace mote

#endif  // MOTE_TRAIN_DATA_NPY_H_
