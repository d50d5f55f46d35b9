// Strong ids: a UserId is not an ItemId, though both are strings; a UserIndex is not an ItemIndex.
// Thread-safety: plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace magpie {

// A value of type T that only mixes with values of the same Tag.
template <typename T, typename Tag>
class Strong {
 public:
  using value_type = T;
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(std::move(value)) {}

  [[nodiscard]] constexpr const T& get() const { return value_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
  friend constexpr bool operator==(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

}  // namespace magpie

template <typename T, typename Tag>
struct std::hash<magpie::Strong<T, Tag>> {
  std::size_t operator()(const magpie::Strong<T, Tag>& id) const { return std::hash<T>{}(id.get()); }
};
