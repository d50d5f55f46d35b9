#include "kernels/sampled_softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"

namespace magpie {
namespace {

using Rows64 = RowMatrix<double>;

Rows64 random_rows(Eigen::Index rows, Eigen::Index columns, Random& random) {
  Rows64 matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = random.normal();
  return matrix;
}

// Six columns, four of them sampled; example 1 has a hard negative that was sampled and one that was not, example 2 a
// positive that was not.
SoftmaxColumns sample_columns() {
  SoftmaxColumns columns;
  columns.log_probabilities = {std::log(0.9F), std::log(0.5F), std::log(0.1F), std::log(0.3F)};
  columns.certain.indices = {0, 1, 3, 4, 5};
  columns.certain.offsets = {0, 1, 4, 5};
  columns.masked.indices = {2, 0, 3};
  columns.masked.offsets = {0, 1, 1, 3};
  return columns;
}

// The oracle: the loss as the header writes it, term by term.
double naive_loss(const Rows64& users, const Rows64& items, const SoftmaxColumns& columns, double scale) {
  double loss = 0;
  for (std::size_t i = 0; i < columns.examples(); ++i) {
    const auto logit = [&](std::uint32_t column) {
      return scale * users.row(static_cast<Eigen::Index>(i)).dot(items.row(column));
    };
    const auto certain = columns.certain.of(i);
    const auto masked = columns.masked.of(i);
    double total = 0;
    for (const std::uint32_t column : certain) total += std::exp(logit(column));
    for (std::uint32_t column = 0; column < columns.log_probabilities.size(); ++column) {
      if (std::ranges::find(certain, column) != certain.end()) continue;
      if (std::ranges::find(masked, column) != masked.end()) continue;
      total += std::exp(logit(column) - static_cast<double>(columns.log_probabilities[column]));
    }
    loss += std::log(total) - logit(certain.front());
  }
  return loss / static_cast<double>(columns.examples());
}

class SampledSoftmax : public testing::Test {
 protected:
  Random random_{3};
  Rows64 users_ = random_rows(3, 5, random_);
  Rows64 items_ = random_rows(6, 5, random_);
  SoftmaxColumns columns_ = sample_columns();
  SoftmaxGradient<double> gradient_;
};

TEST_F(SampledSoftmax, IsTheLossTermByTerm) {
  EXPECT_NEAR(sampled_softmax<double>(users_, 0, items_, columns_, 1.7, gradient_),
              naive_loss(users_, items_, columns_, 1.7), 1e-12);
}

TEST_F(SampledSoftmax, GradientIsThatOfTheLoss) {
  constexpr double kScale = 1.7;
  constexpr double kStep = 1e-6;
  (void)sampled_softmax<double>(users_, 0, items_, columns_, kScale, gradient_);
  const auto slope = [&](double& value) {
    const double kept = value;
    value = kept + kStep;
    const double up = naive_loss(users_, items_, columns_, kScale);
    value = kept - kStep;
    const double down = naive_loss(users_, items_, columns_, kScale);
    value = kept;
    return (up - down) / (2 * kStep);
  };
  for (Eigen::Index i = 0; i < users_.size(); ++i) {
    EXPECT_NEAR(gradient_.users.data()[i], slope(users_.data()[i]), 1e-8) << "user value " << i;
  }
  for (Eigen::Index i = 0; i < items_.size(); ++i) {
    EXPECT_NEAR(gradient_.items.data()[i], slope(items_.data()[i]), 1e-8) << "item value " << i;
  }
  const double up = naive_loss(users_, items_, columns_, kScale * std::exp(kStep));
  const double down = naive_loss(users_, items_, columns_, kScale * std::exp(-kStep));
  EXPECT_NEAR(gradient_.log_scale, (up - down) / (2 * kStep), 1e-8);
}

TEST_F(SampledSoftmax, RunsOfExamplesSumToTheWhole) {
  const double whole = sampled_softmax<double>(users_, 0, items_, columns_, 2.0, gradient_);
  SoftmaxGradient<double> head;
  SoftmaxGradient<double> tail;
  const double parts = sampled_softmax<double>(users_.topRows(1), 0, items_, columns_, 2.0, head) +
                       sampled_softmax<double>(users_.bottomRows(2), 1, items_, columns_, 2.0, tail);
  EXPECT_NEAR(parts, whole, 1e-12);
  EXPECT_LT((head.items + tail.items - gradient_.items).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((tail.users - gradient_.users.bottomRows(2)).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_NEAR(head.log_scale + tail.log_scale, gradient_.log_scale, 1e-12);
}

TEST_F(SampledSoftmax, MaskedColumnsHaveNoInfluence) {
  columns_.masked.indices = {2, 2, 2};  // For all three.
  columns_.masked.offsets = {0, 1, 2, 3};
  const double before = sampled_softmax<double>(users_, 0, items_, columns_, 1.0, gradient_);
  EXPECT_EQ(gradient_.items.row(2).cwiseAbs().maxCoeff(), 0);
  items_.row(2) *= 100;  // It would drown everything else.
  EXPECT_EQ(sampled_softmax<double>(users_, 0, items_, columns_, 1.0, gradient_), before);
}

TEST_F(SampledSoftmax, SinglePrecisionIsTheSameUpToRounding) {
  const double exact = sampled_softmax<double>(users_, 0, items_, columns_, 1.7, gradient_);
  SoftmaxGradient<float> rounded;
  const RowMatrix<float> users = users_.cast<float>();
  const RowMatrix<float> items = items_.cast<float>();
  EXPECT_NEAR(sampled_softmax<float>(users, 0, items, columns_, 1.7F, rounded), exact, 1e-5);
  EXPECT_LT((rounded.items.cast<double>() - gradient_.items).cwiseAbs().maxCoeff(), 1e-5);
}

TEST_F(SampledSoftmax, ThePositiveAloneIsCertain) {
  SoftmaxColumns columns;
  columns.log_probabilities = {-std::numeric_limits<float>::infinity()};  // A batch of one example samples nothing.
  columns.certain.indices = {0};
  columns.certain.offsets = {0, 1};
  columns.masked.offsets = {0, 0};
  EXPECT_EQ(sampled_softmax<double>(users_.topRows(1), 0, items_.topRows(1), columns, 1.0, gradient_), 0);
  EXPECT_EQ(gradient_.items.cwiseAbs().maxCoeff(), 0);
}

// What the correction is for: on average over samples the partition function is that of all items, though popular items
// are sampled more. Without it the popular ones would count too much.
TEST(SampledSoftmaxCorrection, PartitionFunctionIsUnbiased) {
  constexpr std::size_t kItems = 6;
  constexpr std::size_t kDraws = 4;
  constexpr int kSamples = 20'000;
  const std::vector<double> shares = {0.4, 0.3, 0.15, 0.1, 0.04, 0.01};
  Random random(5);
  const Rows64 user = random_rows(1, 3, random);
  const Rows64 items = random_rows(kItems, 3, random);
  const auto odds = [&](std::size_t item) { return std::exp(user.row(0).dot(items.row(static_cast<int>(item)))); };
  double exact = 0;  // Of the negatives, relative to the positive, which is item 0.
  for (std::size_t item = 1; item < kItems; ++item) exact += odds(item) / odds(0);

  double corrected = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    std::set<std::size_t> drawn{0};
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      double left = random.uniform();
      std::size_t item = 0;
      while (item + 1 < kItems && (left -= shares[item]) >= 0) ++item;
      drawn.insert(item);
    }
    SoftmaxColumns columns;
    Rows64 vectors(static_cast<Eigen::Index>(drawn.size()), 3);
    for (const std::size_t item : drawn) {
      vectors.row(static_cast<Eigen::Index>(columns.log_probabilities.size())) = items.row(static_cast<int>(item));
      columns.log_probabilities.push_back(
          static_cast<float>(std::log(1 - std::pow(1 - shares[item], static_cast<double>(kDraws)))));
    }
    columns.certain.indices = {0};
    columns.certain.offsets = {0, 1};
    columns.masked.offsets = {0, 0};
    SoftmaxGradient<double> gradient;
    corrected += std::exp(sampled_softmax<double>(user, 0, vectors, columns, 1.0, gradient)) - 1;
  }
  EXPECT_NEAR(corrected / kSamples, exact, 0.05 * exact);
}

}  // namespace
}  // namespace magpie
