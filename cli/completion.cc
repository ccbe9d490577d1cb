// SPDX-License-Identifier: Apache-2.0
// mote completion: a script that completes verbs and options, made from the command line's own
// description, so that it can't go stale.
#include <CLI/CLI.hpp>

#include "cli/verbs.h"

namespace mote {
namespace {

struct Completions {
  std::string verb, what;
  std::vector<std::string> options;
};

std::vector<Completions> collect() {
  CLI::App program;
  std::vector<Completions> all;
  for (const Verb& verb : verbs()) {
    CLI::App* command = program.add_subcommand(verb.name, verb.what);
    if (std::string_view(verb.name) != "completion") (void)verb.setup(*command);
    Completions completions{verb.name, verb.what, {}};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames())
        completions.options.push_back("--" + name);
    }
    all.push_back(std::move(completions));
  }
  return all;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::string bash_script(const std::vector<Completions>& all) {
  std::string verb_names, cases;
  for (const Completions& c : all) {
    verb_names += (verb_names.empty() ? "" : " ") + c.verb;
    cases += fmt::format("    {}) words='{}' ;;\n", c.verb, joined(c.options));
  }
  return fmt::format(
      "_mote() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=''\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$word\"))\n    return\n  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  case \"$word\" in\n"
      "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}}\n"
      "complete -o filenames -F _mote mote\n",
      verb_names, cases);
}

std::string zsh_script(const std::vector<Completions>& all) {
  return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(all);
}

std::string fish_script(const std::vector<Completions>& all) {
  std::string text;
  for (const Completions& c : all) {
    text +=
        fmt::format("complete -c mote -n __fish_use_subcommand -a {} -d '{}'\n", c.verb, c.what);
    for (const std::string& option : c.options) {
      text += fmt::format("complete -c mote -n '__fish_seen_subcommand_from {}' -l {}\n", c.verb,
                          option.substr(2));
    }
  }
  return text;
}

}  // namespace

VerbAction setup_completion(CLI::App& command) {
  auto shell = std::make_shared<std::string>();
  command.add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell]() -> Result<ExitCode> {
    std::vector<Completions> all = collect();
    std::string script = *shell == "bash"  ? bash_script(all)
                         : *shell == "zsh" ? zsh_script(all)
                                           : fish_script(all);
    fmt::print("{}", script);
    return kSuccess;
  };
}

}  // namespace mote
