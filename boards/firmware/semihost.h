// SPDX-License-Identifier: Apache-2.0
// Semihosting: the firmware asks the emulator (or a debug probe) to open files on the host, print
// and exit. Every call is a trap that costs microseconds on the host, so move data in big blocks.
// Numbers and argument blocks are those of Arm's "Semihosting for AArch32 and AArch64", 2.0.
// Handles and errors are plain integers because nothing here may depend on a libc.
#ifndef MOTE_BOARDS_FIRMWARE_SEMIHOST_H_
#define MOTE_BOARDS_FIRMWARE_SEMIHOST_H_

#include <stddef.h>
#include <stdint.h>

namespace mote::semihost {

/// How to open a file; always binary. kWrite truncates or creates, kAppend creates if missing.
enum class OpenMode : uint32_t { kRead = 1, kWrite = 5, kAppend = 9 };

/// A handle (> 0), or -1 if the host can't open it. Relative paths start at the run's folder.
int open(const char* path, OpenMode mode);
/// False if the handle isn't open.
bool close(int handle);
/// Bytes read, fewer than asked only at the end of the file, on an error, or of a FIFO: those that
/// are there, at least one, waited for; none at its end.
size_t read(int handle, void* data, size_t bytes);
/// Bytes written, fewer than asked only on an error.
size_t write(int handle, const void* data, size_t bytes);
/// Moves to `position` bytes from the start; false if the handle isn't a seekable file.
bool seek(int handle, size_t position);
/// The file's size in bytes, or -1.
int32_t length(int handle);

/// Prints a zero-terminated string on the console.
void print(const char* text);
/// Prints a number in decimal.
void print_unsigned(uint32_t value);
/// Prints a number as 0x and eight hexadecimal digits.
void print_hex(uint32_t value);

/// Copies the command line, zero-terminated, into `text`; false if it doesn't fit in `bytes`.
bool command_line(char* text, size_t bytes);

/// Ends the run at once with an exit code of 0 to 255. Firmware calls mote_exit() instead.
[[noreturn]] void exit(int code);

}  // namespace mote::semihost

#endif  // MOTE_BOARDS_FIRMWARE_SEMIHOST_H_
