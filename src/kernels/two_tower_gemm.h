// Products of row-major matrices as the two-tower network needs them: in single precision by kernels/gemm.h, at the
// speed of the machine; in double precision, which only the check of the gradients uses, by Eigen.
//
// `out` has the product's shape and shares no memory with a or b; what was in it is not read. Pure and thread-safe.
#pragma once

#include <Eigen/Core>
#include <cstddef>

namespace magpie {

template <typename Real>
using RowMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename Real>
using ConstRows = Eigen::Ref<const RowMatrix<Real>>;
template <typename Real>
using Rows = Eigen::Ref<RowMatrix<Real>>;

[[nodiscard]] inline Eigen::Index eigen_index(std::size_t i) { return static_cast<Eigen::Index>(i); }

// out = a b
void multiply(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out);
void multiply(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out);
// out = a b^T
void multiply_by_transposed(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out);
void multiply_by_transposed(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out);
// out = a^T b
void multiply_transposed(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out);
void multiply_transposed(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out);

}  // namespace magpie
