// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/semihosting.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace mote::rv32 {
namespace {

constexpr uint32_t kFailed = ~0u;
constexpr uint32_t kApplicationExit = 0x20026;
constexpr size_t kMaxFiles = 64;
constexpr size_t kMaxConsoleBytes = 64u << 20;

/// open()'s flags for modes 0 to 11: r, r+, w, w+, a, a+, each as text and binary.
int open_flags(uint32_t mode) {
  constexpr int kCreate = O_CREAT;
  constexpr int kFlags[] = {O_RDONLY,
                            O_RDWR,
                            O_WRONLY | kCreate | O_TRUNC,
                            O_RDWR | kCreate | O_TRUNC,
                            O_WRONLY | kCreate | O_APPEND,
                            O_RDWR | kCreate | O_APPEND};
  return kFlags[mode / 2];
}

/// Where the name leads, if that is inside the folder, which is canonical.
std::optional<std::filesystem::path> inside(const std::filesystem::path& folder,
                                            const std::filesystem::path& name) {
  std::error_code error;
  auto path = std::filesystem::weakly_canonical(folder / name, error);
  if (error) return {};
  auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  if (end != folder.end() || rest == path.end()) return {};
  return path;
}

/// Opens a regular file, or a FIFO whose other end is open, without waiting for anything; -1 if it
/// isn't one.
int open_without_waiting(const std::filesystem::path& path, int flags) {
  int fd = ::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
  struct stat status;
  if (fd >= 0 && fstat(fd, &status) == 0) {
    bool fifo = S_ISFIFO(status.st_mode);
    if (fifo && fcntl(fd, F_SETFL, flags) == 0) return fd;  // reads and writes wait
    if (S_ISREG(status.st_mode)) return fd;
  }
  if (fd >= 0) ::close(fd);
  return -1;
}

/// Reads or writes all bytes, or of a FIFO those that are there; returns how many are missing.
template <typename Transfer, typename Byte>
uint32_t transfer_all(Transfer transfer, int fd, Byte* bytes, uint32_t count) {
  while (count > 0) {
    ssize_t n = transfer(fd, bytes, count);
    if (n <= 0) break;
    bytes += n;
    count -= static_cast<uint32_t>(n);
    if (::lseek(fd, 0, SEEK_CUR) < 0) break;
  }
  return count;
}

}  // namespace

struct Semihosting::Operation {
  uint32_t number;
  uint32_t (Semihosting::*perform)(uint32_t argument);
};

const Semihosting::Operation Semihosting::kOperations[] = {
    {0x01, &Semihosting::open},
    {0x02, &Semihosting::close},
    {0x03, &Semihosting::write_character},
    {0x04, &Semihosting::write_text},
    {0x05, &Semihosting::write},
    {0x06, &Semihosting::read},
    {0x0a, &Semihosting::seek},
    {0x0c, &Semihosting::length},
    {0x15, &Semihosting::command_line},
    {0x18, &Semihosting::exit},
    {0x20, &Semihosting::exit_extended},
};

Semihosting::Semihosting(const Memory& memory, const std::filesystem::path& folder,
                         std::string command_line)
    : memory_(memory), command_line_(std::move(command_line)) {
  std::error_code error;
  folder_ = std::filesystem::canonical(folder, error);
}

Semihosting::~Semihosting() {
  for (int fd : files_) {
    if (fd >= 0) ::close(fd);
  }
}

std::optional<uint32_t> Semihosting::call(uint32_t operation, uint32_t argument) {
  for (const Operation& row : kOperations) {
    if (row.number != operation) continue;
    uint32_t result = (this->*row.perform)(argument);
    if (exited_) return {};
    return result;
  }
  return kFailed;
}

uint32_t Semihosting::word(uint32_t block, uint32_t index) const {
  uint32_t value = 0;
  memory_.load(block + 4 * index, &value);
  return value;
}

int Semihosting::file(uint32_t handle) const {
  return handle - 1 < files_.size() ? files_[handle - 1] : -1;
}

uint32_t Semihosting::print(const uint8_t* text, uint32_t bytes) {
  size_t room = kMaxConsoleBytes - console_.size();
  console_.append(reinterpret_cast<const char*>(text), std::min<size_t>(bytes, room));
  return 0;
}

uint32_t Semihosting::open(uint32_t block) {
  uint32_t mode = word(block, 1), bytes = word(block, 2);
  const uint8_t* text = memory_.readable(word(block, 0), bytes);
  if (!text || mode > 11) return kFailed;
  std::string name(text, text + bytes);
  if (name == ":tt") return kConsole;
  if (name.empty() || name.find('\0') != std::string::npos) return kFailed;
  auto path = inside(folder_, name);
  size_t open_files = static_cast<size_t>(
      std::count_if(files_.begin(), files_.end(), [](int fd) { return fd >= 0; }));
  int fd = path && open_files < kMaxFiles ? open_without_waiting(*path, open_flags(mode)) : -1;
  if (fd < 0) return kFailed;
  auto free = std::find(files_.begin(), files_.end(), -1);
  if (free == files_.end()) free = files_.insert(free, -1);
  *free = fd;
  return static_cast<uint32_t>(free - files_.begin()) + 1;
}

uint32_t Semihosting::close(uint32_t block) {
  uint32_t handle = word(block, 0);
  if (handle == kConsole) return 0;
  int fd = file(handle);
  if (fd < 0) return kFailed;
  files_[handle - 1] = -1;
  return ::close(fd) == 0 ? 0 : kFailed;
}

uint32_t Semihosting::write_character(uint32_t address) {
  const uint8_t* character = memory_.readable(address, 1);
  return character ? print(character, 1) : kFailed;
}

uint32_t Semihosting::write_text(uint32_t address) {
  for (const uint8_t* c; (c = memory_.readable(address, 1)) && *c != 0; ++address) print(c, 1);
  return 0;
}

uint32_t Semihosting::write(uint32_t block) {
  uint32_t handle = word(block, 0), bytes = word(block, 2);
  const uint8_t* from = memory_.readable(word(block, 1), bytes);
  if (from && handle == kConsole) return print(from, bytes);
  int fd = file(handle);
  return from && fd >= 0 ? transfer_all(::write, fd, from, bytes) : bytes;
}

uint32_t Semihosting::read(uint32_t block) {
  uint32_t bytes = word(block, 2);
  uint8_t* to = memory_.writable(word(block, 1), bytes);
  int fd = file(word(block, 0));
  return to && fd >= 0 ? transfer_all(::read, fd, to, bytes) : bytes;
}

uint32_t Semihosting::seek(uint32_t block) {
  int fd = file(word(block, 0));
  return fd >= 0 && ::lseek(fd, word(block, 1), SEEK_SET) >= 0 ? 0 : kFailed;
}

uint32_t Semihosting::length(uint32_t block) {
  struct stat status;
  int fd = file(word(block, 0));
  if (fd < 0 || fstat(fd, &status) != 0 || status.st_size > INT32_MAX) return kFailed;
  return static_cast<uint32_t>(status.st_size);
}

uint32_t Semihosting::command_line(uint32_t block) {
  uint32_t bytes = static_cast<uint32_t>(command_line_.size()) + 1;
  uint8_t* to = memory_.writable(word(block, 0), bytes);
  uint32_t length = bytes - 1;
  if (!to || bytes > word(block, 1) || !memory_.store(block + 4, length)) return kFailed;
  std::memcpy(to, command_line_.c_str(), bytes);
  return 0;
}

uint32_t Semihosting::exit(uint32_t reason) {
  exited_ = true;
  exit_code_ = reason == kApplicationExit ? 0 : 1;
  return 0;
}

uint32_t Semihosting::exit_extended(uint32_t block) {
  exited_ = true;
  exit_code_ = word(block, 0) == kApplicationExit ? static_cast<int>(word(block, 1) & 0xff) : 1;
  return 0;
}

}  // namespace mote::rv32
