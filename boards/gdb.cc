// SPDX-License-Identifier: Apache-2.0
// The board runs in a process group of its own, so that the Ctrl-C that stops the firmware in the
// debugger doesn't end the emulator.
#include "boards/gdb.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/host/process.h"
#include "boards/elf.h"
#include "boards/qemu.h"

namespace mote {
namespace {

Result<std::filesystem::path> find_debugger() {
  for (const char* name : {"gdb-multiarch", "arm-none-eabi-gdb"}) {
    auto program = find_program(name, "gdb-multiarch");
    if (program.ok()) return program;
  }
  return find_program("gdb-multiarch", "gdb-multiarch");
}

/// Where to stop first: the main program, or where the firmware starts.
std::string first_stop(const Elf& elf) {
  for (const char* name : {"mote_main", "main"}) {
    for (const ElfFunction& function : elf.functions) {
      if (function.name.substr(0, function.name.find('(')) == name) return name;
    }
  }
  return fmt::format("*0x{:x}", elf.entry & ~1u);
}

Result<pid_t> start(const std::vector<std::string>& command, bool own_group) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t child = fork();
  if (child < 0) return fail("{}: can't be started", command[0]);
  if (child > 0) return child;
  if (own_group) setpgid(0, 0);
  execvp(words[0], words.data());
  _exit(127);
}

}  // namespace

Result<GdbSession> gdb_session(const Machine& machine, const std::filesystem::path& elf_path,
                               int port, const std::vector<std::string>& arguments) {
  if (machine.emulator != Emulator::kQemu) {
    return fail(
        "{}: runs on mote's own simulator, which takes no debugger; faults are reported "
        "with function, line and backtrace by `mote board run`",
        machine.name);
  }
  MOTE_TRY(Bytes file, read_file(elf_path));
  MOTE_TRY(Elf elf, read_elf(file, elf_path.string()));
  GdbSession session;
  MOTE_TRY(session.board, qemu_machine_command(machine, elf_path, arguments));
  for (std::string option :
       {std::string("-chardev"), std::string("stdio,id=console"), std::string("-S"),
        std::string("-gdb"), fmt::format("tcp:127.0.0.1:{}", port)}) {
    session.board.push_back(std::move(option));
  }
  MOTE_TRY(auto debugger, find_debugger());
  session.debugger = {debugger.string(),
                      elf_path.string(),
                      "-ex",
                      fmt::format("target remote 127.0.0.1:{}", port),
                      "-ex",
                      "break " + first_stop(elf),
                      "-ex",
                      "continue"};
  return session;
}

Result<void> open_gdb(const GdbSession& session) {
  MOTE_TRY(pid_t board, start(session.board, true));
  auto debugger = start(session.debugger, false);
  if (debugger.ok()) {
    // The terminal's Ctrl-C is the debugger's.
    auto before = signal(SIGINT, SIG_IGN);
    waitpid(*debugger, nullptr, 0);
    signal(SIGINT, before);
  }
  kill(board, SIGTERM);
  waitpid(board, nullptr, 0);
  if (!debugger.ok()) return debugger.error();
  return {};
}

std::string shell_text(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) {
    bool plain = !word.empty() && word.find_first_not_of(
                                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_-./=:,+@%") == std::string::npos;
    std::string quoted = "'";
    for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += (text.empty() ? "" : " ") + (plain ? word : quoted + "'");
  }
  return text;
}

}  // namespace mote
