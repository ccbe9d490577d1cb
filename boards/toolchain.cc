// SPDX-License-Identifier: Apache-2.0
#include "boards/toolchain.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/host/digest.h"
#include "base/host/parallel.h"
#include "base/host/process.h"

namespace mote {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}
bool is_source(std::string_view path) {
  return ends_with(path, ".cc") || ends_with(path, ".S");
}

/// Whether this is a start-up source, but not the machine's.
bool of_another_core(std::string_view path, const Machine& machine) {
  constexpr std::string_view kFolder = "boards/firmware/";
  if (!path.starts_with(kFolder)) return false;
  path.remove_prefix(kFolder.size());
  return path != machine.startup && std::ranges::any_of(machines(), [&](const Machine& other) {
           return path == other.startup;
         });
}

std::vector<std::string> device_flags(const Machine& machine, const BuildOptions& options) {
  std::vector<std::string> flags = machine.flags;
  for (const char* flag : {"-std=c++17", "-g", "-ffreestanding", "-fno-exceptions", "-fno-rtti",
                           "-fno-threadsafe-statics", "-ffunction-sections", "-fdata-sections",
                           "-ffp-contract=off", "-fno-tree-loop-distribute-patterns"}) {
    flags.push_back(flag);
  }
  flags.push_back(options.optimization);
  return flags;
}

Result<void> run_tool(const std::vector<std::string>& command, const std::string& what) {
  MOTE_TRY(ProcessOutcome outcome, run_process(command, 600));
  if (outcome.exit_code == 0) return {};
  return fail("{}:\n{}", what, outcome.output);
}

class Build {
 public:
  static Result<Build> make(const Machine& machine, const BuildOptions& options) {
    Build build(machine, options);
    MOTE_TRY(auto compiler,
             find_program(std::string(machine.compiler), std::string(machine.debian_package)));
    build.compiler_ = compiler.string();
    MOTE_TRY(build.cache_, cache_folder());
    MOTE_CHECK_OK(build.digest_inputs());
    MOTE_CHECK_OK(build.write_files());
    return build;
  }

  /// The object of a source, compiled now or before.
  Result<std::filesystem::path> object(const std::string& source) const {
    const std::string& text = options_.files.at(source);
    const std::string& depends = ends_with(source, ".S") ? data_digest_ : header_digest_;
    std::string key = Digest().add(common_digest_).add(depends).add(source).add(text).hex();
    auto object = cache_ / (key + ".o");
    std::error_code ignored;
    if (std::filesystem::exists(object, ignored)) return object;
    static std::atomic<int> serial{0};
    auto partial = cache_ / fmt::format("{}.{}.{}.partial.o", key, getpid(), serial++);
    std::vector<std::string> command = {compiler_};
    for (const std::string& flag : device_flags(machine_, options_)) command.push_back(flag);
    for (const std::string& flag : path_flags()) command.push_back(flag);
    for (const std::string& more :
         {std::string("-c"), (folder_ / source).string(), std::string("-o"), partial.string()}) {
      command.push_back(more);
    }
    MOTE_CHECK_OK(
        run_tool(command, fmt::format("{} doesn't compile for {}", source, machine_.name)));
    std::error_code error;
    std::filesystem::rename(partial, object, error);
    if (error) return fail("{}: can't be written: {}", object.string(), error.message());
    return object;
  }

  std::vector<std::string> sources() const {
    std::vector<std::string> sources;
    for (const auto& [path, text] : options_.files) {
      if (is_source(path) && !of_another_core(path, machine_)) sources.push_back(path);
    }
    return sources;
  }

  /// Their objects, compiled on all cores.
  Result<std::vector<std::filesystem::path>> objects(
      const std::vector<std::string>& sources) const {
    std::vector<std::filesystem::path> objects(sources.size());
    MOTE_CHECK_OK(for_each_in_parallel(sources.size(), job_count(options_.jobs, sources.size()),
                                       [&](size_t, size_t i) -> Result<void> {
                                         MOTE_TRY(objects[i], object(sources[i]));
                                         return {};
                                       }));
    return objects;
  }

  Result<std::vector<LinkPiece>> link(const std::filesystem::path& elf) const {
    std::string script = fmt::format("boards/firmware/{}", machine_.linker_script);
    if (!options_.files.contains(script)) {
      return fail("{}: missing among the firmware's sources", script);
    }
    std::vector<std::string> from = sources();
    MOTE_TRY(auto inputs, objects(from));
    auto map = folder_ / "link.map";
    std::vector<std::string> command = {compiler_};
    for (const std::string& flag : device_flags(machine_, options_)) command.push_back(flag);
    auto define = [&](const char* symbol, uint32_t value) {
      command.push_back(fmt::format("-Wl,--defsym={}=0x{:x}", symbol, value));
    };
    define("mote_flash_origin", machine_.flash_origin);
    define("mote_flash_bytes", machine_.flash_bytes);
    define("mote_ram_origin", machine_.ram_origin);
    define("mote_ram_bytes", machine_.ram_bytes);
    define("mote_stack_bytes", options_.stack_bytes);
    command.push_back("-nostdlib");
    command.push_back("-Wl,--gc-sections");
    command.push_back("-Wl,-Map=" + map.string());
    command.push_back("-T" + (folder_ / script).string());
    for (const auto& input : inputs) command.push_back(input.string());
    command.push_back("-lgcc");
    command.push_back("-o");
    command.push_back(elf.string());
    MOTE_CHECK_OK(run_tool(
        command, fmt::format("the firmware doesn't link for {} (flash {} bytes, RAM {} bytes)",
                             machine_.name, machine_.flash_bytes, machine_.ram_bytes)));
    MOTE_TRY(std::string text, read_text(map));
    MOTE_TRY(std::vector<LinkPiece> pieces, read_link_map(text));
    for (LinkPiece& piece : pieces) piece.source = source_of(piece.source, from, inputs);
    return pieces;
  }

 private:
  Build(const Machine& machine, const BuildOptions& options)
      : machine_(machine), options_(options) {}

  /// The source that an object was compiled from.
  static std::string source_of(const std::string& object, const std::vector<std::string>& sources,
                               const std::vector<std::filesystem::path>& objects) {
    for (size_t i = 0; i < objects.size(); ++i) {
      if (objects[i] == object) return sources[i];
    }
    return object.empty() ? object : "libgcc";
  }

  /// Where included files are, and that debug information names files by their root-relative path,
  /// whatever folder they or mote's user are in: an object serves every later build.
  std::vector<std::string> path_flags() const {
    std::error_code ignored;
    return {"-I" + folder_.string(), "-Wa,-I," + folder_.string(),
            fmt::format("-ffile-prefix-map={}=.", std::filesystem::current_path(ignored).string()),
            fmt::format("-ffile-prefix-map={}/=", folder_.string())};
  }

  Result<void> digest_inputs() {
    MOTE_TRY(std::string version, program_version(compiler_));
    Digest common;
    common.add(version);
    for (const std::string& flag : device_flags(machine_, options_)) common.add(flag);
    common_digest_ = common.hex();
    Digest headers, data;
    for (const auto& [path, text] : options_.files) {
      if (ends_with(path, ".h") || ends_with(path, ".inc")) headers.add(path).add(text);
      if (!is_source(path)) data.add(path).add(text);
    }
    header_digest_ = headers.hex();
    data_digest_ = data.hex();
    return {};
  }

  /// Puts the files into a folder of their own for the compiler to read.
  Result<void> write_files() {
    MOTE_TRY(TempFolder folder, TempFolder::make());
    for (const auto& [path, text] : options_.files) {
      MOTE_CHECK_OK(make_folder((folder.path() / path).parent_path()));
      MOTE_CHECK_OK(write_text(folder.path() / path, text));
    }
    folder_ = folder.path();
    files_ = std::make_unique<TempFolder>(std::move(folder));
    return {};
  }

  const Machine& machine_;
  const BuildOptions& options_;
  std::string compiler_, common_digest_, header_digest_, data_digest_;
  std::filesystem::path cache_, folder_;
  std::unique_ptr<TempFolder> files_;
};

}  // namespace

Result<std::filesystem::path> cache_folder() {
  const char* configured = getenv("XDG_CACHE_HOME");
  const char* home = getenv("HOME");
  std::filesystem::path folder = configured && *configured ? std::filesystem::path(configured)
                                 : home && *home           ? std::filesystem::path(home) / ".cache"
                                                           : std::filesystem::temp_directory_path();
  folder /= "mote";
  MOTE_CHECK_OK(make_folder(folder));
  return folder;
}

Result<std::vector<LinkPiece>> build_firmware(const Machine& machine, const BuildOptions& options,
                                              const std::filesystem::path& elf) {
  MOTE_TRY(Build build, Build::make(machine, options));
  return build.link(elf);
}

Result<ElfSizes> compiled_sizes(const Machine& machine, const BuildOptions& options,
                                const std::string& source) {
  MOTE_TRY(Build build, Build::make(machine, options));
  MOTE_TRY(auto object, build.object(source));
  MOTE_TRY(Bytes file, read_file(object));
  MOTE_TRY(Elf elf, read_elf(file, source));
  return elf.sizes;
}

}  // namespace mote
