// SPDX-License-Identifier: Apache-2.0
#include "ir/text.h"

#include <fmt/ranges.h>

#include <cctype>
#include <charconv>
#include <utility>

#include "ir/verifier.h"

namespace mote {
namespace {

// ---- printing

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string real_text(double value) {
  std::string text = fmt::format("{}", value);
  bool looks_integer = text.find_first_not_of("-0123456789") == std::string::npos;
  return looks_integer ? text + ".0" : text;
}

std::string attribute_text(const Attribute& value) {
  struct Printer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return real_text(v); }
    std::string operator()(const std::string& v) const { return quote(v); }
    std::string operator()(const std::vector<int64_t>& v) const {
      return fmt::format("[{}]", fmt::join(v, ", "));
    }
  };
  return std::visit(Printer(), value);
}

std::string quantization_text(const Quantization& q) {
  if (!q.quantized()) return "";
  std::string text = " q(";
  if (q.axis != 0 || q.per_channel()) text += fmt::format("axis {}; ", q.axis);
  for (size_t i = 0; i < q.scales.size(); ++i) {
    text += fmt::format("{}{}:{}", i ? ", " : "", q.scales[i], q.zero_points[i]);
  }
  return text + ")";
}

std::string declaration(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  return fmt::format("%{} {} {}{}", id, quote(tensor.name), type_text(tensor),
                     quantization_text(tensor.quantization));
}

std::string constant_text(const Tensor& tensor, Constants constants) {
  if (constants == Constants::kElided) return fmt::format("<{} bytes>", tensor.data->size());
  std::string hex = "0x";
  for (uint8_t byte : *tensor.data) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string text;
  for (TensorId id : node.outputs) {
    text += (text.empty() ? "" : ", ") + declaration(graph, id);
  }
  text += fmt::format("{}{}(", text.empty() ? "" : " = ", node.record->name);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    text += i ? ", " : "";
    text += node.inputs[i] == kAbsent ? "_" : fmt::format("%{}", node.inputs[i]);
  }
  text += ")";
  std::string separator = " {";
  for (const auto& [name, value] : node.attributes) {
    text += fmt::format("{}{}={}", separator, name, attribute_text(value));
    separator = ", ";
  }
  return node.attributes.empty() ? text : text + "}";
}

std::string stored_text(const Graph& graph, TensorId id, Constants constants) {
  const Tensor& tensor = graph.tensor(id);
  std::string text = (tensor.variable ? "variable " : "const ") + declaration(graph, id);
  return tensor.data ? text + " = " + constant_text(tensor, constants) : text;
}

std::string graph_text(const Graph& graph, Constants constants, const std::string& indent) {
  std::string text = fmt::format("graph {} {{\n", quote(graph.name));
  std::string line = indent + "  ";
  for (TensorId id : graph.inputs) text += line + "input " + declaration(graph, id) + "\n";
  for (TensorId id = 0; id < static_cast<TensorId>(graph.tensors.size()); ++id) {
    const Tensor& tensor = graph.tensor(id);
    if (tensor.data || tensor.variable) text += line + stored_text(graph, id, constants) + "\n";
  }
  for (const Node& node : graph.nodes) {
    text += line + node_text(graph, node) + "\n";
    for (const Graph& body : node.bodies) {
      text += line + "  " + graph_text(body, constants, line + "  ");
    }
  }
  for (TensorId id : graph.outputs) text += fmt::format("{}output %{}\n", line, id);
  return text + indent + "}\n";
}

// ---- parsing

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// A recursive-descent parser; each method consumes what its name says and returns false after
/// noting the first error.
class Parser {
 public:
  Parser(std::string_view text, const OperatorBook& book) : text_(text), book_(book) {}

  Result<Graph> run() {
    if (parse_graph() && parse_end()) return std::move(graph_);
    return fail("graph text, line {}: {}", line_, error_);
  }

 private:
  bool expected(std::string what) {
    if (error_.empty()) {
      std::string_view rest = text_.substr(at_, text_.substr(at_).find('\n'));
      error_ = fmt::format("expected {} at '{}'", what, rest.substr(0, 40));
    }
    return false;
  }

  void skip_space() {
    for (; at_ < text_.size() && isspace(static_cast<unsigned char>(text_[at_])); ++at_) {
      if (text_[at_] == '\n') ++line_;
    }
  }

  /// Whether `token` comes next; consumes it if so.
  bool accept(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  bool expect(std::string_view token) {
    return accept(token) || expected(fmt::format("'{}'", token));
  }

  bool word(std::string_view* out) {
    skip_space();
    size_t begin = at_;
    while (at_ < text_.size() &&
           (isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      ++at_;
    }
    *out = text_.substr(begin, at_ - begin);
    return !out->empty() || expected("a name");
  }

  template <typename T>
  bool number(T* out) {
    skip_space();
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), *out);
    if (error != std::errc()) return expected("a number");
    at_ = static_cast<size_t>(end - text_.data());
    return true;
  }

  /// The digit's value; negative for anything else, the end of the text included.
  int hex_digit_at(size_t at) const { return at < text_.size() ? hex_digit(text_[at]) : -1; }

  bool string(std::string* out) {
    if (!expect("\"")) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '\\') {
        *out += text_[at_];
      } else if (text_.substr(at_, 2) == "\\x") {
        int high = hex_digit_at(at_ + 2), low = hex_digit_at(at_ + 3);
        if (high < 0 || low < 0) return expected("two lower-case hex digits after \\x");
        *out += static_cast<char>(high << 4 | low);
        at_ += 3;
      } else if (++at_ < text_.size()) {
        *out += text_[at_];
      } else {
        break;
      }
    }
    return expect("\"");
  }

  bool integers(std::vector<int64_t>* out) {
    if (!expect("[")) return false;
    if (accept("]")) return true;
    do {
      if (!number(&out->emplace_back())) return false;
    } while (accept(","));
    return expect("]");
  }

  bool type(Tensor* tensor) {
    std::string_view name;
    if (!word(&name)) return false;
    bool known = false;
#define MOTE_PARSE_DTYPE(enumerator, code, bits, spelled) \
  if (name == spelled) tensor->dtype = DType::enumerator, known = true;
    MOTE_DTYPE_LIST(MOTE_PARSE_DTYPE)
#undef MOTE_PARSE_DTYPE
    if (!known) return expected("an element type");
    std::vector<int64_t> dims;
    if (!integers(&dims)) return false;
    if (dims.size() > kMaxRank) return expected(fmt::format("at most {} dimensions", kMaxRank));
    for (int64_t dim : dims) {
      if (dim < INT32_MIN || dim > INT32_MAX) return expected("dimensions that 32 bits hold");
      tensor->shape.push_back(static_cast<int32_t>(dim));
    }
    return true;
  }

  bool quantization(Quantization* q) {
    if (!accept("q(")) return true;
    if (accept("axis") && (!number(&q->axis) || !expect(";"))) return false;
    do {
      if (!number(&q->scales.emplace_back()) || !expect(":") ||
          !number(&q->zero_points.emplace_back())) {
        return false;
      }
    } while (accept(","));
    return expect(")");
  }

  bool tensor_id(TensorId* id) {
    constexpr TensorId kMost = 1 << 20;
    if (!expect("%") || !number(id)) return false;
    if (*id < 0 || *id > kMost) return expected(fmt::format("a tensor id up to {}", kMost));
    if (static_cast<size_t>(*id) >= graph_.tensors.size()) {
      graph_.tensors.resize(static_cast<size_t>(*id) + 1);
    }
    return true;
  }

  bool declare(TensorId* id) {
    Tensor tensor;
    if (!tensor_id(id) || !string(&tensor.name) || !type(&tensor) ||
        !quantization(&tensor.quantization)) {
      return false;
    }
    graph_.tensor(*id) = std::move(tensor);
    return true;
  }

  bool constant() {
    TensorId id;
    return declare(&id) && expect("=") && bytes_of_tensor(id);
  }

  bool variable() {
    TensorId id;
    if (!declare(&id)) return false;
    graph_.tensor(id).variable = true;
    return !accept("=") || bytes_of_tensor(id);
  }

  bool bytes_of_tensor(TensorId id) {
    if (!expect("0x")) return false;
    Bytes bytes;
    for (; hex_digit_at(at_) >= 0 && hex_digit_at(at_ + 1) >= 0; at_ += 2) {
      bytes.push_back(static_cast<uint8_t>(hex_digit_at(at_) << 4 | hex_digit_at(at_ + 1)));
    }
    graph_.tensor(id).data = std::make_shared<const Bytes>(std::move(bytes));
    return true;
  }

  bool attribute(Attribute* value) {
    skip_space();
    if (accept("true")) return *value = true, true;
    if (accept("false")) return *value = false, true;
    char next = at_ < text_.size() ? text_[at_] : '\0';
    if (next == '"') return string(&value->emplace<std::string>());
    if (next == '[') return integers(&value->emplace<std::vector<int64_t>>());
    size_t end = text_.find_first_not_of("+-0123456789.eainf", at_);
    std::string_view spelled = text_.substr(at_, end - at_);
    bool real = spelled.find_first_of(".einf") != std::string_view::npos;
    return real ? number(&value->emplace<double>()) : number(&value->emplace<int64_t>());
  }

  bool attributes(Attributes* out) {
    if (!accept("{")) return true;
    do {
      std::string_view name;
      if (!word(&name) || !expect("=") || !attribute(&(*out)[std::string(name)])) return false;
    } while (accept(","));
    return expect("}");
  }

  bool node_outputs(Node* node) {
    skip_space();
    size_t end = at_;
    while (end < text_.size() &&
           (isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_'))
      ++end;
    bool none = find_record(book_, text_.substr(at_, end - at_)) != nullptr;
    if (none) return true;
    do {
      if (!declare(&node->outputs.emplace_back())) return false;
    } while (accept(","));
    return expect("=");
  }

  /// Graphs in the graph that is being read.
  bool bodies(std::vector<Graph>* out) {
    while (accept("graph")) {
      if (depth_ == kMostNesting) return expected("less deeply nested graphs");
      Graph outer = std::exchange(graph_, {});
      ++depth_;
      if (!parse_body()) return false;
      --depth_;
      out->push_back(std::exchange(graph_, std::move(outer)));
    }
    return true;
  }

  bool node() {
    Node node;
    std::string_view name;
    if (!node_outputs(&node) || !word(&name)) return false;
    node.record = find_record(book_, name);
    if (!node.record) return expected(fmt::format("a known operator instead of {}", name));
    if (!expect("(")) return false;
    if (!accept(")")) {
      do {
        node.inputs.push_back(kAbsent);
        if (!accept("_") && !tensor_id(&node.inputs.back())) return false;
      } while (accept(","));
      if (!expect(")")) return false;
    }
    if (!attributes(&node.attributes) || !bodies(&node.bodies)) return false;
    graph_.nodes.push_back(std::move(node));
    return true;
  }

  bool line() {
    if (accept("input")) return declare(&graph_.inputs.emplace_back());
    if (accept("output")) return tensor_id(&graph_.outputs.emplace_back());
    if (accept("const")) return constant();
    if (accept("variable")) return variable();
    return node();
  }

  bool parse_graph() {
    return expect("graph") && parse_body();
  }

  bool parse_body() {
    if (!string(&graph_.name) || !expect("{")) return false;
    while (!accept("}")) {
      if (!line()) return false;
    }
    return true;
  }

  bool parse_end() {
    skip_space();
    return at_ == text_.size() || expected("the end of the text");
  }

  std::string_view text_;
  const OperatorBook& book_;
  size_t at_ = 0;
  int line_ = 1;
  std::string error_;
  Graph graph_;    // the one that is being read
  int depth_ = 0;  // of the graphs around it
};

}  // namespace

std::string print(const Graph& graph, Constants constants) {
  return graph_text(graph, constants, "");
}

Result<Graph> parse(std::string_view text, const OperatorBook& book) {
  return Parser(text, book).run();
}

}  // namespace mote
