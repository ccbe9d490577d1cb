// SPDX-License-Identifier: Apache-2.0
// The sources are copied into a folder of their own, ops/<family>/ beside mote's headers, so that
// they include both by the paths that mote's own operators use.
#include "engines/user_operators.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/host/digest.h"
#include "base/host/file.h"
#include "base/host/process.h"
#include "boards/toolchain.h"
#include "compiler/device_sources.h"
#include "engines/embedded.h"
#include "engines/host_compiler.h"
#include "ops/book.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

constexpr const char* kList = "user_operators.inc";
constexpr const char* kEntry = "user_operators.cc";

/// What mote calls in the shared object.
constexpr const char* kEntryText = R"(
#include "ir/record.h"
namespace mote {
#define MOTE_OPERATOR(name) const OperatorRecord& name##_record();
#include "user_operators.inc"
#undef MOTE_OPERATOR
}
extern "C" void mote_user_operators(mote::OperatorBook* book) {
#define MOTE_OPERATOR(name) book->push_back(&mote::name##_record());
#include "user_operators.inc"
#undef MOTE_OPERATOR
}
)";

bool ends_with_any(const std::string& path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_compiled(const std::string& path) {
  return ends_with_any(path, {".cc"});
}

/// The user's own files: by the path at which they include each other, and where they are.
struct UserSources {
  fs::path folder;
  std::string list;
  SourceTexts files;  // ops/<family>/…

  /// The device half, which goes into firmware and generated C++.
  SourceTexts device() const {
    SourceTexts device;
    for (const auto& [path, text] : files) {
      if (!ends_with_any(path, {".op.cc", ".op.h"})) device[path] = text;
    }
    return device;
  }
};

Result<void> read_family(const fs::path& family, UserSources* sources) {
  std::string name = family.filename().string();
  for (const auto& [path, text] : embedded_device_sources()) {
    if (path.starts_with("ops/" + name + "/")) {
      return fail("{}: mote has a family of operators of that name; rename the folder",
                  family.string());
    }
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(family, error)) {
    std::string file = entry.path().filename().string();
    if (!ends_with_any(file, {".h", ".cc"}) || ends_with_any(file, {"_test.cc", "_test.h"}))
      continue;
    MOTE_TRY(sources->files["ops/" + name + "/" + file], read_text(entry.path()));
  }
  if (error) return fail("{}: {}", family.string(), error.message());
  return {};
}

Result<UserSources> read_sources(const fs::path& folder) {
  UserSources sources;
  sources.folder = folder;
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return fail("{}: is no folder of operators", folder.string());
  Result<std::string> list = read_text(folder / "ops.inc");
  if (!list.ok()) {
    return fail("{}: it must list the operators, a line MOTE_OPERATOR(name) each",
                list.error().message);
  }
  sources.list = *list;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) MOTE_CHECK_OK(read_family(entry.path(), &sources));
  }
  if (error) return fail("{}: {}", folder.string(), error.message());
  bool any = std::any_of(sources.files.begin(), sources.files.end(),
                         [](const auto& file) { return file.first.ends_with(".op.cc"); });
  if (!any) return fail("{}: no folder in it has an .op.cc file", folder.string());
  return sources;
}

/// Device code may include device code, <stdint.h> and <stddef.h>: there is nothing else on a
/// device.
Result<void> check_includes(const UserSources& sources) {
  SourceTexts device = sources.device();
  for (const auto& [path, text] : device) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("#include")) continue;
      std::string file = line.substr(std::min(line.size(), line.find_first_of("\"<") + 1));
      file = file.substr(0, file.find_first_of("\">"));
      bool known = device.contains(file) || embedded_device_sources().contains(file) ||
                   file == "stdint.h" || file == "stddef.h";
      if (known) continue;
      return fail("{}: includes {}, which is no device code; see docs/custom_operators.md",
                  (sources.folder / path.substr(4)).string(), file);
    }
  }
  return {};
}

/// Firmware and generated C++ look for a kernel's files by the paths that its MOTE_KERNEL names.
Result<void> check_kernel_files(const UserSources& sources, const OperatorBook& records) {
  for (const OperatorRecord* record : records) {
    for (const KernelInfo* kernel : record->kernels) {
      for (std::string_view file : {kernel->header, kernel->source}) {
        std::string path(file);
        if (sources.files.contains(path) || embedded_device_sources().contains(path)) continue;
        return fail("{}: {}'s kernel {} says it is in {}, which isn't there",
                    sources.folder.string(), record->name, kernel->name, path);
      }
    }
  }
  return {};
}

/// Everything that the compiler may read.
SourceTexts staged_files(const UserSources& sources) {
  SourceTexts files = host_headers();
  files.insert(embedded_device_sources().begin(), embedded_device_sources().end());
  std::erase_if(files, [](const auto& file) { return is_compiled(file.first); });
  files.insert(sources.files.begin(), sources.files.end());
  files[kList] = sources.list;
  files[kEntry] = kEntryText;
  return files;
}

/// The compiler's first error, with paths as the user knows them.
std::string first_error(const std::string& output, const fs::path& staged,
                        const UserSources& sources) {
  std::istringstream lines(output);
  std::string first, line;
  while (std::getline(lines, line)) {
    if (first.empty() || line.find("error:") != std::string::npos) first = line;
    if (line.find("error:") != std::string::npos) break;
  }
  auto replace = [&](const std::string& from, const std::string& to) {
    for (size_t at; (at = first.find(from)) != std::string::npos;)
      first.replace(at, from.size(), to);
  };
  replace((staged / kList).string(), (sources.folder / "ops.inc").string());
  for (const auto& [path, text] : sources.files) {
    replace((staged / path).string(), (sources.folder / path.substr(4)).string());
  }
  replace(staged.string() + "/", "");
  return first;
}

Result<void> compile(const UserSources& sources, const SourceTexts& files,
                     std::vector<std::string> command, const fs::path& object) {
  MOTE_TRY(TempFolder staged, TempFolder::make());
  for (const auto& [path, text] : files) {
    MOTE_CHECK_OK(make_folder((staged.path() / path).parent_path()));
    MOTE_CHECK_OK(write_text(staged.path() / path, text));
  }
  fs::path partial = object.parent_path() / fmt::format("{}.partial.so", getpid());
  // Symbolic: what the sources define is theirs, even if mote has something of that name.
  for (const std::string& flag :
       {std::string("-std=c++20"), std::string("-O1"), std::string("-fPIC"), std::string("-shared"),
        std::string("-ffp-contract=off"), std::string("-Wl,-Bsymbolic"),
        "-I" + staged.path().string(), std::string("-o"), partial.string()}) {
    command.push_back(flag);
  }
  for (const auto& [path, text] : files) {
    if (is_compiled(path)) command.push_back((staged.path() / path).string());
  }
  MOTE_TRY(ProcessOutcome outcome, run_process(command, 600));
  if (outcome.exit_code != 0) {
    return fail("{}: doesn't compile with {}: {}", sources.folder.string(), command[0],
                first_error(outcome.output, staged.path(), sources));
  }
  std::error_code error;
  fs::rename(partial, object, error);
  if (error) return fail("{}: can't be written: {}", object.string(), error.message());
  return {};
}

/// The shared object, compiled now or before.
Result<fs::path> shared_object(const UserSources& sources) {
  MOTE_TRY(std::vector<std::string> command, host_compiler());
  MOTE_TRY(fs::path compiler, find_program(command[0], "g++"));
  MOTE_TRY(std::string version, program_version(compiler));
  SourceTexts files = staged_files(sources);
  Digest digest;
  digest.add(version);
  for (const std::string& word : command) digest.add(word);
  for (const auto& [path, text] : files) digest.add(path).add(text);
  MOTE_TRY(fs::path cache, cache_folder());
  fs::path object = cache / fmt::format("ops-{}.so", digest.hex());
  std::error_code ignored;
  if (!fs::exists(object, ignored)) {
    MOTE_CHECK_OK(compile(sources, files, std::move(command), object));
  }
  return object;
}

/// "… undefined symbol: _ZN4mote3…" with the name as it stands in the source.
std::string readable(std::string message) {
  size_t at = message.find("_Z");
  if (at == std::string::npos) return message;
  size_t end = message.find_first_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.", at);
  int status = 0;
  char* name = abi::__cxa_demangle(message.substr(at, end - at).c_str(), nullptr, nullptr, &status);
  if (name) message = message.substr(0, at) + name;
  free(name);
  return message;
}

}  // namespace

Result<void> load_user_operators(const fs::path& folder) {
  MOTE_TRY(UserSources sources, read_sources(folder));
  MOTE_CHECK_OK(check_includes(sources));
  MOTE_TRY(fs::path object, shared_object(sources));
  void* library = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays: records point into it
  if (!library) return fail("{}: doesn't link: {}", folder.string(), readable(dlerror()));
  auto list = reinterpret_cast<void (*)(OperatorBook*)>(dlsym(library, "mote_user_operators"));
  if (!list) return fail("{}: {}", object.string(), dlerror());
  OperatorBook records;
  list(&records);
  if (records.empty()) return fail("{}: lists no operator", (folder / "ops.inc").string());
  MOTE_CHECK_OK(check_kernel_files(sources, records));
  Result<void> added = add_operators(records);
  if (!added.ok()) return fail("{}: {}", folder.string(), added.error().message);
  add_device_sources(sources.device());
  return {};
}

}  // namespace mote
