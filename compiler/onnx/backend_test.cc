// SPDX-License-Identifier: Apache-2.0
// ONNX's own tests of single operators, one folder each: a model, its inputs, its outputs. They are
// in Debian's libonnx-testdata; MOTE_ONNX_TESTS names another folder, and without either the test
// skips. It prints docs/onnx.md's table. What mote takes as constants only (shapes, axes, filters
// of int8 layers) these models take as inputs, so such inputs are given as initialisers.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>

#include "compiler/onnx/proto.h"
#include "compiler/onnx/reader.h"
#include "compiler/onnx/table.h"
#include "compiler/onnx/tensor_reader.h"
#include "compiler/pipeline.h"
#include "ir/interpreter.h"
#include "ops/book.h"

namespace mote {
namespace {

namespace fs = std::filesystem;
using onnx_import::read_tensor;

fs::path test_folder() {
  const char* given = std::getenv("MOTE_ONNX_TESTS");
  return given ? given : "/usr/share/libonnx-testdata/data/node";
}

struct Case {
  ::onnx::ModelProto model;
  std::vector<::onnx::TensorProto> inputs, outputs;
};

template <typename Message>
bool load(const fs::path& path, Message* message) {
  std::ifstream file(path, std::ios::binary);
  return file && message->ParseFromIstream(&file);
}

std::vector<::onnx::TensorProto> load_all(const fs::path& folder, const std::string& stem) {
  std::vector<::onnx::TensorProto> tensors;
  for (int i = 0;; ++i) {
    ::onnx::TensorProto tensor;
    if (!load(folder / fmt::format("{}_{}.pb", stem, i), &tensor)) return tensors;
    tensors.push_back(tensor);
  }
}

Result<OnnxModel> import_case(const ::onnx::ModelProto& model) {
  std::string bytes = model.SerializeAsString();
  return read_onnx(Bytes(bytes.begin(), bytes.end()), "test.onnx", operator_book());
}

/// The case with all inputs for which `bind` says so as initialisers.
template <typename Bind>
Case bound(const Case& one, Bind bind) {
  Case result = one;
  result.inputs.clear();
  auto* inputs = result.model.mutable_graph()->mutable_input();
  inputs->Clear();
  for (int i = 0; i < one.model.graph().input_size(); ++i) {
    size_t at = static_cast<size_t>(i);
    if (at < one.inputs.size() && bind(i, one.inputs[at])) {
      ::onnx::TensorProto* constant = result.model.mutable_graph()->add_initializer();
      *constant = one.inputs[at];
      constant->set_name(one.model.graph().input(i).name());
    } else {
      *inputs->Add() = one.model.graph().input(i);
      if (at < one.inputs.size()) result.inputs.push_back(one.inputs[at]);
    }
  }
  return result;
}

/// ONNX's own tolerance; integers must be equal.
std::string difference(const Tensor& wanted, const Tensor& given, const Bytes& bytes) {
  if (given.dtype != wanted.dtype || given.shape != wanted.shape) {
    return fmt::format("is {}, should be {}", type_text(given), type_text(wanted));
  }
  if (wanted.dtype != DType::kFloat32) return bytes == *wanted.data ? "" : "differs";
  for (int64_t i = 0; i < wanted.shape.elements(); ++i) {
    float a = wanted.as<float>()[i], b;
    std::memcpy(&b, bytes.data() + static_cast<size_t>(i) * 4, 4);
    bool close = a == b || (std::isnan(a) && std::isnan(b)) ||
                 std::fabs(a - b) <= 1e-7f + 1e-3f * std::fabs(a);
    if (!close) return fmt::format("element {} is {}, should be {}", i, b, a);
  }
  return {};
}

/// Runs a graph on the case's inputs; says what is wrong.
std::string run(const Graph& graph, const Case& one) {
  std::vector<Bytes> inputs;
  for (const ::onnx::TensorProto& input : one.inputs) {
    Result<Tensor> tensor = read_tensor(input);
    if (!tensor.ok()) return tensor.error().message;
    inputs.push_back(*tensor->data);
  }
  Result<std::vector<Bytes>> outputs = interpret(graph, inputs);
  if (!outputs.ok()) return outputs.error().message;
  if (outputs->size() != one.outputs.size()) return "has another number of outputs";
  for (size_t i = 0; i < outputs->size(); ++i) {
    Result<Tensor> wanted = read_tensor(one.outputs[i]);
    if (!wanted.ok()) return wanted.error().message;
    std::string wrong = difference(*wanted, graph.tensor(graph.outputs[i]), (*outputs)[i]);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

enum Outcome { kPassed, kFailed, kUnsupported };

struct Verdict {
  Outcome outcome;
  std::string message;
};

/// The imported graph and the optimised one must give the outputs.
Verdict try_case(const Case& one) {
  Result<OnnxModel> model = import_case(one.model);
  if (!model.ok()) return {kUnsupported, model.error().message};
  Result<Graph> optimized = optimize(model->graph);
  if (!optimized.ok()) return {kFailed, optimized.error().message};
  std::string wrong = run(model->graph, one);
  if (wrong.empty()) wrong = run(*optimized, one);
  return {wrong.empty() ? kPassed : kFailed, wrong};
}

/// Whether inputs are stored as the types that the model says; bfloat16 is stored as uint16.
bool stored_as_said(const Case& one) {
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    const auto& input = one.model.graph().input(static_cast<int>(i));
    if (input.type().tensor_type().elem_type() != one.inputs[i].data_type()) return false;
  }
  return true;
}

Verdict judge(const Case& one) {
  if (!stored_as_said(one)) return try_case(one);
  auto integers = [](int i, const ::onnx::TensorProto& t) {
    return i > 0 && t.data_type() == ::onnx::TensorProto::INT64;
  };
  auto parameters = [](int i, const ::onnx::TensorProto&) { return i > 0; };
  // Scales, zero points and weights, by their places in the QLinear operators.
  auto scales = [](int i, const ::onnx::TensorProto&) { return i != 0 && i != 3; };
  auto first = [](int i, const ::onnx::TensorProto&) { return i == 0; };
  auto all = [](int, const ::onnx::TensorProto&) { return true; };
  Verdict verdict = try_case(one);
  for (const Case& next : {bound(one, integers), bound(one, scales), bound(one, parameters),
                           bound(one, first), bound(one, all)}) {
    if (verdict.outcome != kUnsupported) break;
    Verdict bound_verdict = try_case(next);
    bool says_more = bound_verdict.message.find("must be a constant") == std::string::npos;
    if (says_more) verdict = bound_verdict;
  }
  return verdict;
}

bool mapped(const std::string& op) {
  return onnx_import::find_row(op) || op == "QuantizeLinear" || op == "DequantizeLinear" ||
         op == "QLinearConv" || op == "QLinearMatMul";
}

struct Tally {
  int passed = 0, failed = 0, unsupported = 0;
  std::string unsupported_names;
};

void print_table(const std::map<std::string, Tally>& tallies) {
  Tally all;
  fmt::print("| operator | passed | failed | refused | refused tests |\n|---|---|---|---|---|\n");
  for (const auto& [op, tally] : tallies) {
    fmt::print("| {} | {} | {} | {} | {} |\n", op, tally.passed, tally.failed, tally.unsupported,
               tally.unsupported_names);
    all.passed += tally.passed, all.failed += tally.failed, all.unsupported += tally.unsupported;
  }
  fmt::print("| **all** | {} | {} | {} | |\n", all.passed, all.failed, all.unsupported);
}

TEST(OnnxBackend, NodeTestsOfMappedOperatorsPass) {
  if (!fs::exists(test_folder())) {
    GTEST_SKIP() << "no " << test_folder() << "; apt-get install libonnx-testdata";
  }
  std::map<std::string, Tally> tallies;
  int others = 0;
  std::vector<fs::path> folders(fs::directory_iterator(test_folder()), {});
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    Case one;
    std::string name = folder.filename().string().substr(5);
    if (!load(folder / "model.onnx", &one.model)) continue;
    const ::onnx::GraphProto& graph = one.model.graph();
    // Single operators; "expanded" ones are functions of ONNX written out.
    if (graph.node_size() != 1 || name.ends_with("_expanded")) continue;
    const std::string& op = graph.node(0).op_type();
    if (!mapped(op)) {
      ++others;
      continue;
    }
    one.inputs = load_all(folder / "test_data_set_0", "input");
    one.outputs = load_all(folder / "test_data_set_0", "output");
    Verdict verdict = judge(one);
    Tally& tally = tallies[op];
    tally.passed += verdict.outcome == kPassed;
    tally.failed += verdict.outcome == kFailed;
    tally.unsupported += verdict.outcome == kUnsupported;
    if (verdict.outcome == kUnsupported) {
      tally.unsupported_names += (tally.unsupported_names.empty() ? "" : ", ") + name;
      if (std::getenv("MOTE_ONNX_VERBOSE")) fmt::print("refused {}: {}\n", name, verdict.message);
    }
    if (verdict.outcome == kFailed) ADD_FAILURE() << name << ": " << verdict.message;
  }
  print_table(tallies);
  fmt::print("{} tests of operators that mote doesn't map\n", others);
}

}  // namespace
}  // namespace mote
