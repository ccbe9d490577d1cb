// SPDX-License-Identifier: Apache-2.0
// GRUs as converters write them, unrolled and as a WHILE loop, and the fused operator, on all
// engines of the host.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compiler/pipeline.h"
#include "engines/engine.h"
#include "ir/builder.h"
#include "ops/book.h"

namespace mote {
namespace {

constexpr DType kFloat = DType::kFloat32;
constexpr int kSteps = 5, kInputs = 3, kUnits = 4;

/// Keras' weights: rows of z, r, h, one behind the other (reset_after: two biases).
struct Gru {
  std::vector<float> kernel, recurrent, bias, recurrent_bias;
};

std::vector<float> numbers(std::mt19937& random, int count) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) values.push_back(random_float(random, -1, 1));
  return values;
}

Gru make_gru() {
  std::mt19937 random(5);
  return {numbers(random, 3 * kUnits * kInputs), numbers(random, 3 * kUnits * kUnits),
          numbers(random, 3 * kUnits), numbers(random, 3 * kUnits)};
}

/// One step in operators of its own.
TensorId add_step(GraphBuilder& b, const Gru& gru, TensorId x, TensorId h) {
  auto dense = [&](TensorId input, const std::vector<float>& weights,
                   const std::vector<float>& bias, int columns) {
    TensorId sums = b.node(fully_connected_record(),
                           {input, b.constant(Shape(3 * kUnits, columns), weights),
                            b.constant(Shape(3 * kUnits), bias)},
                           {}, kFloat);
    TensorId axis = b.constant(Shape(), std::vector<int32_t>{1});
    return b.node(split_record(), {axis, sums}, {{"num_splits", int64_t{3}}}, kFloat, {}, 3);
  };
  auto two = [&](const OperatorRecord& record, TensorId left, TensorId right) {
    return b.node(record, {left, right}, {}, kFloat);
  };
  std::vector<TensorId> from_x = dense(x, gru.kernel, gru.bias, kInputs);
  std::vector<TensorId> from_h = dense(h, gru.recurrent, gru.recurrent_bias, kUnits);
  auto gate = [&](size_t i) {
    return b.node(logistic_record(), {two(add_record(), from_x[i], from_h[i])}, {}, kFloat);
  };
  TensorId z = gate(0), r = gate(1);
  TensorId sum = two(add_record(), from_x[2], two(mul_record(), r, from_h[2]));
  TensorId candidate = b.node(tanh_record(), {sum}, {}, kFloat);
  TensorId rest = two(sub_record(), b.constant(Shape(1), std::vector<float>{1}), z);
  return two(add_record(), two(mul_record(), z, h), two(mul_record(), rest, candidate));
}

Graph unrolled(const Gru& gru) {
  GraphBuilder b("unrolled_gru");
  TensorId x = b.input(kFloat, Shape(kSteps, kInputs)), h = b.input(kFloat, Shape(1, kUnits));
  std::vector<TensorId> rows = b.node(
      unpack_record(), {x}, {{"num", int64_t{kSteps}}, {"axis", int64_t{0}}}, kFloat, {}, kSteps);
  TensorId shape = b.constant(Shape(2), std::vector<int32_t>{1, kInputs});
  for (TensorId row : rows) {
    h = add_step(b, gru, b.node(reshape_record(), {row, shape}, {}, kFloat), h);
  }
  return b.build({h});
}

/// Loop values: the step, the state, the sequence.
Graph loop(const Gru& gru) {
  auto inputs = [](GraphBuilder& b) {
    return std::vector{b.input(DType::kInt32, Shape(1)), b.input(kFloat, Shape(1, kUnits)),
                       b.input(kFloat, Shape(kSteps, kInputs))};
  };
  auto number = [](GraphBuilder& b, int32_t value) {
    return b.constant(Shape(1), std::vector<int32_t>{value});
  };
  GraphBuilder less("more");
  std::vector<TensorId> v = inputs(less);
  Graph condition =
      less.build({less.node(less_record(), {v[0], number(less, kSteps)}, {}, DType::kBool)});
  GraphBuilder step("step");
  v = inputs(step);
  TensorId x = step.node(gather_record(), {v[2], v[0]}, {{"axis", int64_t{0}}}, kFloat);
  TensorId next = step.node(add_record(), {v[0], number(step, 1)}, {}, DType::kInt32);
  Graph body = step.build({next, add_step(step, gru, x, v[1]), v[2]});
  GraphBuilder b("gru_loop");
  TensorId sequence = b.input(kFloat, Shape(kSteps, kInputs)),
           h = b.input(kFloat, Shape(1, kUnits));
  std::vector<TensorId> results =
      b.node(while_record(), {number(b, 0), h, sequence}, {}, {condition, body});
  return b.build({results[1]});
}

float at(const std::vector<float>& matrix, int row, int column, int columns) {
  return matrix[static_cast<size_t>(row * columns + column)];
}

/// The last state, from the formula.
std::vector<float> expected(const Gru& gru, const std::vector<float>& x, std::vector<float> h) {
  for (int t = 0; t < kSteps; ++t) {
    auto from_x = [&](int row) {
      float sum = gru.bias[static_cast<size_t>(row)];
      for (int i = 0; i < kInputs; ++i)
        sum += at(gru.kernel, row, i, kInputs) * at(x, t, i, kInputs);
      return sum;
    };
    auto from_h = [&](int row) {
      float sum = gru.recurrent_bias[static_cast<size_t>(row)];
      for (int i = 0; i < kUnits; ++i)
        sum += at(gru.recurrent, row, i, kUnits) * h[static_cast<size_t>(i)];
      return sum;
    };
    auto sigmoid = [](float value) { return 1 / (1 + std::exp(-value)); };
    std::vector<float> next;
    for (int u = 0; u < kUnits; ++u) {
      float z = sigmoid(from_x(u) + from_h(u));
      float r = sigmoid(from_x(kUnits + u) + from_h(kUnits + u));
      float candidate = std::tanh(from_x(2 * kUnits + u) + r * from_h(2 * kUnits + u));
      next.push_back(z * h[static_cast<size_t>(u)] + (1 - z) * candidate);
    }
    h = next;
  }
  return h;
}

Bytes bytes_of_floats(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// The graph's one output on every engine of the host, which must all give the same bits.
std::vector<float> run_everywhere(const Graph& graph, const Values& inputs) {
  Result<Plan> plan = compile(graph, Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  if (!plan.ok()) return {};
  Bytes first;
  std::vector<Result<EnginePtr>> engines;
  engines.push_back(make_interpreter_engine(graph));
  engines.push_back(make_plan_engine(*plan));
  engines.push_back(make_image_engine(image_model(*plan)));
  engines.push_back(make_cpp_engine(*plan));
  for (Result<EnginePtr>& engine : engines) {
    if (!engine.ok()) {
      ADD_FAILURE() << engine.error().message;
      continue;
    }
    Result<std::vector<Values>> outputs = (*engine)->run({inputs});
    EXPECT_TRUE(outputs.ok()) << outputs.error().message;
    if (!outputs.ok()) continue;
    if (first.empty()) first = (*outputs)[0][0];
    EXPECT_EQ((*outputs)[0][0], first) << (*engine)->name();
  }
  std::vector<float> values(first.size() / sizeof(float));
  std::memcpy(values.data(), first.data(), first.size());
  return values;
}

class GruPatterns : public testing::Test {
 protected:
  const Gru gru = make_gru();
  std::mt19937 random{6};
  const std::vector<float> x = numbers(random, kSteps*kInputs), h = numbers(random, kUnits);
  const Values inputs = {bytes_of_floats(x), bytes_of_floats(h)};
};

TEST_F(GruPatterns, UnrolledFollowsTheFormula) {
  std::vector<float> last = run_everywhere(unrolled(gru), inputs), formula = expected(gru, x, h);
  ASSERT_EQ(last.size(), formula.size());
  for (size_t i = 0; i < last.size(); ++i) EXPECT_NEAR(last[i], formula[i], 1e-5f) << i;
}

TEST_F(GruPatterns, ALoopGivesTheBitsOfTheUnrolledOne) {
  EXPECT_EQ(run_everywhere(loop(gru), inputs), run_everywhere(unrolled(gru), inputs));
}

}  // namespace
}  // namespace mote
