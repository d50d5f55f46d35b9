// Stored forms of the shapes that models are made of, for the model codec.
//
// Reading checks sizes before memory is asked for, indices against the number of columns, and every value for being
// finite, at the speed of memory. Layouts: docs/formats/model_version.md. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "model/matrix.h"

namespace magpie {

void write_floats(const std::vector<float>& values, ByteWriter& writer);
[[nodiscard]] Status read_floats(ByteReader& reader, std::vector<float>& values);

void write_texts(const std::vector<std::string>& texts, ByteWriter& writer);
// kDataLoss where they are not strictly ascending.
[[nodiscard]] Status read_ascending_texts(ByteReader& reader, std::vector<std::string>& texts);

void write_matrix(const Matrix& matrix, ByteWriter& writer);
[[nodiscard]] Status read_matrix(ByteReader& reader, Matrix& matrix);

void write_sparse_matrix(const SparseMatrix& matrix, ByteWriter& writer);
[[nodiscard]] Status read_sparse_matrix(ByteReader& reader, SparseMatrix& matrix);

}  // namespace magpie
