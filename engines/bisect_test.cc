// SPDX-License-Identifier: Apache-2.0
// A plan that is wrong on purpose must be caught, at the operator that is wrong.
#include "engines/bisect.h"

#include <gtest/gtest.h>

#include <cstring>

#include "compiler/pipeline.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ops/book.h"

namespace mote {
namespace {

/// Three additions in a row.
Graph chain() {
  GraphBuilder b("chain");
  Quantization q = quantization(0.5f, 3);
  TensorId x = b.input(DType::kInt8, Shape(1, 8), q, "x");
  TensorId one = b.node(add_record(), {x, x}, {}, DType::kInt8, q, "one");
  TensorId two = b.node(add_record(), {one, x}, {}, DType::kInt8, q, "two");
  TensorId three = b.node(add_record(), {two, one}, {}, DType::kInt8, q, "three");
  return b.build({three});
}

class Bisect : public testing::Test {
 protected:
  Bisect() : graph_(chain()), plan_(*compile(graph_, Target())) {
    samples_ = {{Bytes{3, 4, 5, 6, 7, 8, 9, 10}}, {Bytes{0, 1, 2, 3, 4, 5, 6, 7}}};
    for (const Values& sample : samples_) expected_.push_back(*interpret(graph_, sample));
  }

  Comparison compare_with(Result<EnginePtr> engine) {
    EXPECT_TRUE(engine.ok());
    auto result = compare_engine(**engine, plan_, samples_, expected_);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return *result;
  }

  /// Changes a parameter of a step behind the compiler's back: the output's zero point.
  void damage(size_t step) {
    const std::vector<ParamField>& fields = plan_.steps[step].kernel->fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (std::string_view(fields[i].name) != "output.offset") continue;
      int32_t wrong = 4;
      std::memcpy(plan_.steps[step].params.data() + i * 4, &wrong, 4);
      return;
    }
    FAIL() << "no field output.offset";
  }

  Graph graph_;
  Plan plan_;
  std::vector<Values> samples_, expected_;
};

TEST_F(Bisect, FindsNothingInACorrectPlan) {
  for (const Comparison& comparison : {compare_with(make_plan_engine(plan_)),
                                       compare_with(make_image_engine(image_model(plan_)))}) {
    EXPECT_FALSE(comparison.divergence);
    EXPECT_TRUE(comparison.identical);
    EXPECT_EQ(comparison.operators, 3u);
  }
}

TEST_F(Bisect, NamesTheFirstWrongOperatorAndElement) {
  damage(1);
  for (bool image : {false, true}) {
    auto divergence =
        compare_with(image ? make_image_engine(image_model(plan_)) : make_plan_engine(plan_))
            .divergence;
    ASSERT_TRUE(divergence);
    EXPECT_EQ(divergence->where, "operator 1 ADD (output 'two')");
    EXPECT_EQ(divergence->what.rfind("element 0 [0,0]: expected ", 0), 0u) << divergence->what;
  }
}

// The outputs agree because the last operator hides what came before it; the operator is found all
// the same.
TEST_F(Bisect, SeesADifferenceThatTheOutputDoesNotShow) {
  GraphBuilder b("hidden");
  Quantization q = quantization(0.5f, 3);
  TensorId x = b.input(DType::kInt8, Shape(1, 8), q, "x");
  TensorId sum = b.node(add_record(), {x, x}, {}, DType::kInt8, q, "sum");
  TensorId flat = b.node(relu6_record(), {sum}, {}, DType::kInt8, quantization(100.0f, 3), "flat");
  graph_ = b.build({flat});
  plan_ = *compile(graph_, Target());
  expected_.clear();
  for (const Values& sample : samples_) expected_.push_back(*interpret(graph_, sample));
  damage(0);
  auto divergence = compare_with(make_plan_engine(plan_)).divergence;
  ASSERT_TRUE(divergence);
  EXPECT_EQ(divergence->where, "operator 0 ADD (output 'sum')");
}

TEST_F(Bisect, ProbesEachOperatorRightAfterItsLastStep) {
  std::vector<ResultProbe> probes = result_probes(plan_);
  ASSERT_EQ(probes.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(probes[i].node, i);
    EXPECT_EQ(probes[i].probe.step, i);
    EXPECT_EQ(probes[i].probe.bytes, 8u);
  }
}

}  // namespace
}  // namespace mote
