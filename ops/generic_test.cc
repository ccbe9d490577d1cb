// SPDX-License-Identifier: Apache-2.0
// What holds for every operator, over the sample cases of every record in the book. A new operator
// is covered by being listed in ops.inc.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "ir/builder.h"
#include "ir/comparator.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"
#include "ops/float_twin.op.h"

namespace mote {
namespace {

struct Case {
  std::string name;
  const OperatorRecord* record;
  Graph graph;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const OperatorRecord* record : operator_book()) {
    for (uint32_t seed : {1u, 2u, 3u}) {
      std::mt19937 random(seed);
      for (Graph& graph : record->cases(random)) {
        const Tensor& output = graph.tensor(graph.outputs[0]);
        cases.push_back({fmt::format("{}_{}_{}", record->name, name_of(output.dtype), cases.size()),
                         record, std::move(graph)});
      }
    }
  }
  return cases;
}

class OperatorCase : public testing::TestWithParam<Case> {
 protected:
  const Graph& graph() const { return GetParam().graph; }
  /// The operator that the case is for.
  const Node& node() const { return graph().nodes[node_index()]; }
  size_t node_index() const {
    size_t i = 0;
    while (graph().nodes[i].record->name != GetParam().record->name) ++i;
    return i;
  }
  std::mt19937 random{7};
};

INSTANTIATE_TEST_SUITE_P(Book, OperatorCase, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& one) { return one.param.name; });

TEST_P(OperatorCase, TextFormRoundTrips) {
  std::string text = print(graph());
  Result<Graph> parsed = parse(text, operator_book());
  ASSERT_TRUE(parsed.ok()) << parsed.error().message << "\n" << text;
  EXPECT_EQ(print(*parsed), text);
}

TEST_P(OperatorCase, RunsOnRandomInputs) {
  Result<void> verified = verify(graph());
  ASSERT_TRUE(verified.ok()) << verified.error().message;
  Result<std::vector<Bytes>> outputs = interpret(graph(), random_inputs(random, graph()));
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  for (size_t i = 0; i < outputs->size(); ++i) {
    EXPECT_EQ((*outputs)[i].size(), graph().tensor(graph().outputs[i]).bytes());
  }
}

TEST_P(OperatorCase, CallsOnlyKernelsOfItsRecord) {
  const std::vector<const KernelInfo*>& kernels = node().record->kernels;
  for (const Target& target : distinct_targets()) {
    Result<LoweredNode> lowered = lower_node(graph(), node(), target);
    ASSERT_TRUE(lowered.ok()) << lowered.error().message;
    for (const Step& step : lowered->steps) {
      if (step.kind != Step::kKernel) continue;
      EXPECT_NE(std::find(kernels.begin(), kernels.end(), step.kernel), kernels.end())
          << step.kernel->name << " isn't among the record's kernels";
    }
  }
}

// ---- quantised against float

/// How many steps of the output's scale an integer kernel may be off: half a step of rounding, and
/// as much again for rounded intermediate values and activation bounds.
constexpr double kMostSteps = 1.51;
/// int16 functions are interpolated, have multipliers of 16 bits or fewer, or square rounded
/// values.
constexpr double kMostInt16Steps = 64;

TEST_P(OperatorCase, QuantizedAgreesWithFloat) {
  const Tensor& output = graph().tensor(graph().outputs[0]);
  if (!output.quantization.quantized()) GTEST_SKIP() << "not quantised";
  if (!node().bodies.empty()) GTEST_SKIP() << "control flow computes nothing itself";
  std::optional<Graph> twin = float_twin(graph());
  if (!twin) GTEST_SKIP() << "no float form";
  std::vector<Bytes> inputs = random_inputs(random, graph()), real_inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    real_inputs.push_back(dequantize(graph().tensor(graph().inputs[i]), inputs[i]));
  }
  Result<std::vector<Bytes>> outputs = interpret(graph(), inputs);
  Result<std::vector<Bytes>> reals = interpret(*twin, real_inputs);
  ASSERT_TRUE(outputs.ok() && reals.ok());
  double scale = static_cast<double>(output.quantization.scale());
  bool wide = output.dtype == DType::kInt16;
  double low = wide ? -32768 : output.dtype == DType::kInt8 ? -128 : 0;
  double high = low + (wide ? 65535 : 255);
  for (int64_t i = 0; i < output.shape.elements(); ++i) {
    double real = element_value(DType::kFloat32, (*reals)[0], i);
    double expected = std::clamp(real / scale + output.quantization.zero_point(), low, high);
    EXPECT_NEAR(element_value(output.dtype, (*outputs)[0], i), expected,
                wide ? kMostInt16Steps : kMostSteps)
        << "element " << i;
  }
}

// ---- steps one by one, in memory of the test's own

/// A step's operands as separate buffers, filled as they are when the step runs.
struct RunningStep {
  const Step* step;
  std::vector<Bytes> operands;
  std::vector<bool> constant, present;

  std::vector<Operand> described() const {
    std::vector<Operand> result;
    for (size_t i = 0; i < operands.size(); ++i) {
      if (!present[i]) {
        result.push_back({});
      } else {
        result.push_back({constant[i] ? operands[i].data() : nullptr,
                          static_cast<uint32_t>(operands[i].size())});
      }
    }
    return result;
  }
  bool check(const std::vector<Operand>& operands_as) const {
    return step->kernel->kernel.check(step->params.data(), operands_as.data());
  }
  bool writes(size_t i) const { return (step->kernel->kernel.written >> i & 1) != 0; }
  void run(std::vector<Bytes>& memory) const {
    std::vector<void*> pointers;
    for (size_t i = 0; i < memory.size(); ++i) {
      pointers.push_back(present[i] ? memory[i].data() : nullptr);
    }
    step->kernel->kernel.invoke(step->params.data(), pointers.data());
  }
};

/// Runs a single-node graph and hands each step to `visit` before it runs.
template <typename Visit>
void for_each_step(const Graph& graph, const LoweredNode& lowered, std::mt19937& random,
                   Visit visit) {
  std::vector<Bytes> tensors, scratch;
  for (const Tensor& tensor : graph.tensors) {
    tensors.push_back(
        tensor.constant()
            ? *tensor.data
            : random_bytes(random, tensor.dtype, static_cast<uint64_t>(tensor.shape.elements())));
  }
  for (uint32_t bytes : lowered.scratch_bytes) scratch.emplace_back(bytes);
  auto buffer = [&](const Value& value) -> Bytes {
    size_t index = static_cast<size_t>(value.index);
    Bytes whole = value.kind == Value::kTensor     ? tensors[index]
                  : value.kind == Value::kConstant ? lowered.constants[index]
                  : value.kind == Value::kScratch  ? scratch[index]
                                                   : Bytes();
    whole.erase(whole.begin(), whole.begin() + value.byte_offset);
    return whole;
  };
  for (const Step& step : lowered.steps) {
    RunningStep running{&step, {}, {}, {}};
    for (const Value& value : step.operands) {
      running.operands.push_back(buffer(value));
      running.constant.push_back(
          value.kind == Value::kConstant ||
          (value.kind == Value::kTensor && graph.tensor(value.index).constant()));
      running.present.push_back(value.kind != Value::kNothing);
    }
    visit(running);
    running.run(running.operands);
    for (size_t i = 0; i < step.operands.size(); ++i) {
      const Value& value = step.operands[i];
      if (!running.writes(i) || !running.present[i]) continue;
      Bytes& target = value.kind == Value::kTensor ? tensors[static_cast<size_t>(value.index)]
                                                   : scratch[static_cast<size_t>(value.index)];
      std::copy(running.operands[i].begin(), running.operands[i].end(),
                target.begin() + value.byte_offset);
    }
  }
}

/// The fewest bytes of operand i that the kernel's check accepts.
uint32_t fewest_bytes(const RunningStep& running, size_t i) {
  std::vector<Operand> operands = running.described();
  uint32_t low = 0, high = operands[i].bytes;
  while (low < high) {
    operands[i].bytes = (low + high) / 2;
    if (running.check(operands)) {
      high = operands[i].bytes;
    } else {
      low = operands[i].bytes + 1;
    }
  }
  return high;
}

/// The kernels that a node calls.
std::vector<const KernelInfo*> kernels_of(const LoweredNode& lowered) {
  std::vector<const KernelInfo*> kernels;
  for (const Step& step : lowered.steps) {
    if (step.kind == Step::kKernel) kernels.push_back(step.kernel);
  }
  return kernels;
}

class OperatorSteps : public OperatorCase {
 protected:
  /// The steps of each target that calls other kernels than those before it.
  template <typename Visit>
  void visit_steps(Visit visit) {
    if (!node().bodies.empty()) GTEST_SKIP() << "its bodies' operators have steps of their own";
    std::set<std::vector<const KernelInfo*>> seen;
    for (const Target& target : distinct_targets()) {
      Result<LoweredNode> lowered = lower_node(graph(), node(), target);
      ASSERT_TRUE(lowered.ok()) << lowered.error().message;
      if (!seen.insert(kernels_of(*lowered)).second) continue;
      for_each_step(graph(), *lowered, random, visit);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Book, OperatorSteps, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& one) { return one.param.name; });

TEST_P(OperatorSteps, CheckWantsEveryByteOfAnOperand) {
  visit_steps([](const RunningStep& running) {
    // A strided copy may touch a part of a tensor only.
    bool whole = !running.step->kernel->name.starts_with("strided_copy");
    for (size_t i = 0; i < running.operands.size(); ++i) {
      if (!running.present[i]) continue;
      std::vector<Operand> operands = running.described();
      EXPECT_TRUE(running.check(operands));
      uint32_t fewest = fewest_bytes(running, i);
      if (whole) {
        EXPECT_EQ(fewest, operands[i].bytes) << running.step->kernel->name << " " << i;
      }
      EXPECT_GT(fewest, 0u) << running.step->kernel->name << " operand " << i;
    }
  });
}

TEST_P(OperatorSteps, KernelStaysInsideWhatTheCheckWants) {
  visit_steps([](const RunningStep& running) {
    std::vector<Bytes> memory = running.operands, changed = running.operands;
    std::vector<uint32_t> fewest;
    for (size_t i = 0; i < memory.size(); ++i) {
      fewest.push_back(running.present[i] ? fewest_bytes(running, i) : 0);
      for (size_t k = fewest[i]; k < changed[i].size(); ++k) changed[i][k] ^= 0x55;
    }
    std::vector<Bytes> tails = changed;
    running.run(memory);
    running.run(changed);
    for (size_t i = 0; i < memory.size(); ++i) {
      EXPECT_TRUE(std::equal(memory[i].begin(), memory[i].begin() + fewest[i], changed[i].begin()));
      EXPECT_TRUE(
          std::equal(tails[i].begin() + fewest[i], tails[i].end(), changed[i].begin() + fewest[i]));
    }
  });
}

TEST_P(OperatorSteps, InPlaceGivesTheSameBytes) {
  visit_steps([](const RunningStep& running) {
    std::vector<Bytes> expected = running.operands;
    running.run(expected);
    for (const InPlace& claim : running.step->in_place) {
      size_t out = static_cast<size_t>(claim.output), in = static_cast<size_t>(claim.input);
      std::vector<Bytes> memory = running.operands;
      Bytes shared = memory[in];
      shared.resize(std::max(shared.size(), memory[out].size()));
      std::vector<void*> pointers;
      for (size_t i = 0; i < memory.size(); ++i) {
        pointers.push_back(i == in || i == out  ? shared.data()
                           : running.present[i] ? memory[i].data()
                                                : nullptr);
      }
      running.step->kernel->kernel.invoke(running.step->params.data(), pointers.data());
      shared.resize(memory[out].size());
      EXPECT_EQ(shared, expected[out]) << running.step->kernel->name;
      if (running.step->drop_in_place) {
        EXPECT_EQ(running.operands[in], expected[out]) << "not a plain copy";
      }
    }
  });
}

// Whatever the params: if the check accepts them, the kernel neither leaves its operands (guard
// bytes here, AddressSanitizer in its build) nor computes something undefined (UBSan).
TEST_P(OperatorSteps, HostileParamsAreRefusedOrHarmless) {
  constexpr size_t kGuard = 64;
  const int32_t nasty[] = {0,  1,  2,   3,     -1,    -128,  127,       128,
                           31, 32, -32, 32767, 32768, 65536, INT32_MAX, INT32_MIN};
  visit_steps([&](const RunningStep& running) {
    const Bytes original = running.step->params;
    size_t fields = original.size() / 4;
    for (int attempt = 0; attempt < 60; ++attempt) {
      Step step = *running.step;
      RunningStep hostile = running;
      hostile.step = &step;
      for (int changes = random_int(random, 1, 3); changes > 0; --changes) {
        size_t field = static_cast<size_t>(random_int(random, 0, static_cast<int>(fields) - 1));
        int32_t value = nasty[random_int(random, 0, 15)];
        if (random_int(random, 0, 1) == 0) {
          std::memcpy(&value, &original[field * 4], 4);
          value = static_cast<int32_t>(static_cast<uint32_t>(value) +
                                       static_cast<uint32_t>(random_int(random, -2, 2)));
        }
        std::memcpy(&step.params[field * 4], &value, 4);
      }
      if (!hostile.check(hostile.described())) continue;
      std::vector<Bytes> memory = hostile.operands;
      std::vector<void*> pointers;
      for (size_t i = 0; i < memory.size(); ++i) {
        memory[i].insert(memory[i].begin(), kGuard, 0xa5);
        memory[i].insert(memory[i].end(), kGuard, 0xa5);
        pointers.push_back(hostile.present[i] ? memory[i].data() + kGuard : nullptr);
      }
      step.kernel->kernel.invoke(step.params.data(), pointers.data());
      for (const Bytes& bytes : memory) {
        auto guard = [](uint8_t b) { return b == 0xa5; };
        EXPECT_TRUE(std::all_of(bytes.begin(), bytes.begin() + kGuard, guard) &&
                    std::all_of(bytes.end() - kGuard, bytes.end(), guard))
            << step.kernel->name << " wrote outside its operands";
      }
    }
  });
}

// ---- refusals

void expect_refused(const Graph& graph, const std::string& what) {
  EXPECT_FALSE(verify(graph).ok()) << what << " was accepted";
}

TEST_P(OperatorCase, RefusesMalformedAttributes) {
  for (const AttributeSpec& spec : node().record->attributes) {
    auto with = [&](Attribute value) {
      Graph changed = graph();
      changed.nodes[node_index()].attributes[spec.name] = std::move(value);
      return changed;
    };
    if (std::holds_alternative<bool>(spec.fallback)) {
      expect_refused(with(int64_t{1}), "an integer for a flag");
    } else {
      expect_refused(with(true), "a flag for something else");
    }
    if (std::holds_alternative<int64_t>(spec.fallback)) {
      if (spec.low > INT32_MIN) expect_refused(with(spec.low - 1), "too low an integer");
      if (spec.high < INT32_MAX) expect_refused(with(spec.high + 1), "too high an integer");
      expect_refused(with(int64_t{1} << 40), "a huge integer");
    }
    if (std::holds_alternative<std::string>(spec.fallback)) {
      expect_refused(with(std::string("NO_SUCH_CHOICE")), "an unknown choice");
    }
    if (std::holds_alternative<double>(spec.fallback)) {
      expect_refused(with(std::numeric_limits<double>::quiet_NaN()), "NaN");
    }
  }
  Graph unknown = graph();
  unknown.nodes[node_index()].attributes["no_such_attribute"] = true;
  expect_refused(unknown, "an unknown attribute");
}

TEST_P(OperatorCase, RefusesWrongArity) {
  const std::vector<OperandSpec>& specs = node().record->inputs;
  auto changed_node = [&](auto change) {
    Graph changed = graph();
    change(changed.nodes[node_index()]);
    return changed;
  };
  if (!specs.empty()) {
    expect_refused(changed_node([](Node& node) { node.inputs[0] = kAbsent; }), "no first input");
    expect_refused(changed_node([](Node& node) { node.inputs.clear(); }), "no input at all");
  }
  if (specs.empty() || specs.back().arity == OperandSpec::kOne ||
      specs.back().arity == OperandSpec::kOptional) {
    TensorId some = node().inputs.empty() ? 0 : node().inputs[0];
    expect_refused(changed_node([&](Node& node) { node.inputs.resize(specs.size() + 1, some); }),
                   "an input too many");
  }
  if (!node().outputs.empty()) {
    expect_refused(changed_node([](Node& node) { node.outputs.clear(); }), "no output");
  }
  if (!node().bodies.empty()) {
    expect_refused(changed_node([](Node& node) { node.bodies.pop_back(); }), "a body too few");
    expect_refused(changed_node([](Node& node) { node.bodies[0].outputs.push_back(0); }),
                   "a body with an output too many");
  }
}

TEST_P(OperatorCase, RefusesWrongTypesAndShapes) {
  for (size_t i = 0; i < graph().tensors.size(); ++i) {
    Graph changed = graph();
    Tensor& tensor = changed.tensors[i];
    tensor.dtype = DType::kFloat64;
    tensor.quantization = {};
    if (tensor.data) tensor.data = std::make_shared<const Bytes>(tensor.bytes());
    expect_refused(changed, fmt::format("float64 for tensor {}", i));
  }
  Graph longer = graph();
  Shape& shape = longer.tensor(longer.outputs[0]).shape;
  if (shape.rank == 0) {
    shape.push_back(2);
  } else {
    ++shape[0];
  }
  expect_refused(longer, "a wrong output shape");
}

/// Overwrites something in the graph: a dimension, an element of a constant, a quantisation, an
/// attribute within its type.
void corrupt(Graph& graph, std::mt19937& random) {
  Tensor& tensor = graph.tensors[static_cast<size_t>(
      random_int(random, 0, static_cast<int>(graph.tensors.size()) - 1))];
  switch (random_int(random, 0, 4)) {
    case 0:
      if (tensor.shape.rank > 0) {
        tensor.shape[random_int(random, 0, tensor.shape.rank - 1)] = random_int(random, -1, 9);
      }
      break;
    case 1:
      tensor.shape.rank = random_int(random, 0, kMaxRank);
      break;
    case 2:
      if (tensor.constant() && !tensor.data->empty()) {
        Bytes data = *tensor.data;
        for (uint8_t& byte : data) {
          if (random_int(random, 0, 3) == 0) byte = static_cast<uint8_t>(random() >> 24);
        }
        tensor.data = std::make_shared<const Bytes>(data);
      }
      break;
    case 3:
      tensor.quantization = random_int(random, 0, 1) ? Quantization() : quantization(1e-30f, 3);
      break;
    default:
      for (auto& [name, value] : graph.nodes[0].attributes) {
        if (auto* integer = std::get_if<int64_t>(&value)) *integer += random_int(random, -5, 5);
        if (auto* list = std::get_if<std::vector<int64_t>>(&value)) list->push_back(0);
      }
  }
}

TEST_P(OperatorCase, CorruptedGraphsAreRefusedOrRun) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    Graph corrupted = graph();
    for (int changes = random_int(random, 1, 2); changes > 0; --changes) corrupt(corrupted, random);
    if (verify(corrupted).ok()) {
      (void)interpret(corrupted, random_inputs(random, corrupted)).ok();
    }
  }
}

}  // namespace
}  // namespace mote
