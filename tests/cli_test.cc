// SPDX-License-Identifier: Apache-2.0
// The program as its user meets it: command lines in, text, files and exit codes out. Every way to
// go wrong gives one line on standard error that says what, and leaves no file behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "base/host/process.h"
#include "cli/verbs.h"
#include "ops/book.h"

namespace mote {
namespace {

using Json = nlohmann::json;

class Cli : public testing::Test {
 protected:
  Cli() : folder_(*TempFolder::make()) {}

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  /// Runs mote with these arguments.
  ProcessOutcome mote(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MOTE_PROGRAM);
    Result<ProcessOutcome> outcome = run_process(arguments, 120);
    EXPECT_TRUE(outcome.ok());
    return *outcome;
  }

  Json mote_json(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    ProcessOutcome outcome = mote(arguments);
    EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
    return Json::parse(outcome.output, nullptr, false);
  }

  /// The run fails with kFailure, one line, and `text` in it.
  void expect_refusal(std::vector<std::string> arguments, const std::string& text) {
    ProcessOutcome outcome = mote(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
    EXPECT_EQ(outcome.output.rfind("mote: error: ", 0), 0u) << outcome.output;
    EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
    EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
  }

  std::string write(const std::string& name, const Bytes& bytes) {
    EXPECT_TRUE(write_file(folder_.path() / name, bytes).ok());
    return path(name);
  }
  std::string write(const std::string& name, const std::string& text) {
    return write(name, Bytes(text.begin(), text.end()));
  }

  /// A model of one operator in text form: y = x + x over four numbers.
  std::string doubling_model() {
    return write("double.graph",
                 "graph \"double\" {\n  input %0 \"x\" float32[4]\n"
                 "  %1 \"y\" float32[4] = ADD(%0, %0)\n  output %1\n}\n");
  }

  /// A model that passes an NHWC picture through.
  std::string picture_model(const std::string& type) {
    return write("picture.graph", "graph \"p\" {\n  input %0 \"x\" " + type + "\n  %1 \"y\" " +
                                      type +
                                      " = MAX_POOL_2D(%0) {filter_height=1, "
                                      "filter_width=1}\n  output %1\n}\n");
  }

  TempFolder folder_;
};

template <typename T>
Bytes bytes_of_values(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

const char* kWhistle = "examples/tones/whistle.wav";
const char* kLabels = "examples/tones/labels.txt";

TEST_F(Cli, HelpShowsAnExampleForEachVerb) {
  EXPECT_EQ(mote({"--help"}).exit_code, kSuccess);
  for (const Verb& verb : verbs()) {
    ProcessOutcome help = mote({verb.name, "--help"});
    EXPECT_EQ(help.exit_code, kSuccess);
    EXPECT_NE(help.output.find(std::string("Example:\n  ") + verb.example), std::string::npos)
        << help.output;
  }
}

TEST_F(Cli, WrongUsageHasItsOwnExitCode) {
  EXPECT_EQ(mote({}).exit_code, kUsage);
  ProcessOutcome unknown = mote({"frobnicate"});
  EXPECT_EQ(unknown.exit_code, kUsage);
  EXPECT_NE(unknown.output.find("frobnicate: no such verb; there are: inspect"), std::string::npos);
  EXPECT_EQ(mote({"inspect"}).exit_code, kUsage);
  EXPECT_EQ(mote({"inspect", MOTE_EXAMPLE, "--no-such-option"}).exit_code, kUsage);
}

TEST_F(Cli, InspectTellsTheFactsAsJson) {
  Json json = mote_json({"inspect", MOTE_EXAMPLE});
  EXPECT_EQ(json["schema"], "mote.inspect/1");
  EXPECT_EQ(json["macs"], 62504);
  EXPECT_EQ(json["weight_bytes"], 580);
  EXPECT_EQ(json["arena_bytes"], 2976);
  EXPECT_EQ(json["arena_lower_bound_bytes"], 2976);
  ASSERT_EQ(json["operators"].size(), 5u);
  EXPECT_EQ(json["operators"][0]["name"], "CONV_2D");
  EXPECT_EQ(json["inputs"][0]["shape"], Json({1, 2000, 1, 1}));
}

TEST_F(Cli, OpsListsEveryRecord) {
  Json json = mote_json({"ops"});
  EXPECT_EQ(json["schema"], "mote.ops/1");
  EXPECT_EQ(json["operators"].size(), operator_book().size());
  ProcessOutcome table = mote({"ops"});
  ProcessOutcome markdown = mote({"ops", "--markdown"});
  for (const OperatorRecord* record : operator_book()) {
    EXPECT_NE(table.output.find(record->name), std::string::npos) << record->name;
    EXPECT_NE(markdown.output.find(fmt::format("| {} |", record->name)), std::string::npos);
  }
}

TEST_F(Cli, InspectDrawsThePlan) {
  ProcessOutcome outcome =
      mote({"inspect", MOTE_EXAMPLE, "--plan", "--graph", "--plan-svg", path("plan.svg")});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("graph \"tones\" {"), std::string::npos);
  EXPECT_EQ(read_text(path("plan.svg"))->rfind("<svg", 0), 0u);
}

TEST_F(Cli, RunHearsTheWhistle) {
  ProcessOutcome outcome =
      mote({"run", MOTE_EXAMPLE, "--input", kWhistle, "--labels", kLabels, "--top", "1"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("whistle.wav  880 Hz"), std::string::npos) << outcome.output;
}

TEST_F(Cli, RunWritesRawOutputsNamedAfterTheInputs) {
  std::string one = write("one.bin", bytes_of_values<float>({1, 2, 3, 4}));
  std::string two = write("two.bin", bytes_of_values<float>({5, 6, 7, 8}));
  ProcessOutcome outcome =
      mote({"run", doubling_model(), "--input", one, two, "--output-dir", path("out")});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_EQ(*read_file(path("out/one.bin")), bytes_of_values<float>({2, 4, 6, 8}));
  EXPECT_EQ(*read_file(path("out/two.bin")), bytes_of_values<float>({10, 12, 14, 16}));
}

TEST_F(Cli, RunGivesTheSameWithManyJobs) {
  std::vector<std::string> arguments = {"run", doubling_model(), "--input"};
  for (int i = 0; i < 40; ++i) {
    float value = static_cast<float>(i);
    arguments.push_back(write(fmt::format("{}.bin", i), bytes_of_values<float>({value, 2, 3, 4})));
  }
  for (std::string engine : {"image", "interpreter"}) {
    std::vector<std::string> with_engine = arguments;
    with_engine.insert(with_engine.end(), {"--engine", engine, "--jobs"});
    Json jobs[2];
    for (int i = 0; i < 2; ++i) {
      std::vector<std::string> run = with_engine;
      run.push_back(i == 0 ? "1" : "3");
      jobs[i] = mote_json(run);
      EXPECT_EQ(jobs[i]["jobs"], i == 0 ? 1 : 3);
    }
    EXPECT_EQ(jobs[0]["samples"], jobs[1]["samples"]);
    EXPECT_EQ(jobs[1]["samples"][39]["outputs"][0]["values"], Json({78.0, 4.0, 6.0, 8.0}));
  }
}

TEST_F(Cli, RunGivesAModelWithVariablesItsInputsInOrder) {
  std::string model = write("sum.graph",
                            "graph \"sum\" {\n  input %0 \"x\" float32[1]\n"
                            "  variable %1 \"sum\" float32[1]\n"
                            "  %2 \"before\" float32[1] = READ_VARIABLE(%1)\n"
                            "  %3 \"after\" float32[1] = ADD(%2, %0)\n"
                            "  ASSIGN_VARIABLE(%1, %3)\n  output %3\n}\n");
  std::vector<std::string> arguments = {"run", model, "--jobs", "4", "--input"};
  for (int i = 1; i <= 20; ++i) {
    arguments.push_back(
        write(fmt::format("{}.bin", i), bytes_of_values<float>({static_cast<float>(i)})));
  }
  for (std::string engine : {"image", "interpreter"}) {
    std::vector<std::string> run = arguments;
    run.insert(run.end(), {"--engine", engine});
    Json json = mote_json(run);
    EXPECT_EQ(json["jobs"], 1);
    EXPECT_EQ(json["samples"][19]["outputs"][0]["values"], Json({210.0}));
  }
}

TEST_F(Cli, RunReadsNpy) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }";
  header.resize(117, ' ');
  std::string npy =
      std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(118) + '\0' + header + "\n";
  Bytes data = bytes_of_values<float>({1, 1, 2, 2});
  npy.append(data.begin(), data.end());
  std::string file = write("x.npy", npy);
  Json json = mote_json({"run", doubling_model(), "--input", file});
  EXPECT_EQ(json["samples"][0]["outputs"][0]["values"], Json({2.0, 2.0, 4.0, 4.0}));
  expect_refusal({"run", doubling_model(), "--input", write("cut.npy", npy.substr(0, 100))},
                 "cut off");
}

/// A BMP picture of 2 by 1 pixels: black and white, 24 bit.
std::string small_bmp() {
  std::string bmp = "BM";
  auto u32 = [&](uint32_t v) { bmp.append(reinterpret_cast<const char*>(&v), 4); };
  u32(62), u32(0), u32(54), u32(40), u32(2), u32(1), u32(1 | 24u << 16);
  u32(0), u32(8), u32(0), u32(0), u32(0), u32(0);
  return bmp + std::string("\0\0\0\xff\xff\xff\0\0", 8);
}

TEST_F(Cli, RunReadsPicturesAsTheInputsTypeSays) {
  std::string bmp = write("x.bmp", small_bmp());
  Json real = mote_json({"run", picture_model("float32[1,1,2,1]"), "--input", bmp});
  EXPECT_EQ(real["samples"][0]["outputs"][0]["values"], Json({0.0, 1.0}));
  Json wide =
      mote_json({"run", picture_model("float32[1,1,2,1]"), "--input", bmp, "--pixels", "0", "255"});
  EXPECT_EQ(wide["samples"][0]["outputs"][0]["values"], Json({0.0, 255.0}));
  Json integer = mote_json({"run", picture_model("int8[1,1,2,1] q(1:-128)"), "--input", bmp});
  EXPECT_EQ(integer["samples"][0]["outputs"][0]["values"], Json({0.0, 255.0}));
  expect_refusal({"run", picture_model("float32[1,3,2,1]"), "--input", bmp}, "2x1 pixels");
}

TEST_F(Cli, RunPrintsTheAccuracy) {
  std::string right = write("right.bin", bytes_of_values<float>({0, 9, 0, 0}));
  std::string wrong = write("wrong.bin", bytes_of_values<float>({9, 0, 0, 0}));
  std::string truth = write("truth.csv", "right.bin,4,1\nwrong.bin,4,2\n");
  Json json = mote_json({"run", doubling_model(), "--input", right, wrong, "--truth", truth});
  EXPECT_EQ(json["accuracy"]["correct"], 1);
  EXPECT_EQ(json["accuracy"]["total"], 2);
  expect_refusal({"run", doubling_model(), "--input", right, "--truth", write("t.csv", "x\n")},
                 "line 1");
}

TEST_F(Cli, RunOnTheBoardGivesTheHostsBytes) {
  if (!find_program("qemu-system-arm", "").ok()) GTEST_SKIP() << "qemu-system-arm isn't installed";
  mote({"run", MOTE_EXAMPLE, "--input", kWhistle, "--output-dir", path("host")});
  ASSERT_TRUE(std::filesystem::copy_file(kWhistle, path("again.wav")));
  Json json = mote_json({"run", MOTE_EXAMPLE, "--input", kWhistle, path("again.wav"),
                         "--output-dir", path("board"), "--board", "cortex-m4", "--jobs", "2"});
  EXPECT_GT(json["instructions_per_inference"], 62504);
  EXPECT_EQ(json["jobs"], 2);
  EXPECT_EQ(*read_file(path("host/whistle.bin")), *read_file(path("board/whistle.bin")));
  EXPECT_EQ(*read_file(path("host/whistle.bin")), *read_file(path("board/again.bin")));
}

TEST_F(Cli, BuildWritesAnImageThatRuns) {
  ProcessOutcome outcome = mote({"build", MOTE_EXAMPLE, "-o", path("out"), "--name", "tones"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_EQ(mote({"inspect", path("out/tones.mote")}).exit_code, kSuccess);
  outcome = mote({"run", path("out/tones.mote"), "--input", kWhistle, "--labels", kLabels});
  EXPECT_NE(outcome.output.find("880 Hz"), std::string::npos) << outcome.output;
}

TEST_F(Cli, BuildDumpsAfterPasses) {
  ProcessOutcome outcome = mote({"build", MOTE_EXAMPLE, "-o", path("out"), "--dump-after", "all"});
  EXPECT_EQ(outcome.exit_code, kSuccess);
  EXPECT_NE(outcome.output.find("// after fold_constants"), std::string::npos);
  expect_refusal({"build", MOTE_EXAMPLE, "--dump-after", "nonsense"}, "compact_tensors");
}

TEST_F(Cli, GeneratedCppServesAProgramInC) {
  ProcessOutcome outcome =
      mote({"build", doubling_model(), "--emit", "cpp", "-o", path("cpp"), "--name", "twice"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  write("cpp/main.c",
        "#include \"twice.h\"\n"
        "static _Alignas(16) unsigned char arena[TWICE_ARENA_BYTES];\n"
        "int main(void) {\n"
        "  for (int i = 0; i < 4; ++i) twice_input_0(arena)[i] = i;\n"
        "  twice_run(arena);\n"
        "  return twice_output_0(arena)[3] == 6 ? 0 : 1;\n}\n");
  std::string script = "cd " + path("cpp") +
                       " && cc -std=c11 -Wall -Wextra -Werror -c main.c -o main.o"
                       " && c++ -std=c++17 -Wall -Wextra -Werror -fno-exceptions -fno-rtti "
                       "twice.cc main.o -o main && ./main";
  Result<ProcessOutcome> built = run_process({"sh", "-c", script}, 60);
  ASSERT_TRUE(built.ok());
  EXPECT_EQ(built->exit_code, 0) << built->output;
}

TEST_F(Cli, VerifyComparesAllEngines) {
  if (!find_program("qemu-system-arm", "").ok()) GTEST_SKIP() << "qemu-system-arm isn't installed";
  Json json = mote_json({"verify", MOTE_EXAMPLE, "--input", kWhistle, "--random", "2"});
  EXPECT_EQ(json["samples"], 3);
  ASSERT_EQ(json["engines"].size(), 5u);
  EXPECT_EQ(json["engines"][1]["operators"], 5);
  for (const Json& engine : json["engines"]) {
    EXPECT_EQ(engine["agrees"], true);
    EXPECT_EQ(engine["identical"], true);
  }
}

TEST_F(Cli, CompletionKnowsVerbsAndOptions) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    std::string script = mote({"completion", shell}).output;
    EXPECT_NE(script.find("verify"), std::string::npos);
    EXPECT_NE(script.find("output-dir"), std::string::npos);
  }
  write("completion.bash", mote({"completion", "bash"}).output);
  std::string try_it = ". " + path("completion.bash") +
                       "; COMP_WORDS=(mote ins) COMP_CWORD=1; _mote; echo ${COMPREPLY[@]}";
  EXPECT_EQ(run_process({"bash", "-c", try_it})->output, "inspect\n");
}

TEST_F(Cli, RefusesFilesThatArentModels) {
  expect_refusal({"inspect", path("missing.tflite")}, "missing.tflite");
  expect_refusal({"inspect", folder_.path().string()}, "folder");
  expect_refusal({"inspect", write("empty.tflite", Bytes())}, "empty.tflite");
  expect_refusal({"inspect", write("noise.tflite", Bytes(100, 0x5a))}, "noise.tflite");
  expect_refusal({"inspect", write("bad.graph", "graph \"x\" {\n  nonsense\n}\n")}, "line 2");
  Bytes model = *read_file(MOTE_EXAMPLE);
  model.resize(model.size() / 2);
  expect_refusal({"inspect", write("half.tflite", model)}, "half.tflite");
}

TEST_F(Cli, RefusesDamagedImages) {
  mote({"build", MOTE_EXAMPLE, "-o", path("out"), "--name", "tones"});
  Bytes image = *read_file(path("out/tones.mote"));
  image[image.size() / 2] ^= 1;
  expect_refusal({"run", write("flipped.mote", image), "--input", kWhistle}, "CRC-32");
  image.resize(40);
  expect_refusal({"inspect", write("short.mote", image)}, "shorter");
  expect_refusal({"verify", path("out/tones.mote")}, "verify the .tflite");
  expect_refusal({"build", path("out/tones.mote")}, ".mote image");
}

TEST_F(Cli, RefusesInputsOfTheWrongSize) {
  expect_refusal({"run", doubling_model(), "--input", write("x.bin", Bytes(15))},
                 "holds 15 bytes, the model's input takes 16");
  expect_refusal({"run", doubling_model(), "--input", path("nowhere.bin")}, "no such file");
  expect_refusal({"run", doubling_model(), "--input", kWhistle}, "2000 samples");
  expect_refusal({"run", doubling_model(), "--input", write("x.png", Bytes(8))}, "picture");
  expect_refusal({"run", doubling_model(), "--input", write("x.wav", Bytes(8))}, "x.wav");
}

TEST_F(Cli, RefusesOutputsThatWouldMeet) {
  std::string a = write("a.bin", Bytes(16));
  EXPECT_TRUE(make_folder(folder_.path() / "sub").ok());
  std::string b = write("sub/a.bin", Bytes(16));
  expect_refusal({"run", doubling_model(), "--input", a, b, "--output-dir", path("out")},
                 "would both write a.bin");
  EXPECT_FALSE(std::filesystem::exists(path("out")));
}

TEST_F(Cli, RefusesUnwritableOutputs) {
  std::string file = write("file", Bytes(1));
  expect_refusal({"build", MOTE_EXAMPLE, "-o", file + "/sub"}, "can't make this folder");
  expect_refusal({"inspect", MOTE_EXAMPLE, "--plan-svg", "/proc/none/plan.svg"}, "/proc/none");
  expect_refusal({"run", MOTE_EXAMPLE, "--input", kWhistle, "--output-dir", "/proc/none"},
                 "/proc/none");
}

TEST_F(Cli, RefusesUnknownBoardsAndTargets) {
  expect_refusal({"run", MOTE_EXAMPLE, "--input", kWhistle, "--board", "z80"}, "cortex-m4");
  expect_refusal({"build", MOTE_EXAMPLE, "-o", path("out"), "--target", "z80"}, "cortex-m4");
  EXPECT_FALSE(std::filesystem::exists(path("out")));
}

/// Tools are looked up on PATH; without them the package to install is named.
TEST_F(Cli, NamesThePackageOfAMissingTool) {
  EXPECT_TRUE(make_folder(folder_.path() / "bin").ok());
  auto without_tools = [&](std::vector<std::string> arguments, const std::string& package) {
    std::vector<std::string> command = {"/usr/bin/env", "PATH=" + path("bin"), MOTE_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ProcessOutcome outcome = *run_process(command, 60);
    EXPECT_EQ(outcome.exit_code, kFailure);
    EXPECT_NE(outcome.output.find("apt-get install " + package), std::string::npos)
        << outcome.output;
  };
  without_tools({"run", MOTE_EXAMPLE, "--input", kWhistle, "--board", "cortex-m4"},
                "gcc-arm-none-eabi");
  without_tools({"verify", MOTE_EXAMPLE, "--engines", "cpp"}, "g++");
  without_tools({"build", MOTE_EXAMPLE, "-o", path("out"), "--target", "cortex-m4"},
                "gcc-arm-none-eabi");
  for (const char* tool : {"arm-none-eabi-g++", "env"}) {
    Result<std::filesystem::path> found = find_program(tool, "");
    if (!found.ok()) GTEST_SKIP() << tool << " isn't installed";
    std::filesystem::create_symlink(*found, folder_.path() / "bin" / tool);
  }
  without_tools({"run", MOTE_EXAMPLE, "--input", kWhistle, "--board", "cortex-m4"},
                "qemu-system-arm");
}

}  // namespace
}  // namespace mote
