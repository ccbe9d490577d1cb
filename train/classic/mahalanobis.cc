// SPDX-License-Identifier: Apache-2.0
#include "train/classic/mahalanobis.h"

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

}  // namespace

Result<Mahalanobis> learn_mahalanobis(const Table& table, double shrink) {
  const size_t n = table.features;
  if (table.examples() < 2) {
    return fail("a covariance takes at least two normal examples; there are {}", table.examples());
  }
  std::vector<double> mean(n, 0.0);
  for (size_t e = 0; e < table.examples(); ++e) {
    for (size_t i = 0; i < n; ++i) mean[i] += static_cast<double>(table.row(e)[i]);
  }
  for (double& m : mean) m /= static_cast<double>(table.examples());
  Matrix covariance = covariance_of(table, mean);
  double trace = 0;
  for (size_t i = 0; i < n; ++i) trace += covariance[i * n + i];
  if (!(trace > 0)) return fail("the features of all normal examples are the same");
  for (size_t i = 0; i < n; ++i) {
    covariance[i * n + i] += shrink * trace / static_cast<double>(n);
  }
  const Matrix whitening = inverse_of(cholesky(covariance, n), n);
  return Mahalanobis{{mean.begin(), mean.end()}, {whitening.begin(), whitening.end()}};
}

Graph mahalanobis_graph(const Mahalanobis& model, const Shape& features) {
  constexpr DType kReal = DType::kFloat32;
  const auto n = static_cast<int32_t>(model.mean.size());
  GraphBuilder b("mahalanobis");
  TensorId input = b.input(kReal, features, {}, "features");
  TensorId row = b.node(reshape_record(), {input, b.constant(Shape(2), std::vector<int32_t>{1, n})},
                        {}, kReal);
  TensorId centred =
      b.node(sub_record(), {row, b.constant(Shape(1, n), model.mean, {}, "mean")}, {}, kReal);
  TensorId white = b.node(
      fully_connected_record(),
      {centred, b.constant(Shape(n, n), model.whitening, {}, "whitening"), kAbsent}, {}, kReal);
  TensorId squares = b.node(mul_record(), {white, white}, {}, kReal);
  TensorId axis = b.constant(Shape(1), std::vector<int32_t>{1});
  return b.build(
      {b.node(mean_record(), {squares, axis}, {{"keep_dims", true}}, kReal, {}, "distance")});
}

}  // namespace mote::train
