// Status and Result<T>: how every fallible operation reports its outcome.
//
// No exception crosses a folder's edge; libraries that throw are caught where they are called and become a Status.
// Thread-safety: plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace magpie {

// Closed: each value says what the caller should do.
enum class ErrorCode {
  kInvalidArgument,     // The input is wrong: tell its author, do not retry. `field` names the culprit.
  kNotFound,            // There is no such thing: absence is a fact, not a failure.
  kAlreadyExists,       // Creation clashes with what is there: read it, or choose another name.
  kFailedPrecondition,  // The system's state forbids it (no model yet, data directory locked): change that first.
  kUnavailable,         // A dependency does not answer: retry with backoff, or serve without it.
  kDeadlineExceeded,    // The time is up: answer with what there is.
  kResourceExhausted,   // A bound was hit (queue, disk, memory): shed load, retry later.
  kDataLoss,            // Stored bytes are damaged: refuse them, keep the last good ones, alert.
  kInternal,            // A bug or an unexpected failure of a library: report it.
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(ErrorCode code, std::string message, std::string field)
      : code_(code), message_(std::move(message)), field_(std::move(field)) {}

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  // The input field that is wrong, as the caller spelled it ("events[3].user_id"); empty where none is.
  [[nodiscard]] const std::string& field() const { return field_; }
  // "invalid argument: user_id: must not be empty"
  [[nodiscard]] std::string to_string() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::string field_;
};

[[nodiscard]] inline Error invalid_argument(std::string field, std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message), std::move(field)};
}
[[nodiscard]] inline Error not_found(std::string message) { return {ErrorCode::kNotFound, std::move(message)}; }
[[nodiscard]] inline Error failed_precondition(std::string message) {
  return {ErrorCode::kFailedPrecondition, std::move(message)};
}
[[nodiscard]] inline Error unavailable(std::string message) { return {ErrorCode::kUnavailable, std::move(message)}; }
[[nodiscard]] inline Error resource_exhausted(std::string message) {
  return {ErrorCode::kResourceExhausted, std::move(message)};
}
[[nodiscard]] inline Error data_loss(std::string message) { return {ErrorCode::kDataLoss, std::move(message)}; }
[[nodiscard]] inline Error internal_error(std::string message) { return {ErrorCode::kInternal, std::move(message)}; }

// Success, or one Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return some_error;`

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  // Precondition: !ok().
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] std::string to_string() const { return ok() ? "ok" : error_->to_string(); }

 private:
  std::optional<Error> error_;
};

[[nodiscard]] inline Status ok_status() { return {}; }

// A value, or one Error.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  // Precondition of the value accessors: ok(); of error(): !ok().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }
  [[nodiscard]] Status status() const { return ok() ? Status() : Status(error()); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace magpie

// Passes a failure on to the caller.
#define MAGPIE_RETURN_IF_ERROR(expression)                          \
  do {                                                              \
    if (auto magpie_status_ = (expression); !magpie_status_.ok()) { \
      return magpie_status_.error();                                \
    }                                                               \
  } while (false)

#define MAGPIE_CONCAT_INNER_(a, b) a##b
#define MAGPIE_CONCAT_(a, b) MAGPIE_CONCAT_INNER_(a, b)
// MAGPIE_ASSIGN_OR_RETURN(auto value, compute()): unwraps a Result, or passes its error on.
#define MAGPIE_ASSIGN_OR_RETURN(declaration, expression) \
  MAGPIE_ASSIGN_OR_RETURN_(MAGPIE_CONCAT_(magpie_result_, __LINE__), declaration, expression)
#define MAGPIE_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                     \
  if (!result.ok()) return result.error();                        \
  declaration = std::move(result).value()
