// SPDX-License-Identifier: Apache-2.0
#include "cli/target_size.h"

#include "boards/target.h"
#include "boards/toolchain.h"
#include "cli/table.h"
#include "compiler/cpp_writer.h"

namespace mote {

Result<std::string> target_size_text(const Plan& plan, const std::string& name,
                                     const std::string& target) {
  MOTE_TRY(BoardTarget board, find_target(target));
  CppFiles files = write_cpp(plan, name, plan.graph.name);
  BuildOptions options;
  options.files = {{name + ".h", files.header}, {name + ".cc", files.source}};
  options.optimization = "-Os";
  MOTE_TRY(ElfSizes sizes, compiled_sizes(*board.machine, options, name + ".cc"));
  return fmt::format("on {} at -Os: {} bytes of code, {} of constants, {} of variables\n", target,
                     grouped(static_cast<int64_t>(sizes.text)),
                     grouped(static_cast<int64_t>(sizes.rodata)),
                     grouped(static_cast<int64_t>(sizes.data + sizes.bss)));
}

}  // namespace mote
