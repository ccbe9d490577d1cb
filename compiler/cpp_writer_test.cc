// SPDX-License-Identifier: Apache-2.0
// Generated C++: what the header declares, and that both files compile without a warning whatever
// the model's names are. That they give the right bits is tested in engines/.
#include "compiler/cpp_writer.h"

#include <gtest/gtest.h>

#include "base/host/process.h"
#include "compiler/device_sources.h"
#include "compiler/pipeline.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

Plan plan_of(const std::string& lines) {
  Result<Graph> graph = parse("graph \"g\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  Result<Plan> plan = compile(*graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return *plan;
}

/// A model with two inputs of different types, two outputs, constants of two kinds.
Plan test_plan(const std::string& name = "x") {
  return plan_of("input %0 \"" + name + "\" int8[1,4] q(0.5:-3)\ninput %1 \"f\" float32[2]\n" +
                 R"(const %2 "w" float32[2] = 0x0000c07f000080ff
                    %3 "y" int8[1,4] q(0.0078125:0) = TANH(%0)
                    %4 "z" float32[2] = MUL(%1, %2)
                    output %3
                    output %4)");
}

/// What the compiler says of the files; empty if it says nothing. `file` is the one to compile.
std::string complaints(const std::vector<std::string>& compiler, const std::string& file,
                       const std::vector<std::pair<std::string, std::string>>& files) {
  Result<TempFolder> folder = TempFolder::make();
  EXPECT_TRUE(folder.ok());
  for (const auto& [name, text] : files) {
    EXPECT_TRUE(write_text(folder->path() / name, text).ok()) << name;
  }
  std::vector<std::string> arguments = compiler;
  for (const char* flag : {"-Wall", "-Wextra", "-Werror", "-c", "-o", "/dev/null"}) {
    arguments.push_back(flag);
  }
  arguments.push_back((folder->path() / file).string());
  Result<ProcessOutcome> outcome = run_process(arguments, 120);
  if (!outcome.ok()) return outcome.error().message;
  return outcome->exit_code == 0 ? outcome->output : outcome->output + " failed";
}

const std::vector<std::string> kCpp = {"g++", "-std=c++17"};
const std::vector<std::string> kC = {"gcc", "-std=c99"};

std::string source_complaints(const Plan& plan, const std::string& name,
                              const std::string& origin = "model.tflite") {
  CppFiles files = write_cpp(plan, name, origin);
  return complaints(kCpp, name + ".cc",
                    {{name + ".h", files.header}, {name + ".cc", files.source}});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Identifier, ReplacesWhatCNamesCantHold) {
  EXPECT_EQ(identifier("kws01_int8"), "kws01_int8");
  EXPECT_EQ(identifier("my-model v2"), "my_model_v2");
  EXPECT_EQ(identifier("ü"), "__");
  EXPECT_EQ(identifier("2nd"), "model_2nd");
  EXPECT_EQ(identifier(""), "model_");
}

TEST(Identifier, IsNeverAKeyword) {
  for (const char* word : {"int", "switch", "namespace", "restrict", "and", "nullptr"}) {
    EXPECT_EQ(identifier(word), std::string("model_") + word);
    EXPECT_FALSE(is_identifier(word)) << word;
  }
  EXPECT_EQ(identifier("Int"), "Int");
}

TEST(Identifier, GivesWhatIsIdentifierAccepts) {
  for (const char* text : {"", "a", "9", "int", "a b", "_"}) {
    EXPECT_TRUE(is_identifier(identifier(text))) << text;
  }
  EXPECT_FALSE(is_identifier(""));
  EXPECT_FALSE(is_identifier("a-b"));
  EXPECT_FALSE(is_identifier("1a"));
}

TEST(CppHeader, DeclaresArenaInputsAndOutputs) {
  Plan plan = test_plan();
  std::string header = write_cpp(plan, "tiny", "model.tflite").header;
  for (const std::string& part : {
           fmt::format("#define TINY_ARENA_BYTES {}u\n", plan.arena_bytes),
           std::string("#define TINY_ARENA_ALIGNMENT 16u\n"),
           std::string("#define TINY_STEPS 2u\n"),
           std::string("#define TINY_INPUT_0_BYTES 4u\n"),
           std::string("#define TINY_INPUT_0_ELEMENTS 4u\n"),
           std::string("#define TINY_INPUT_1_BYTES 8u\n"),
           std::string("#define TINY_INPUT_1_ELEMENTS 2u\n"),
           std::string("static inline int8_t* tiny_input_0(void* arena) {"),
           std::string("static inline float* tiny_input_1(void* arena) {"),
           std::string("static inline const int8_t* tiny_output_0(void* arena) {"),
           std::string("static inline const float* tiny_output_1(void* arena) {"),
           std::string("/* 'x' int8[1,4], real = 0.5 * (q - -3) */"),
           std::string("int tiny_run(void* arena);"),
           std::string("uint32_t tiny_step(void* arena, uint32_t step);"),
           std::string("namespace tiny {"),
           std::string("class Session {"),
           std::string("written by mote from model.tflite."),
       }) {
    EXPECT_TRUE(contains(header, part)) << part << "\n" << header;
  }
}

TEST(CppHeader, IsC) {
  CppFiles files = write_cpp(test_plan(), "tiny", "model.tflite");
  std::string user =
      "#include \"tiny.h\"\n"
      "int use(void* arena) {\n  tiny_input_0(arena)[0] = 1;\n  tiny_run(arena);\n"
      "  return tiny_output_0(arena)[0];\n}\n";
  EXPECT_EQ(complaints(kC, "user.c", {{"tiny.h", files.header}, {"user.c", user}}), "");
}

TEST(CppHeader, OffersASession) {
  CppFiles files = write_cpp(test_plan(), "tiny", "model.tflite");
  std::string user =
      "#include \"tiny.h\"\n"
      "alignas(TINY_ARENA_ALIGNMENT) static uint8_t arena[tiny::kArenaBytes];\n"
      "float use() {\n  tiny::Session session(arena);\n  session.input_1()[0] = 1;\n"
      "  session.run();\n  do session.step(); while (!session.finished());\n"
      "  return session.output_1()[0];\n}\n";
  EXPECT_EQ(complaints(kCpp, "user.cc", {{"tiny.h", files.header}, {"user.cc", user}}), "");
}

TEST(CppSource, CompilesWithoutWarnings) {
  EXPECT_EQ(source_complaints(test_plan(), "tiny"), "");
}

TEST(CppSource, CompilesUnderAwkwardNames) {
  for (const char* name : {"arena", "In", "Session", "kernels_"}) {
    EXPECT_EQ(source_complaints(test_plan(), name), "") << name;
  }
}

TEST(CppSource, NoNameEndsAComment) {
  for (const char* name : {"*/ #error", "/* nested", "\\x0a#error", "back\\\\", "**//"}) {
    EXPECT_EQ(source_complaints(test_plan(name), "tiny"), "") << name;
  }
  EXPECT_EQ(source_complaints(test_plan(), "tiny", "a folder\n#error \\"), "");
}

TEST(CppSource, ModelsWithoutSteps) {
  EXPECT_EQ(source_complaints(plan_of("input %0 \"x\" int8[4]\noutput %0"), "nothing"), "");
}

TEST(CppSource, SpellsEveryTypeOfConstant) {
  std::string lines = "input %0 \"x\" int8[1]\n", outputs = "output %0\n";
  int id = 1;
  for (const char* type : {"float32", "float16", "int8", "uint8", "int16", "int32", "int64", "bool",
                           "uint16", "uint32", "uint64", "float64"}) {
    // The smallest integer, minus zero: whatever has the top bit set.
    Result<Graph> probe =
        parse(fmt::format("graph \"p\" {{ input %0 \"x\" {}[1] }}", type), operator_book());
    Bytes bytes(probe->tensor(0).bytes());
    bytes.back() = std::string_view(type) == "bool" ? 1 : 0x80;
    lines += fmt::format("const %{} \"c\" {}[1] = {}\ninput %{} \"i\" {}[1]\n", id, type,
                         hex(bytes), id + 1, type);
    lines += fmt::format("%{} \"o\" {}[2] = CONCATENATION(%{}, %{}) {{axis=0}}\n", id + 2, type, id,
                         id + 1);
    outputs += fmt::format("output %{}\n", id + 2);
    id += 3;
  }
  EXPECT_EQ(source_complaints(plan_of(lines + outputs), "types"), "");
}

// Every kernel may meet every other one in a generated source.
TEST(Amalgamation, AllKernelsFitIntoOneTranslationUnit) {
  std::vector<std::string_view> files;
  for (const KernelInfo* kernel : kernel_book()) files.push_back(kernel->source);
  Amalgamated kernels = amalgamate(files);
  EXPECT_EQ(complaints(kCpp, "all.cc", {{"all.cc", kernels.includes + kernels.body}}), "");
}

TEST(Amalgamation, CarriesEachFileOnceAndNoOwnIncludes) {
  std::string text =
      amalgamate({"ops/softmax/reference.cc", "ops/unary/reference.cc", "ops/softmax/reference.cc"})
          .body;
  size_t first = text.find("// ---- base/math.h");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("// ---- base/math.h", first + 1), std::string::npos);
  EXPECT_LT(first, text.find("// ---- ops/softmax/reference.cc")) << "what is included comes first";
  EXPECT_FALSE(contains(text, "#include \""));
  EXPECT_FALSE(contains(text, "SPDX"));
  EXPECT_FALSE(contains(text, "_H_"));
}

TEST(Registration, NamesEachKernelAndEachHeaderOnce) {
  Plan plan = test_plan();
  std::string text = write_registration(plan.kernels());
  for (const KernelInfo* kernel : plan.kernels()) {
    EXPECT_TRUE(contains(text, fmt::format("    make_kernel<&{}, &{}>(0x{:08x}u),\n", kernel->name,
                                           kernel->check_name, kernel->id())))
        << text;
    std::string include = fmt::format("#include \"{}\"\n", kernel->header);
    size_t first = text.find(include);
    EXPECT_NE(first, std::string::npos);
    EXPECT_EQ(text.find(include, first + 1), std::string::npos) << include;
  }
}

}  // namespace
}  // namespace mote
