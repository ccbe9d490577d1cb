// SPDX-License-Identifier: Apache-2.0
// The data that lies beside the project and not in it: real models, data sets, golden outputs.
// Tests that want it skip, saying so, where it isn't.
#ifndef MOTE_TESTS_SHARED_DATA_H_
#define MOTE_TESTS_SHARED_DATA_H_

#include <cstdlib>
#include <filesystem>

namespace mote {

/// $MOTE_SHARED_DATA, or ../shared/data beside the repository, where tests run.
inline std::filesystem::path shared_data() {
  const char* configured = std::getenv("MOTE_SHARED_DATA");
  return configured && *configured ? configured : "../shared/data";
}

/// GTEST_SKIP() with a sentence if `path` (below the shared data) isn't there.
#define MOTE_NEEDS_SHARED_DATA(path)                                             \
  if (!std::filesystem::exists(::mote::shared_data() / (path))) {                \
    GTEST_SKIP() << (::mote::shared_data() / (path)).string() << " isn't there"; \
  }

}  // namespace mote

#endif  // MOTE_TESTS_SHARED_DATA_H_
