// SPDX-License-Identifier: Apache-2.0
// The table of verbs. A verb lives in a file of its own (cli/<verb>.cc) and is one row in verbs.cc.
#ifndef MOTE_CLI_VERBS_H_
#define MOTE_CLI_VERBS_H_

#include <functional>
#include <span>
#include <string>

#include "base/host/result.h"

namespace CLI {
class App;
}

namespace mote {

/// Exit codes of the program, documented in docs/cli.md.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,   // a model, an input, a board or a tool; one line on standard error says which
  kUsage = 2,     // the command line isn't understood
  kMismatch = 3,  // mote verify: two ways of running differ
};

/// What a verb does once its options are parsed: an exit code, or an Error for kFailure.
using VerbAction = std::function<Result<ExitCode>()>;

struct Verb {
  const char* name;
  const char* what;     // one line
  const char* example;  // a command line that works, shown by --help
  /// Adds options to the verb's own command and returns what to do; the options' variables live in
  /// the returned function.
  VerbAction (*setup)(CLI::App& command);
  bool reads_models = false;  // has --ops, the user's operators
};

std::span<const Verb> verbs();

/// The program: parses, runs the verb, prints the error. Returns the exit code.
int run_program(int argc, char** argv);

/// Adds every verb to the program's command line.
struct ParsedVerb {
  CLI::App* command;
  VerbAction action;
};
std::vector<ParsedVerb> add_verbs(CLI::App& program);

}  // namespace mote

#endif  // MOTE_CLI_VERBS_H_
