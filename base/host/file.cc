// SPDX-License-Identifier: Apache-2.0
#include "base/host/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

namespace mote {
namespace {

struct Closer {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, Closer>;

template <typename Container>
Result<Container> read_all(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail("{}: is a folder, not a file", path.string());
  }
  File file(fopen(path.c_str(), "rb"));
  if (!file) return fail("{}: can't be opened: {}", path.string(), strerror(errno));
  Container content;
  char block[65536];
  size_t n;
  while ((n = fread(block, 1, sizeof block, file.get())) > 0) {
    content.insert(content.end(), block, block + n);
  }
  if (ferror(file.get())) return fail("{}: can't be read: {}", path.string(), strerror(errno));
  return content;
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path) {
  return read_all<Bytes>(path);
}

Result<std::string> read_text(const std::filesystem::path& path) {
  return read_all<std::string>(path);
}

Result<void> write_file(const std::filesystem::path& path, const void* data, size_t bytes) {
  std::string partial = fmt::format("{}.{}.partial", path.string(), getpid());
  FILE* file = fopen(partial.c_str(), "wb");
  if (!file) return fail("{}: can't be written: {}", path.string(), strerror(errno));
  bool written = bytes == 0 || fwrite(data, 1, bytes, file) == bytes;  // no data may be null
  int write_errno = errno;
  bool closed = fclose(file) == 0;
  if (!written || !closed) {
    if (written) write_errno = errno;
    remove(partial.c_str());
    return fail("{}: can't be written: {}", path.string(), strerror(write_errno));
  }
  if (rename(partial.c_str(), path.c_str()) != 0) {
    int rename_errno = errno;
    remove(partial.c_str());
    return fail("{}: can't be replaced: {}", path.string(), strerror(rename_errno));
  }
  return {};
}

Result<void> write_file(const std::filesystem::path& path, const Bytes& bytes) {
  return write_file(path, bytes.data(), bytes.size());
}

Result<void> write_text(const std::filesystem::path& path, std::string_view text) {
  return write_file(path, text.data(), text.size());
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail("{}: can't make this folder: {}", path.string(), error.message());
  return {};
}

Result<TempFolder> TempFolder::make() {
  std::error_code error;
  auto base = std::filesystem::temp_directory_path(error);
  if (error) return fail("no temporary folder: {}", error.message());
  std::string pattern = (base / "mote-XXXXXX").string();
  if (!mkdtemp(pattern.data())) {
    return fail("{}: can't make a temporary folder here: {}", base.string(), strerror(errno));
  }
  return TempFolder(pattern);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mote
