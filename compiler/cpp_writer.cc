// SPDX-License-Identifier: Apache-2.0
#include "compiler/cpp_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

#include "compiler/device_sources.h"
#include "ir/record.h"
#include "runtime/image.h"

namespace mote {
namespace {

/// The C type of a tensor's elements; packed and rare ones are bytes.
const char* c_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return "float";
    case DType::kInt8:
      return "int8_t";
    case DType::kInt16:
      return "int16_t";
    case DType::kInt32:
      return "int32_t";
    case DType::kInt64:
      return "int64_t";
    case DType::kUInt16:
      return "uint16_t";
    case DType::kUInt32:
      return "uint32_t";
    default:
      return "uint8_t";
  }
}

std::string float_literal(float value) {
  if (std::isnan(value)) return "__builtin_nanf(\"\")";
  if (std::isinf(value)) return value < 0 ? "-__builtin_inff()" : "__builtin_inff()";
  return fmt::format("{:a}f", value);
}

std::string int32_literal(int32_t value) {
  return value == INT32_MIN ? "(-2147483647 - 1)" : fmt::format("{}", value);
}

template <typename T>
T load(const Bytes& bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

std::string element_literal(DType dtype, const Bytes& data, size_t i) {
  switch (dtype) {
    case DType::kFloat32:
      return float_literal(load<float>(data, i));
    case DType::kInt8:
      return fmt::format("{}", load<int8_t>(data, i));
    case DType::kInt16:
      return fmt::format("{}", load<int16_t>(data, i));
    case DType::kInt32:
      return int32_literal(load<int32_t>(data, i));
    case DType::kInt64: {
      int64_t value = load<int64_t>(data, i);
      return value == INT64_MIN ? "INT64_MIN" : fmt::format("{}LL", value);
    }
    case DType::kUInt16:
      return fmt::format("{}", load<uint16_t>(data, i));
    case DType::kUInt32:
      return fmt::format("{}u", load<uint32_t>(data, i));
    default:
      return fmt::format("{}", data[i]);
  }
}

/// Elements without a C type of their own (int4, float16) are spelled byte by byte.
size_t element_bytes(DType dtype) {
  return std::strcmp(c_type(dtype), "uint8_t") == 0 ? 1 : bits_of(dtype) / 8;
}

std::string constant_text(const PlanConstant& constant, size_t number, bool in_ram) {
  size_t count = constant.data.size() / element_bytes(constant.dtype);
  std::string text = fmt::format("// {}\nalignas(16) {}{} kConstant{}[{}] = {{", constant.name,
                                 in_ram ? "" : "const ", c_type(constant.dtype), number, count);
  for (size_t i = 0; i < count; ++i) {
    text += i % 16 == 0 ? "\n    " : " ";
    text += element_literal(constant.dtype, constant.data, i) + ",";
  }
  return text + "\n};\n";
}

std::string params_text(const PlanStep& step, size_t number) {
  std::string text = fmt::format("const {} kParams{} = {{", step.kernel->params_name, number);
  const std::vector<ParamField>& fields = step.kernel->fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    text += i % 6 == 0 ? "\n    " : " ";
    text += fmt::format("/*{}*/ {},", fields[i].name,
                        fields[i].is_float ? float_literal(load<float>(step.params, i))
                                           : int32_literal(load<int32_t>(step.params, i)));
  }
  return text + "\n};\n";
}

/// The words of C and C++ that can't name a namespace or a function.
bool is_keyword(std::string_view text) {
  static const std::set<std::string_view> keywords = {"alignas",
                                                      "alignof",
                                                      "and",
                                                      "and_eq",
                                                      "asm",
                                                      "auto",
                                                      "bitand",
                                                      "bitor",
                                                      "bool",
                                                      "break",
                                                      "case",
                                                      "catch",
                                                      "char",
                                                      "char16_t",
                                                      "char32_t",
                                                      "char8_t",
                                                      "class",
                                                      "co_await",
                                                      "co_return",
                                                      "co_yield",
                                                      "compl",
                                                      "concept",
                                                      "const",
                                                      "const_cast",
                                                      "consteval",
                                                      "constexpr",
                                                      "constinit",
                                                      "continue",
                                                      "decltype",
                                                      "default",
                                                      "delete",
                                                      "do",
                                                      "double",
                                                      "dynamic_cast",
                                                      "else",
                                                      "enum",
                                                      "explicit",
                                                      "export",
                                                      "extern",
                                                      "false",
                                                      "float",
                                                      "for",
                                                      "friend",
                                                      "goto",
                                                      "if",
                                                      "inline",
                                                      "int",
                                                      "long",
                                                      "mutable",
                                                      "namespace",
                                                      "new",
                                                      "noexcept",
                                                      "not",
                                                      "not_eq",
                                                      "nullptr",
                                                      "operator",
                                                      "or",
                                                      "or_eq",
                                                      "private",
                                                      "protected",
                                                      "public",
                                                      "register",
                                                      "reinterpret_cast",
                                                      "requires",
                                                      "restrict",
                                                      "return",
                                                      "short",
                                                      "signed",
                                                      "sizeof",
                                                      "static",
                                                      "static_assert",
                                                      "static_cast",
                                                      "struct",
                                                      "switch",
                                                      "template",
                                                      "this",
                                                      "thread_local",
                                                      "throw",
                                                      "true",
                                                      "try",
                                                      "typedef",
                                                      "typeid",
                                                      "typename",
                                                      "union",
                                                      "unsigned",
                                                      "using",
                                                      "virtual",
                                                      "void",
                                                      "volatile",
                                                      "wchar_t",
                                                      "while",
                                                      "xor",
                                                      "xor_eq"};
  return keywords.count(text) != 0;
}

/// Whatever flags the file is compiled with: no fused multiply-add, or floats would differ from the
/// image's; no loops turned into calls of memset, which may not be there.
constexpr const char* kPragmas =
    "#if defined(__clang__)\n"
    "#pragma STDC FP_CONTRACT OFF\n"
    "#pragma clang diagnostic ignored \"-Wunused-function\"\n"
    "#elif defined(__GNUC__)\n"
    "#pragma GCC optimize(\"fp-contract=off\", \"no-tree-loop-distribute-patterns\")\n"
    "#pragma GCC diagnostic ignored \"-Wunused-function\"\n"
    "#endif\n\n";

class CppWriter {
 public:
  CppWriter(const Plan& plan, const std::string& name, const std::string& origin)
      : plan_(plan), name_(name), upper_(name), origin_(origin) {
    for (char& c : upper_) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
  }

  CppFiles write() const { return {header(), source()}; }

 private:
  std::string banner(const char* what) const {
    return fmt::format("// {}, written by mote from {}. Generated: edit the model instead.\n", what,
                       one_line(origin_));
  }

  /// A comment must not end early, whatever the model's names are.
  static std::string one_line(std::string text) {
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == '\\') c = ' ';
    }
    return text;
  }

  struct Operand {
    const char* kind;  // "input", "output"
    bool written;
    const std::vector<PlanTensor>* tensors;
  };
  std::vector<Operand> operands() const {
    return {{"input", true, &plan_.inputs}, {"output", false, &plan_.outputs}};
  }

  std::string tensor_comment(const Tensor& tensor) const {
    std::string text = type_text(tensor);
    if (tensor.quantization.quantized()) {
      text += fmt::format(", real = {} * (q - {})", tensor.quantization.scale(),
                          tensor.quantization.zero_point());
    }
    return one_line(fmt::format("'{}' {}", tensor.name, text));
  }

  std::string c_declarations() const {
    std::string text;
    for (const Operand& operand : operands()) {
      for (size_t i = 0; i < operand.tensors->size(); ++i) {
        const PlanTensor& place = (*operand.tensors)[i];
        const Tensor& tensor = plan_.graph.tensor(place.tensor);
        std::string macro =
            fmt::format("{}_{}_{}", upper_, operand.written ? "INPUT" : "OUTPUT", i);
        text += fmt::format("/* {} */\n", inside_comment(tensor_comment(tensor)));
        text += fmt::format("#define {}_BYTES {}u\n#define {}_ELEMENTS {}u\n", macro,
                            tensor.bytes(), macro, tensor.shape.elements());
        text += fmt::format("static inline {}{}* {}_{}_{}(void* arena) {{\n",
                            operand.written ? "" : "const ", c_type(tensor.dtype), name_,
                            operand.kind, i);
        text += fmt::format("  return ({}{}*)((char*)arena + {}u);\n}}\n",
                            operand.written ? "" : "const ", c_type(tensor.dtype), place.offset);
      }
    }
    return text;
  }

  /// Without what would end the comment, or begin one inside it.
  static std::string inside_comment(std::string text) {
    for (const char* mark : {"*/", "/*"}) {
      for (size_t at; (at = text.find(mark)) != std::string::npos;) text[at] = ' ';
    }
    return text;
  }

  std::string cpp_accessors() const {
    std::string text;
    for (const Operand& operand : operands()) {
      for (size_t i = 0; i < operand.tensors->size(); ++i) {
        const char* type = c_type(plan_.graph.tensor((*operand.tensors)[i].tensor).dtype);
        text += fmt::format("  {}{}* {}_{}() const {{ return {}_{}_{}(arena_); }}\n",
                            operand.written ? "" : "const ", type, operand.kind, i, name_,
                            operand.kind, i);
      }
    }
    return text;
  }

  std::string header() const {
    std::string text = "// SPDX-License-Identifier: Apache-2.0\n" + banner("The model's interface");
    text += fmt::format(
        "//\n// The caller owns the arena: {0}_ARENA_BYTES bytes at a multiple of {1}. Inputs and\n"
        "// outputs lie inside it; inputs are overwritten while the model runs, so write them "
        "before\n"
        "// each run. Several arenas may run at the same time. A model with state "
        "({0}_STATE_BYTES\n"
        "// isn't 0) wants a reset before its first run.\n"
        "#ifndef MOTE_GENERATED_{0}_H_\n#define MOTE_GENERATED_{0}_H_\n\n"
        "#include <stddef.h>\n#include <stdint.h>\n\n"
        "#define {0}_ARENA_BYTES {2}u\n#define {0}_ARENA_ALIGNMENT {1}u\n#define {0}_STEPS "
        "{3}u\n#define {0}_FIRST_STEP {4}u\n"
        "/* What the model remembers from one run to the next: the first bytes of the arena. */\n"
        "#define {0}_STATE_BYTES {5}u\n\n",
        upper_, kArenaAlignment, plan_.arena_bytes, plan_.steps.size(), plan_.init_steps,
        plan_.state_bytes);
    text += c_declarations();
    text += fmt::format(
        "\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n"
        "/* Gives the model's variables their initial values. 0, or 1 as below. */\n"
        "int {0}_reset(void* arena);\n"
        "/* Runs the whole model in the arena. 0; 1 if its loops took more turns than the model\n"
        "   allows: the outputs mean nothing then, and a reset is due. */\n"
        "int {0}_run(void* arena);\n"
        "/* Runs step `step` < {1}_STEPS only and returns the one to run next. A run goes from\n"
        "   {1}_FIRST_STEP until {1}_STEPS is next. */\n"
        "uint32_t {0}_step(void* arena, uint32_t step);\n\n"
        "#ifdef __cplusplus\n}}  // extern \"C\"\n\n"
        "namespace {0} {{\n\nconstexpr size_t kArenaBytes = {1}_ARENA_BYTES;\n\n"
        "/// The same in C++. REQUIRES: `arena` as above.\nclass Session {{\n public:\n"
        "  explicit Session(void* arena) : arena_(arena) {{}}\n",
        name_, upper_);
    text += cpp_accessors();
    text += fmt::format(
        "  /// Whether it worked: see {0}_reset(), {0}_run().\n"
        "  bool reset() {{\n    next_step_ = {1}_FIRST_STEP;\n    return {0}_reset(arena_) == 0;\n"
        "  }}\n"
        "  bool run() {{\n    next_step_ = {1}_STEPS;\n    return {0}_run(arena_) == 0;\n  }}\n"
        "  /// Runs the next step; after the last one, finished() is true and the next call starts "
        "over.\n"
        "  void step() {{\n    if (finished()) next_step_ = {1}_FIRST_STEP;\n"
        "    next_step_ = {0}_step(arena_, next_step_);\n  }}\n"
        "  bool finished() const {{ return next_step_ == {1}_STEPS; }}\n\n"
        " private:\n  void* arena_;\n  uint32_t next_step_ = {1}_FIRST_STEP;\n}};\n\n"
        "}}  // namespace {0}\n#endif  // __cplusplus\n\n#endif  // MOTE_GENERATED_{1}_H_\n",
        name_, upper_);
    return text;
  }

  std::string operand_text(const PlanOperand& operand, bool written) const {
    switch (operand.space) {
      case PlanOperand::kNothing:
        return "nullptr";
      case PlanOperand::kArena:
        return fmt::format("{}{{arena + {}}}", written ? "Out" : "In", operand.offset);
      case PlanOperand::kConstant:
        break;
    }
    size_t i = 0;
    while (i + 1 < plan_.constants.size() && plan_.constants[i + 1].offset <= operand.offset) ++i;
    uint32_t inside = operand.offset - plan_.constants[i].offset;
    if (inside == 0) return fmt::format("In{{kConstant{}}}", i);
    return fmt::format("In{{reinterpret_cast<const uint8_t*>(kConstant{}) + {}}}", i, inside);
  }

  static std::string jump_text(const PlanStep& step) {
    if (step.kind == PlanStep::kJump) return fmt::format("      return {};\n", step.target);
    return fmt::format("      if (arena[{}] == 0) return {};\n      break;\n",
                       step.operands[0].offset, step.target);
  }

  /// A function that runs steps [first, end) of the model's list, following jumps.
  std::string loop_text(const char* what, int first, int end) const {
    std::string text = fmt::format("extern \"C\" int {}_{}(void* arena) {{\n", name_, what);
    if (first == end) return text + "  (void)arena;\n  return 0;\n}\n";
    if (!plan_.has_jumps()) {
      return text + fmt::format(
                        "  for (uint32_t step = {}; step != {}; ++step) {{\n"
                        "    mote::run_step(static_cast<uint8_t*>(arena), step);\n"
                        "  }}\n  return 0;\n}}\n",
                        first, end);
    }
    return text + fmt::format(
                      "  uint32_t jumps = 0;\n  for (uint32_t step = {}; step != {};) {{\n"
                      "    uint32_t next = mote::run_step(static_cast<uint8_t*>(arena), step);\n"
                      "    if (next <= step && jumps++ == {}u) return 1;\n    step = next;\n"
                      "  }}\n  return 0;\n}}\n",
                      first, end, plan_.max_jumps);
  }

  std::string steps() const {
    std::string text;
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      const PlanStep& step = plan_.steps[s];
      const Node& node = plan_.graph.nodes[static_cast<size_t>(step.node)];
      text += fmt::format("    case {}:  // {}\n", s,
                          step.where.empty()
                              ? fmt::format("operator {} {}", step.node, node.record->name)
                              : one_line(step.where));
      if (step.kind != PlanStep::kKernel) {
        text += jump_text(step);
        continue;
      }
      text += fmt::format("      {}(kParams{}", step.kernel->name, s);
      for (size_t i = 0; i < step.operands.size(); ++i) {
        bool written = (step.kernel->kernel.written >> i & 1) != 0;
        text += ", " + operand_text(step.operands[i], written);
      }
      text += ");\n      break;\n";
    }
    return text;
  }

  std::string source() const {
    std::vector<std::string_view> files;
    for (const KernelInfo* kernel : plan_.kernels()) files.push_back(kernel->source);
    std::string text = "// SPDX-License-Identifier: Apache-2.0\n" + banner("The model");
    Amalgamated kernels = amalgamate(files);
    text += fmt::format("#include \"{}.h\"\n\n{}\n{}", name_, kernels.includes, kPragmas);
    // Everything is private to this file: two models in one program don't meet, and the compiler
    // drops what this one doesn't call.
    text += "namespace {\n" + kernels.body;
    text += "\n// ---- the model\nnamespace mote {\n\n";
    for (size_t i = 0; i < plan_.constants.size(); ++i) {
      PlanConstant named = plan_.constants[i];
      named.name = one_line(named.name);
      text += constant_text(named, i, plan_.weights_in_ram) + "\n";
    }
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      if (plan_.steps[i].kernel) text += params_text(plan_.steps[i], i) + "\n";
    }
    text +=
        "/// Addresses that become the typed pointer which a kernel takes.\n"
        "struct In {\n  const void* address;\n  template <typename T>\n"
        "  operator const T*() const {\n    return static_cast<const T*>(address);\n  }\n};\n"
        "struct Out {\n  void* address;\n  template <typename T>\n"
        "  operator T*() const {\n    return static_cast<T*>(address);\n  }\n};\n\n"
        "/// Returns the step to run next.\n"
        "uint32_t run_step(uint8_t* arena, uint32_t step) {\n  (void)arena;\n  switch (step) {\n";
    text += steps();
    text += fmt::format(
        "    default:\n      break;\n  }}\n  return step + 1;\n}}\n\n}}  // namespace mote\n"
        "}}  // namespace\n\n"
        "extern \"C\" uint32_t {0}_step(void* arena, uint32_t step) {{\n"
        "  return mote::run_step(static_cast<uint8_t*>(arena), step);\n}}\n\n",
        name_);
    text += loop_text("reset", 0, plan_.init_steps) + "\n";
    return text + loop_text("run", plan_.init_steps, static_cast<int>(plan_.steps.size()));
  }

  const Plan& plan_;
  std::string name_, upper_, origin_;
};

}  // namespace

bool is_identifier(const std::string& text) {
  return !text.empty() && identifier(text) == text;
}

std::string identifier(const std::string& text) {
  std::string result;
  for (char c : text) {
    bool plain = isalnum(static_cast<unsigned char>(c)) != 0 && static_cast<unsigned char>(c) < 128;
    result += plain || c == '_' ? c : '_';
  }
  bool digit_first = !result.empty() && isdigit(static_cast<unsigned char>(result[0])) != 0;
  if (result.empty() || digit_first || is_keyword(result)) result = "model_" + result;
  return result;
}

CppFiles write_cpp(const Plan& plan, const std::string& name, const std::string& origin) {
  return CppWriter(plan, name, origin).write();
}

std::string write_registration(const std::vector<const KernelInfo*>& kernels) {
  std::string text =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "// The kernels that this firmware links, written by mote. Generated.\n";
  std::vector<std::string_view> headers;
  for (const KernelInfo* kernel : kernels) {
    if (std::find(headers.begin(), headers.end(), kernel->header) == headers.end()) {
      headers.push_back(kernel->header);
    }
  }
  for (std::string_view header : headers) text += fmt::format("#include \"{}\"\n", header);
  text += "#include \"runtime/session.h\"\n\nnamespace mote {\n";
  if (kernels.empty()) {  // a model that only renames its input
    return text + "\nSpan<const Kernel> linked_kernels() { return {}; }\n\n}  // namespace mote\n";
  }
  text += "namespace {\n\nconstexpr Kernel kKernels[] = {\n";
  for (const KernelInfo* kernel : kernels) {
    text += fmt::format("    make_kernel<&{}, &{}>(0x{:08x}u),\n", kernel->name, kernel->check_name,
                        kernel->id());
  }
  text +=
      "};\n\n}  // namespace\n\nSpan<const Kernel> linked_kernels() { return kKernels; }\n\n"
      "}  // namespace mote\n";
  return text;
}

}  // namespace mote
