// SPDX-License-Identifier: Apache-2.0
#include "train/data/picture.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wshadow"
#define STB_IMAGE_IMPLEMENTATION
#define STBI_FAILURE_USERMSG
#define STBI_NO_HDR
#define STBI_NO_PSD
#define STBI_NO_GIF
#define STBI_NO_TGA
#define STBI_NO_PIC
#include <stb/stb_image.h>
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <memory>

#include "base/host/file.h"

namespace mote::train {
namespace {

/// A JPEG ends in the marker ff d9, with little behind it. The decoder would make up what is
/// missing.
bool cut_off(const Bytes& file) {
  if (file.size() < 2 || file[0] != 0xff || file[1] != 0xd8) return false;
  constexpr uint8_t kEnd[] = {0xff, 0xd9};
  auto tail = file.end() - static_cast<std::ptrdiff_t>(std::min<size_t>(file.size(), 4096));
  return std::search(tail, file.end(), std::begin(kEnd), std::end(kEnd)) == file.end();
}

}  // namespace

Result<Picture> read_picture(const std::filesystem::path& path, int channels) {
  MOTE_TRY(const Bytes file, read_file(path));
  if (cut_off(file)) return fail("ends early");
  Picture picture;
  picture.channels = channels;
  int stored_channels = 0;
  std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &picture.width,
                            &picture.height, &stored_channels, channels),
      stbi_image_free);
  if (!pixels) return fail("isn't a picture that can be read: {}", stbi_failure_reason());
  size_t bytes = static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height) *
                 static_cast<size_t>(channels);
  picture.pixels.assign(pixels.get(), pixels.get() + bytes);
  return picture;
}

Result<void> check_picture(const std::filesystem::path& path) {
  int width = 0, height = 0, channels = 0;
  if (stbi_info(path.c_str(), &width, &height, &channels)) return {};
  return fail("isn't a picture that can be read: {}", stbi_failure_reason());
}

Picture resized(const Picture& picture, int width, int height) {
  if (picture.width == width && picture.height == height) return picture;
  // The largest part in the middle with width : height.
  int64_t part_width = picture.width, part_height = picture.height;
  if (part_width * height > part_height * width) {
    part_width = std::max<int64_t>(1, part_height * width / height);
  } else {
    part_height = std::max<int64_t>(1, part_width * height / width);
  }
  int64_t left = (picture.width - part_width) / 2, top = (picture.height - part_height) / 2;
  int stride = picture.width * picture.channels;
  Picture small{width, height, picture.channels, {}};
  small.pixels.resize(static_cast<size_t>(width) * static_cast<size_t>(height) *
                      static_cast<size_t>(picture.channels));
  stbir_resize_uint8(picture.pixels.data() + top * stride + left * picture.channels,
                     static_cast<int>(part_width), static_cast<int>(part_height), stride,
                     small.pixels.data(), width, height, 0, picture.channels);
  return small;
}

std::vector<uint8_t> png_file(const Picture& picture) {
  std::vector<uint8_t> file;
  auto append = [](void* to, void* data, int bytes) {
    const auto* first = static_cast<const uint8_t*>(data);
    auto* out = static_cast<std::vector<uint8_t>*>(to);
    out->insert(out->end(), first, first + bytes);
  };
  stbi_write_png_to_func(append, &file, picture.width, picture.height, picture.channels,
                         picture.pixels.data(), picture.width * picture.channels);
  return file;
}

}  // namespace mote::train
