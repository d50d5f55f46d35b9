// HttpRequest and HttpResponse as handlers see them, and problem details (RFC 9457) as every error is answered.
// Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/batch_outcome.h"
#include "api/json_decode.h"
#include "api/query.h"
#include "base/status.h"

namespace magpie::api {

enum class BodyEncoding { kIdentity, kGzip };

struct HttpRequest {
  std::vector<std::string> arguments;  // The path's {segments}, decoded, in order.
  Query query;
  BodyFormat format = BodyFormat::kJson;
  BodyEncoding encoding = BodyEncoding::kIdentity;
  std::string body;  // As sent.
};

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProblemType = "application/problem+json";

struct HttpResponse {
  unsigned status = 200;
  std::string_view content_type = kJsonType;  // Static storage; empty: there is no body.
  std::string body;
  std::string allow;             // Of 405.
  bool retry_after = false;      // Come back in a second.
};

[[nodiscard]] HttpResponse json_response(std::string body, unsigned status = 200);
[[nodiscard]] HttpResponse no_content();

// An error that HTTP itself knows: {type: about:blank, title: the status's name, status, detail}.
[[nodiscard]] HttpResponse problem(unsigned status, std::string_view detail);
// An error of the domain: type is urn:magpie:error:<code>, and the field is named where one is wrong.
[[nodiscard]] HttpResponse problem(const Error& error);
// No element of a batch was accepted: 422 and `errors`.
[[nodiscard]] HttpResponse problem(const std::vector<Rejection>& errors);

[[nodiscard]] std::string_view reason_phrase(unsigned status);

// Decompresses the body in place. An answer where it cannot be: 400 damaged, 413 longer than `limit`.
[[nodiscard]] std::optional<HttpResponse> decompress_body(HttpRequest& request, std::size_t limit);

}  // namespace magpie::api
