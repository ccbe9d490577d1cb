// SPDX-License-Identifier: Apache-2.0
// The firmware calls mote_mark() around what is to be measured (engines/firmware/runner.cc), and
// the interpreter enters Session::step() once per step; these two are the run's marks. So segments
// come as: start-up; mark: open(); mark: reopen(); mark: reading; and for each inference mark:
// run(), a step each, mark: writing.
#include "engines/board_firmware.h"

#include <algorithm>

#include "boards/toolchain.h"
#include "compiler/cpp_writer.h"
#include "compiler/device_sources.h"
#include "engines/embedded.h"

namespace mote {
namespace {

enum Mark : uint32_t { kAround = 0, kStep = 1 };

/// The image goes into flash as it is, or into RAM when the firmware starts; .incbin spares the
/// compiler from reading it as text.
std::string image_source(const ImageModel& model) {
  return fmt::format(
      ".section {}\n"
      ".balign 16\n"
      ".global mote_image\n"
      "mote_image:\n"
      ".incbin \"model/image.mote\"\n",
      model.in_ram ? ".data.mote_image, \"aw\"" : ".rodata.mote_image, \"a\"");
}

constexpr const char* kSessionSource =
    "#include \"runtime/session.h\"\n"
    "mote::Session mote_session;\n";

std::string arena_source(const ImageModel& model) {
  return fmt::format(
      "#include <stdint.h>\n"
      "extern const uint32_t mote_image_bytes = {};\n"
      "extern const uint32_t mote_arena_bytes = {};\n"
      "alignas(16) __attribute__((section(\".noinit\"))) uint8_t mote_arena[{}];\n",
      model.image.size(), model.arena_bytes, std::max(model.arena_bytes, 1u));
}

/// Device code that the model needs: the runtime, its kernels, start-up, and the program.
SourceSet firmware_sources(const ImageModel& model, const SourceSet& program) {
  SourceSet files = program;
  auto needed = [&](const std::string& path) {
    if (path.rfind("ops/", 0) != 0 || path.substr(path.size() - 3) != ".cc") return true;
    return std::any_of(model.kernels.begin(), model.kernels.end(),
                       [&](const KernelInfo* kernel) { return kernel->source == path; });
  };
  for (const auto& [path, text] : device_sources()) {
    if (needed(path)) files[path] = text;
  }
  for (const auto& [path, text] : harness_sources()) {
    bool runner = path.starts_with("engines/firmware/");
    if (path.starts_with("boards/firmware/") || (runner && program.empty())) files[path] = text;
  }
  files["model/kernels.cc"] = write_registration(model.kernels);
  files["model/arena.cc"] = arena_source(model);
  files["model/session.cc"] = kSessionSource;
  files["model/image.S"] = image_source(model);
  files["model/image.mote"] = std::string(model.image.begin(), model.image.end());
  return files;
}

}  // namespace

bool is_harness_source(const std::string& source) {
  // memory.cc is memcpy() and its like, which kernels may call as well.
  return source.find("/firmware/") != std::string::npos && source != "boards/firmware/memory.cc";
}

std::string ModelFirmware::source_at(uint32_t address) const {
  for (const LinkPiece& piece : pieces) {
    if (address - piece.address < piece.bytes) return piece.source;
  }
  return {};
}

bool ModelFirmware::is_harness(uint32_t address) const {
  return is_harness_source(source_at(address));
}

Result<ModelFirmware> build_model_firmware(const ImageModel& model, const Machine& machine,
                                           const std::filesystem::path& folder,
                                           const SourceSet& program) {
  BuildOptions options;
  options.files = firmware_sources(model, program);
  ModelFirmware firmware;
  firmware.elf.path = folder / "firmware.elf";
  MOTE_TRY(firmware.pieces, build_firmware(machine, options, firmware.elf.path));
  MOTE_TRY(firmware.elf.file, read_file(firmware.elf.path));
  MOTE_TRY(firmware.elf.elf, read_elf(firmware.elf.file, firmware.elf.path.string()));
  return firmware;
}

Result<std::vector<uint32_t>> model_marks(const ModelFirmware& firmware) {
  std::vector<uint32_t> marks(2);
  for (const ElfFunction& function : firmware.elf.elf.functions) {
    if (function.name == "mote_mark") marks[kAround] = function.address;
    if (function.name == "mote::Session::step()") marks[kStep] = function.address;
  }
  if (marks[kAround] != 0 && marks[kStep] != 0) return marks;
  return fail("{}: has no mote_mark() or mote::Session::step()", firmware.elf.name());
}

Result<ModelRun> find_inferences(const ExecutionCounts& counts) {
  std::vector<std::vector<size_t>> groups;  // of segments, each begun by mote_mark()
  for (size_t i = 0; i < counts.segments.size(); ++i) {
    uint32_t mark = counts.segments[i].mark;
    if (mark == kAround) groups.emplace_back();
    if (!groups.empty()) groups.back().push_back(i);
  }
  if (groups.size() < 3 || groups.size() % 2 != 1) {
    return fail("the firmware's run is incomplete: {} marks", groups.size());
  }
  ModelRun run{groups[0], groups[1], {}};
  for (size_t i = 3; i < groups.size(); i += 2) run.inferences.push_back(groups[i]);
  return run;
}

}  // namespace mote
