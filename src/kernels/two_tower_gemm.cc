#include "kernels/two_tower_gemm.h"

#include "kernels/gemm.h"

namespace magpie {
namespace {

GemmOperand operand(const ConstRows<float>& matrix, Transposed transposed) {
  return {matrix.data(), static_cast<std::size_t>(matrix.outerStride()), transposed};
}

void product(const GemmOperand& a, Eigen::Index inner, const GemmOperand& b, Rows<float>& out) {
  out.setZero();
  add_product(
      {static_cast<std::size_t>(out.rows()), static_cast<std::size_t>(inner), static_cast<std::size_t>(out.cols())}, 1,
      a, b, out.data(), static_cast<std::size_t>(out.outerStride()));
}

}  // namespace

void multiply(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out) {
  product(operand(a, Transposed::kNo), a.cols(), operand(b, Transposed::kNo), out);
}
void multiply(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out) { out.noalias() = a * b; }

void multiply_by_transposed(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out) {
  product(operand(a, Transposed::kNo), a.cols(), operand(b, Transposed::kYes), out);
}
void multiply_by_transposed(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out) {
  out.noalias() = a * b.transpose();
}

void multiply_transposed(const ConstRows<float>& a, const ConstRows<float>& b, Rows<float> out) {
  product(operand(a, Transposed::kYes), a.rows(), operand(b, Transposed::kNo), out);
}
void multiply_transposed(const ConstRows<double>& a, const ConstRows<double>& b, Rows<double> out) {
  out.noalias() = a.transpose() * b;
}

}  // namespace magpie
