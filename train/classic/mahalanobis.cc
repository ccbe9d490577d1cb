// SPDX-License-Identifier: Apache-2.0
#include "train/classic/mahalanobis.h"

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "ops/book.h"

namespace mote::train {
namespace {

using Matrix = std::vector<double>;  // n x n

/// The lower triangle L with L·Lᵀ = a. REQUIRES: `a` is symmetric and positive definite.
Matrix cholesky(Matrix a, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
    }
    for (size_t j = i + 1; j < n; ++j) a[i * n + j] = 0;
  }
  return a;
}

/// The inverse of a lower triangle.
Matrix inverse_of(const Matrix& lower, size_t n) {
  Matrix inverse(n * n, 0.0);
  for (size_t column = 0; column < n; ++column) {
    for (size_t i = column; i < n; ++i) {
      double sum = i == column ? 1 : 0;
      for (size_t k = column; k < i; ++k) sum -= lower[i * n + k] * inverse[k * n + column];
      inverse[i * n + column] = sum / lower[i * n + i];
    }
  }
  return inverse;
}

Matrix covariance_of(const Table& table, const std::vector<double>& mean) {
  const size_t n = table.features;
  Matrix sum(n * n, 0.0);
  for (size_t e = 0; e < table.examples(); ++e) {
    const float* x = table.row(e);
    for (size_t i = 0; i < n; ++i) {
      double di = static_cast<double>(x[i]) - mean[i];
      for (size_t j = 0; j <= i; ++j) {
        sum[i * n + j] += di * (static_cast<double>(x[j]) - mean[j]);
      }
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      sum[i * n + j] /= static_cast<double>(table.examples() - 1);
      sum[j * n + i] = sum[i * n + j];
    }
  }
  return sum;
}

std::vector<double> mean_of(const Table& table) {
  std::vector<double> mean(table.features, 0.0);
  for (size_t e = 0; e < table.examples(); ++e) {
    for (size_t i = 0; i < table.features; ++i) mean[i] += static_cast<double>(table.row(e)[i]);
  }
  for (double& m : mean) m /= static_cast<double>(table.examples());
  return mean;
}

Result<Mode> learn_mode(const Table& table, double shrink) {
  const size_t n = table.features;
  const std::vector<double> mean = mean_of(table);
  Matrix covariance = covariance_of(table, mean);
  double trace = 0;
  for (size_t i = 0; i < n; ++i) trace += covariance[i * n + i];
  if (!(trace > 0)) return fail("the features of all normal examples are the same");
  for (size_t i = 0; i < n; ++i) {
    covariance[i * n + i] += shrink * trace / static_cast<double>(n);
  }
  const Matrix whitening = inverse_of(cholesky(covariance, n), n);
  return Mode{{mean.begin(), mean.end()}, {whitening.begin(), whitening.end()}};
}

/// The features, each with deviation 1, so that none decides alone what is near.
Table normalized(const Table& table) {
  const std::vector<double> mean = mean_of(table);
  std::vector<double> variance(table.features, 0.0);
  for (size_t i = 0; i < table.values.size(); ++i) {
    double difference = static_cast<double>(table.values[i]) - mean[i % table.features];
    variance[i % table.features] += difference * difference;
  }
  Table result = table;
  for (size_t i = 0; i < table.values.size(); ++i) {
    double v = variance[i % table.features] / static_cast<double>(table.examples());
    if (v > 0)
      result.values[i] = static_cast<float>(static_cast<double>(table.values[i]) / std::sqrt(v));
  }
  return result;
}

Table rows_of(const Table& table, const std::vector<size_t>& chosen) {
  Table rows{table.features, {}, std::vector<int>(chosen.size())};
  for (size_t e : chosen) {
    rows.values.insert(rows.values.end(), table.row(e), table.row(e) + table.features);
  }
  return rows;
}

double squared_distance(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

using Centres = std::vector<std::vector<float>>;

/// Examples far from each other: the next one is the farthest from those chosen.
Centres first_centres(const Table& table, int modes, uint32_t seed) {
  Centres centres;
  size_t next = seed % table.examples();
  std::vector<double> nearest(table.examples(), INFINITY);
  for (int m = 0; m < modes; ++m) {
    centres.emplace_back(table.row(next), table.row(next) + table.features);
    for (size_t e = 0; e < table.examples(); ++e) {
      double distance = squared_distance(table.row(e), centres.back().data(), table.features);
      nearest[e] = std::min(nearest[e], distance);
    }
    next = static_cast<size_t>(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
  }
  return centres;
}

size_t nearest_centre(const Centres& centres, const float* row) {
  size_t best = 0;
  double least = INFINITY;
  for (size_t m = 0; m < centres.size(); ++m) {
    double distance = squared_distance(row, centres[m].data(), centres[m].size());
    if (distance < least) least = distance, best = m;
  }
  return best;
}

/// k-means: the examples of each mode.
std::vector<std::vector<size_t>> part(const Table& table, int modes, uint32_t seed) {
  constexpr int kRounds = 100;
  Centres centres = first_centres(table, modes, seed);
  std::vector<std::vector<size_t>> members, before;
  for (int round = 0; round < kRounds; ++round) {
    members.assign(centres.size(), {});
    for (size_t e = 0; e < table.examples(); ++e) {
      members[nearest_centre(centres, table.row(e))].push_back(e);
    }
    if (members == before) break;
    before = members;
    for (size_t m = 0; m < centres.size(); ++m) {
      if (members[m].empty()) continue;
      const std::vector<double> mean = mean_of(rows_of(table, members[m]));
      centres[m].assign(mean.begin(), mean.end());
    }
  }
  return members;
}

TensorId distance(GraphBuilder& b, TensorId row, const Mode& mode) {
  constexpr DType kReal = DType::kFloat32;
  const auto n = static_cast<int32_t>(mode.mean.size());
  TensorId mean = b.constant(Shape(1, n), mode.mean, {}, "mean");
  TensorId centred = b.node(sub_record(), {row, mean}, {}, kReal);
  TensorId weights = b.constant(Shape(n, n), mode.whitening, {}, "whitening");
  TensorId white = b.node(fully_connected_record(), {centred, weights, kAbsent}, {}, kReal);
  TensorId squares = b.node(mul_record(), {white, white}, {}, kReal);
  TensorId axis = b.constant(Shape(1), std::vector<int32_t>{1});
  return b.node(mean_record(), {squares, axis}, {{"keep_dims", true}}, kReal, {}, "distance");
}

}  // namespace

Result<Mahalanobis> learn_mahalanobis(const Table& table, int modes, uint32_t seed, double shrink) {
  if (table.examples() < 2) {
    return fail("a covariance takes at least two normal examples; there are {}", table.examples());
  }
  Mahalanobis model;
  for (const std::vector<size_t>& members : part(normalized(table), modes, seed)) {
    if (members.size() < 2) {
      return fail("mode {} of {} would be made of {} normal examples; lower model.modes",
                  model.size() + 1, modes, members.size());
    }
    MOTE_TRY(Mode learned, learn_mode(rows_of(table, members), shrink));
    model.push_back(std::move(learned));
  }
  return model;
}

Graph mahalanobis_graph(const Mahalanobis& model, const Shape& features) {
  constexpr DType kReal = DType::kFloat32;
  GraphBuilder b("mahalanobis");
  TensorId input = b.input(kReal, features, {}, "features");
  std::vector<int32_t> flat = {1, static_cast<int32_t>(features.elements())};
  TensorId row = b.node(reshape_record(), {input, b.constant(Shape(2), flat)}, {}, kReal);
  TensorId nearest = distance(b, row, model[0]);
  for (size_t m = 1; m < model.size(); ++m) {
    nearest = b.node(minimum_record(), {nearest, distance(b, row, model[m])}, {}, kReal);
  }
  return b.build({nearest});
}

}  // namespace mote::train
