// SPDX-License-Identifier: Apache-2.0
#include "engines/host_compiler.h"

#include <cstdlib>
#include <sstream>

#include "base/host/process.h"

namespace mote {

Result<std::vector<std::string>> host_compiler() {
  const char* configured = getenv("CXX");
  std::istringstream words(configured ? configured : "");
  std::vector<std::string> command;
  for (std::string word; words >> word;) command.push_back(word);
  if (command.empty()) command = {"g++"};
  MOTE_CHECK_OK(find_program(command[0], "g++"));
  return command;
}

}  // namespace mote
