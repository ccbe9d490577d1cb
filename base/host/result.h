// SPDX-License-Identifier: Apache-2.0
// Errors of the host, as values: a Result<T> holds a T or an Error, and an Error is one sentence
// that names the file, tensor or operator, says what is wrong and what would be right. Nothing in
// mote throws on user input.
#ifndef MOTE_BASE_HOST_RESULT_H_
#define MOTE_BASE_HOST_RESULT_H_

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

namespace mote {

/// Why something failed, ready to print after "mote: error: ".
struct Error {
  std::string message;
};

/// Builds an Error with a fmt format string: `return fail("{}: no such tensor", name);`
template <typename... Args>
Error fail(fmt::format_string<Args...> format, Args&&... args) {
  return Error{fmt::format(format, std::forward<Args>(args)...)};
}

/// A value or an Error. REQUIRES of value()/operator*: ok(). REQUIRES of error(): !ok().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

// Evaluates `expression` (a Result), returns its Error from the calling function if it failed, and
// otherwise binds its value: MOTE_TRY(auto bytes, read_file(path));
#define MOTE_TRY_CONCAT_(a, b) a##b
#define MOTE_TRY_NAME_(line) MOTE_TRY_CONCAT_(mote_try_, line)
#define MOTE_TRY(declaration, expression)                                      \
  auto MOTE_TRY_NAME_(__LINE__) = (expression);                                \
  if (!MOTE_TRY_NAME_(__LINE__).ok()) return MOTE_TRY_NAME_(__LINE__).error(); \
  declaration = *std::move(MOTE_TRY_NAME_(__LINE__))
// The same for an expression whose value, if any, isn't needed.
#define MOTE_CHECK_OK(expression)                          \
  do {                                                     \
    auto mote_check_ok = (expression);                     \
    if (!mote_check_ok.ok()) return mote_check_ok.error(); \
  } while (false)

}  // namespace mote

#endif  // MOTE_BASE_HOST_RESULT_H_
