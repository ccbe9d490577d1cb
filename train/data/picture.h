// SPDX-License-Identifier: Apache-2.0
// Pictures: .png, .jpg, .bmp and .pnm.
#ifndef MOTE_TRAIN_DATA_PICTURE_H_
#define MOTE_TRAIN_DATA_PICTURE_H_

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/host/result.h"

namespace mote::train {

struct Picture {
  int width = 0, height = 0, channels = 0;
  std::vector<uint8_t> pixels;  // rows from the top, channels innermost
};

/// Grey (1) or red, green, blue (3), whatever the file has. Errors: not a picture, cut off.
/// Messages don't name the path; the caller does.
Result<Picture> read_picture(const std::filesystem::path& path, int channels);

/// Looks at the header only.
Result<void> check_picture(const std::filesystem::path& path);

/// The picture's middle in the new one's shape, resized to it.
Picture resized(const Picture& picture, int width, int height);

/// The picture as a .png file.
std::vector<uint8_t> png_file(const Picture& picture);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_PICTURE_H_
