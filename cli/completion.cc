// SPDX-License-Identifier: Apache-2.0
// mote completion: a script that completes verbs and options, made from the command line's own
// description, so that it can't go stale.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/verbs.h"

namespace mote {
namespace {

struct Completions {
  std::string verb, what;
  std::vector<std::string> below;    // commands of its own
  std::vector<std::string> options;  // of these too, with "--"
};

void add_words(const CLI::App& command, Completions* words) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      bool fresh = std::ranges::find(words->options, "--" + name) == words->options.end();
      if (fresh) words->options.push_back("--" + name);
    }
  }
  for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
    words->below.push_back(below->get_name());
    add_words(*below, words);
  }
}

std::vector<Completions> collect() {
  CLI::App program;
  std::vector<Completions> all;
  for (const Verb& verb : verbs()) {
    CLI::App* command = program.add_subcommand(verb.name, verb.what);
    if (std::string_view(verb.name) != "completion") (void)verb.setup(*command);
    Completions completions{verb.name, verb.what, {}, {}};
    add_words(*command, &completions);
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
    cases += fmt::format("    {}) words='{}' below='{}' ;;\n", c.verb, joined(c.options),
                         joined(c.below));
  }
  return fmt::format(
      "_mote() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words='' below=''\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$word\"))\n    return\n  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  case \"$word\" in\n"
      "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -W \"$below\" -- \"$word\") $(compgen -f -- \"$word\")) ;;\n  "
      "esac\n}}\n"
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
    for (const std::string& name : c.below) {
      text +=
          fmt::format("complete -c mote -n '__fish_seen_subcommand_from {}' -a {}\n", c.verb, name);
    }
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
