// Capitals and small letters of UTF-8 text. Pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace magpie {

enum class TurkishCase : bool { kNo, kYes };  // I is the capital of the dotless small letter.

// Appends the character that begins at `at`, as a small letter; returns its length in bytes. Latin, Greek and Cyrillic
// letters have capitals here; bytes that are no UTF-8 are appended one by one as they are. Precondition: at is inside.
std::size_t append_lowered(std::string_view text, std::size_t at, TurkishCase turkish, std::string& out);

}  // namespace magpie
