// SPDX-License-Identifier: Apache-2.0
// The generic suite of the engines: every sample case of every record must give the interpreter's
// bits through the image, the generated C++ and the virtual boards. A record's cases are merged
// into one graph with many inputs and outputs, so that each engine is built once for a record;
// boards, whose firmware takes longer to build and start, get the cases of several records at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/host/process.h"
#include "boards/machine.h"
#include "compiler/pipeline.h"
#include "engines/bisect.h"
#include "engines/engine.h"
#include "engines/host_engine.h"
#include "ir/builder.h"
#include "ir/comparator.h"
#include "ir/interpreter.h"
#include "ir/merge.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

/// The outputs of one run after the other.
std::vector<Values> run_sequence(const Graph& graph, const std::vector<Values>& samples) {
  std::vector<Values> outputs;
  Result<Interpreter> interpreter = Interpreter::make(graph);
  EXPECT_TRUE(interpreter.ok()) << interpreter.error().message;
  for (size_t s = 0; interpreter.ok() && s < samples.size(); ++s) {
    Result<Values> output = interpreter->run(samples[s]);
    EXPECT_TRUE(output.ok()) << output.error().message;
    if (output.ok()) outputs.push_back(*output);
  }
  return outputs;
}

/// Where a target's kernels round a product and a sum once, floats needn't have the interpreter's
/// bits.
void expect_close(const Graph& graph, const Values& expected, const Values& actual) {
  for (size_t o = 0; o < expected.size(); ++o) {
    const Tensor& tensor = graph.tensor(graph.outputs[o]);
    auto difference = compare(tensor, expected[o], actual[o], {.of_largest = true});
    EXPECT_FALSE(difference) << graph.name << ", output " << o << ": "
                             << describe(tensor, *difference);
  }
}

class OperatorTest : public testing::Test {
 protected:
  OperatorTest(OperatorBook records, Target target)
      : records_(std::move(records)), target_(std::move(target)) {}

  void SetUp() override {
    std::mt19937 random(1);
    std::vector<Graph> graphs;
    for (const OperatorRecord* record : records_) {
      for (Graph& graph : record->cases(random)) graphs.push_back(std::move(graph));
    }
    graph_ = merge(graphs);
    ASSERT_TRUE(verify(graph_).ok());
    for (int i = 0; i < 3; ++i) samples_.push_back(random_inputs(random, graph_));
    expected_ = run_sequence(graph_, samples_);
    ASSERT_EQ(expected_.size(), samples_.size());
    Result<Plan> plan = compile(graph_, target_);
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    plan_ = *plan;
    if (target_.fused) expect_fused_bits();
  }

  /// From here on, what the plan gives on the host is what is expected.
  void expect_fused_bits() {
    Result<EnginePtr> engine = make_plan_engine(plan_);
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    Result<std::vector<Values>> fused = (*engine)->run(samples_);
    ASSERT_TRUE(fused.ok()) << fused.error().message;
    for (size_t s = 0; s < samples_.size(); ++s) expect_close(graph_, expected_[s], (*fused)[s]);
    expected_ = *fused;
  }

  void expect_same_bits(Result<EnginePtr> engine) {
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    Result<std::vector<Values>> actual = (*engine)->run(samples_);
    ASSERT_TRUE(actual.ok()) << actual.error().message;
    // Floats too: the kernels compute the same bits everywhere.
    for (size_t s = 0; s < samples_.size(); ++s) {
      for (size_t o = 0; o < expected_[s].size(); ++o) {
        auto difference = compare(graph_.tensor(graph_.outputs[o]), expected_[s][o],
                                  (*actual)[s][o], {.relative = 0});
        EXPECT_FALSE(difference) << maker_of(graph_.outputs[o]) << ", output " << o << " of sample "
                                 << s << ": "
                                 << describe(graph_.tensor(graph_.outputs[o]), *difference);
      }
    }
  }

  /// The operator that computes a tensor.
  std::string_view maker_of(TensorId id) const {
    auto made = std::ranges::find_if(
        graph_.nodes, [&](const Node& node) { return std::ranges::count(node.outputs, id) != 0; });
    return made == graph_.nodes.end() ? "nobody" : made->record->name;
  }

  const OperatorBook records_;
  const Target target_;
  Graph graph_;
  Plan plan_;
  std::vector<Values> samples_, expected_;
};

struct OperatorForTarget {
  const OperatorRecord* record;
  Target target;
};

class EachOperator : public OperatorTest, public testing::WithParamInterface<OperatorForTarget> {
 protected:
  EachOperator() : OperatorTest({GetParam().record}, GetParam().target) {}
};

TEST_P(EachOperator, PlanOnTheHostGivesTheInterpretersBits) {
  EXPECT_GE(plan_.arena_bytes, plan_.arena_lower_bound_bytes);
  expect_same_bits(make_plan_engine(plan_));
}

TEST_P(EachOperator, ImageGivesTheInterpretersBits) {
  expect_same_bits(make_image_engine(image_model(plan_)));
}

TEST_P(EachOperator, GeneratedCppGivesTheInterpretersBits) {
  if (!find_program("g++", "g++").ok()) GTEST_SKIP() << "g++ isn't installed";
  expect_same_bits(make_cpp_engine(plan_));
}

// Other seeds draw other shapes; the image is quick enough for many.
TEST_P(EachOperator, ImageGivesTheInterpretersBitsForDrawnCases) {
  for (uint32_t seed = 2; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    for (const Graph& graph : records_[0]->cases(random)) {
      Values inputs = random_inputs(random, graph);
      // Inputs are overwritten during a run, so the second one proves that they are set again.
      std::vector<Values> expected = run_sequence(graph, {inputs, inputs});
      ASSERT_EQ(expected.size(), 2u);
      Result<Plan> plan = compile(graph, target_);
      ASSERT_TRUE(plan.ok()) << plan.error().message;
      Result<EnginePtr> engine = make_image_engine(image_model(*plan));
      ASSERT_TRUE(engine.ok()) << engine.error().message;
      for (const char* again : {"", ", after a reset"}) {
        Result<std::vector<Values>> actual = (*engine)->run({inputs, inputs});
        ASSERT_TRUE(actual.ok()) << actual.error().message;
        if (!target_.fused) {
          EXPECT_EQ(*actual, expected) << graph.name << " of seed " << seed << again;
          continue;
        }
        for (size_t s = 0; s < 2; ++s) expect_close(graph, expected[s], (*actual)[s]);
      }
    }
  }
}

struct OperatorsOnBoard {
  OperatorBook records;
  const Machine* machine;
};

class OperatorsOnBoards : public OperatorTest,
                          public testing::WithParamInterface<OperatorsOnBoard> {
 protected:
  OperatorsOnBoards()
      : OperatorTest(GetParam().records, *target_of_core(GetParam().machine->name)),
        machine_(*GetParam().machine) {}

  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    // They don't see what runs on a board, but make the simulator ten times slower.
    GTEST_SKIP() << "left to the build without sanitizers";
#endif
    for (std::string_view program : {machine_.compiler, machine_.qemu_program}) {
      if (program.empty() || find_program(std::string(program), "").ok()) continue;
      GTEST_SKIP() << program << " isn't installed";
    }
    OperatorTest::SetUp();
  }

  const Machine& machine_;
};

TEST_P(OperatorsOnBoards, ImageGivesTheInterpretersBits) {
  expect_same_bits(make_board_engine(image_model(plan_), std::string(machine_.name)));
}

void expect_listed(const Graph& graph, const Target& target) {
  Result<Plan> plan = lower(graph, target);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  for (const KernelInfo* kernel : plan->kernels()) {
    bool listed = std::count(kernel_book().begin(), kernel_book().end(), kernel) == 1;
    EXPECT_TRUE(listed) << graph.name << " emits " << kernel->name
                        << ", which no record lists in .kernels";
  }
}

TEST(KernelBook, HoldsEveryKernelThatCasesEmit) {
  for (const OperatorRecord* record : operator_book()) {
    std::mt19937 random(1);
    for (const Graph& graph : record->cases(random)) {
      for (const Target& target : distinct_targets()) expect_listed(graph, target);
    }
  }
}

TEST(KernelBook, HasOneIdPerKernel) {
  std::map<uint32_t, std::string_view> seen;
  for (const KernelInfo* kernel : kernel_book()) {
    auto [at, fresh] = seen.emplace(kernel->id(), kernel->name);
    EXPECT_TRUE(fresh) << kernel->name << " and " << at->second;
  }
}

std::string identifier(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string case_name(const testing::TestParamInfo<OperatorForTarget>& info) {
  return identifier(fmt::format("{}_{}", info.param.target.name, info.param.record->name));
}

/// The names of all kernels that an operator's cases call on a target.
std::set<std::string_view> kernels_for(const OperatorRecord& record, const Target& target) {
  std::set<std::string_view> names;
  std::mt19937 random(1);
  for (const Graph& graph : record.cases(random)) {
    for (const Node& node : graph.nodes) {
      Result<LoweredNode> lowered = lower_node(graph, node, target);
      if (!lowered.ok()) continue;  // other tests say so
      for (const Step& step : lowered->steps) {
        if (step.kind == Step::kKernel) names.insert(step.kernel->name);
      }
    }
  }
  return names;
}

/// Each operator for each target that gives it kernels of its own.
std::vector<OperatorForTarget> operators_for_targets() {
  std::vector<OperatorForTarget> all;
  for (const OperatorRecord* record : operator_book()) {
    std::set<std::set<std::string_view>> seen;
    for (const Target& target : distinct_targets()) {
      if (seen.insert(kernels_for(*record, target)).second) all.push_back({record, target});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Book, EachOperator, testing::ValuesIn(operators_for_targets()), case_name);

/// The book in groups of records, for each machine.
std::vector<OperatorsOnBoard> operators_on_boards() {
  constexpr size_t kGroup = 8;
  std::vector<OperatorsOnBoard> all;
  for (const Machine& machine : machines()) {
    for (size_t i = 0; i < operator_book().size(); ++i) {
      if (i % kGroup == 0) all.push_back({{}, &machine});
      all.back().records.push_back(operator_book()[i]);
    }
  }
  return all;
}

/// "cortex_m4_ABS_ADD_…": a filter finds an operator in its group.
std::string board_case_name(const testing::TestParamInfo<OperatorsOnBoard>& info) {
  std::string name(info.param.machine->name);
  for (const OperatorRecord* record : info.param.records) name += fmt::format("_{}", record->name);
  return identifier(name);
}

INSTANTIATE_TEST_SUITE_P(Book, OperatorsOnBoards, testing::ValuesIn(operators_on_boards()),
                         board_case_name);

}  // namespace
}  // namespace mote
