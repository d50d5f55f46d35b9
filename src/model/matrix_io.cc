#include "model/matrix_io.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>

namespace magpie {
namespace {

// Without a branch a value, so that it runs as vector code: an exponent of all ones is an infinity or NaN.
bool all_finite(const std::vector<float>& values) {
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t bad = 0;
  for (const float value : values) {
    bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  return bad == 0;
}

Status read_values(ByteReader& reader, std::uint64_t count, std::vector<float>& values) {
  MAGPIE_RETURN_IF_ERROR(reader.array(count, values));
  return all_finite(values) ? Status() : data_loss("a value is not finite");
}

std::uint32_t maximum(const std::vector<std::uint32_t>& values) {
  std::uint32_t result = 0;
  for (const std::uint32_t value : values) result = std::max(result, value);
  return result;
}

Status validate_sparse(const SparseMatrix& matrix) {
  const auto& offsets = matrix.offsets;
  const bool ascending = std::is_sorted(offsets.begin(), offsets.end());
  if (offsets.front() != 0 || !ascending || offsets.back() != matrix.indices.size()) {
    return data_loss("the row offsets are wrong");
  }
  if (!matrix.indices.empty() && maximum(matrix.indices) >= matrix.columns) return data_loss("a column out of range");
  return {};
}

}  // namespace

void write_floats(const std::vector<float>& values, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(values.size()));
  writer.array(std::span(values));
}

Status read_floats(ByteReader& reader, std::vector<float>& values) {
  std::uint64_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  return read_values(reader, count, values);
}

void write_texts(const std::vector<std::string>& texts, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts) writer.text<std::uint16_t>(text);
}

Status read_ascending_texts(ByteReader& reader, std::vector<std::string>& texts) {
  std::uint64_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > reader.remaining() / sizeof(std::uint16_t)) return data_loss("more texts than bytes");
  texts.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view text;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(text));
    if (i > 0 && text <= texts.back()) return data_loss("the texts are not in order");
    texts.emplace_back(text);
  }
  return {};
}

void write_matrix(const Matrix& matrix, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(matrix.rows));
  writer.number(static_cast<std::uint64_t>(matrix.columns));
  writer.array(std::span(matrix.values));
}

Status read_matrix(ByteReader& reader, Matrix& matrix) {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(rows));
  MAGPIE_RETURN_IF_ERROR(reader.number(columns));
  if (columns > 0 && rows > reader.remaining() / sizeof(float) / columns) return data_loss("the matrix is too short");
  matrix.rows = static_cast<std::size_t>(rows);
  matrix.columns = static_cast<std::size_t>(columns);
  return read_values(reader, rows * columns, matrix.values);
}

void write_sparse_matrix(const SparseMatrix& matrix, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(matrix.rows()));
  writer.number(static_cast<std::uint64_t>(matrix.columns));
  writer.number(static_cast<std::uint64_t>(matrix.indices.size()));
  writer.array(std::span(matrix.offsets));
  writer.array(std::span(matrix.indices));
  writer.array(std::span(matrix.values));
}

Status read_sparse_matrix(ByteReader& reader, SparseMatrix& matrix) {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t entries = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(rows));
  MAGPIE_RETURN_IF_ERROR(reader.number(columns));
  MAGPIE_RETURN_IF_ERROR(reader.number(entries));
  if (rows > reader.remaining()) return data_loss("more rows than bytes");
  SparseMatrix read;
  read.columns = static_cast<std::size_t>(columns);
  MAGPIE_RETURN_IF_ERROR(reader.array(rows + 1, read.offsets));
  MAGPIE_RETURN_IF_ERROR(reader.array(entries, read.indices));
  MAGPIE_RETURN_IF_ERROR(read_values(reader, entries, read.values));
  MAGPIE_RETURN_IF_ERROR(validate_sparse(read));
  matrix = std::move(read);
  return {};
}

}  // namespace magpie
