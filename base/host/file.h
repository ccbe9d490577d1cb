// SPDX-License-Identifier: Apache-2.0
// Whole files in and out, with errors that name the path. Writing goes through a temporary file
// beside the target and a rename, so nobody ever sees half a file.
#ifndef MOTE_BASE_HOST_FILE_H_
#define MOTE_BASE_HOST_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"

namespace mote {

using Bytes = std::vector<uint8_t>;

/// The file's bytes. Errors: missing, a directory, unreadable.
Result<Bytes> read_file(const std::filesystem::path& path);
/// The same as text.
Result<std::string> read_text(const std::filesystem::path& path);
/// Replaces `path` atomically. Errors: the folder is missing or not writable, the disk is full.
Result<void> write_file(const std::filesystem::path& path, const void* data, size_t bytes);
Result<void> write_file(const std::filesystem::path& path, const Bytes& bytes);
Result<void> write_text(const std::filesystem::path& path, std::string_view text);
/// Creates a folder and its parents. Errors: not writable, a file is in the way.
Result<void> make_folder(const std::filesystem::path& path);

/// A fresh empty folder under the system's temporary folder, removed with all it holds at scope
/// end.
class TempFolder {
 public:
  static Result<TempFolder> make();
  TempFolder(TempFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace mote

#endif  // MOTE_BASE_HOST_FILE_H_
