#include "api/http_message.h"

#include <algorithm>
#include <utility>

#include "api/gzip.h"
#include "api/json_encode.h"
#include "api/json_writer.h"

namespace magpie::api {
namespace {

unsigned http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return 400;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kFailedPrecondition: return 409;
    case ErrorCode::kResourceExhausted: return 429;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kDeadlineExceeded: return 504;
    case ErrorCode::kDataLoss:
    case ErrorCode::kInternal: return 500;
  }
  return 500;
}

// "invalid argument" -> "urn:magpie:error:invalid-argument".
std::string problem_urn(ErrorCode code) {
  std::string urn = "urn:magpie:error:" + std::string(to_string(code));
  std::replace_if(urn.begin(), urn.end(), [](char c) { return c == ' ' || c == '_'; }, '-');
  return urn;
}

HttpResponse problem_response(unsigned status, std::string body) {
  return {status, kProblemType, std::move(body), {}, status == 429 || status == 503};
}

JsonWriter& begin_problem(JsonWriter& json, unsigned status, std::string_view type) {
  json.begin_object().field("type", type).field("title", reason_phrase(status));
  return json.key("status").unsigned_integer(status);
}

}  // namespace

HttpResponse json_response(std::string body, unsigned status) {
  return {status, kJsonType, std::move(body), {}, false};
}

HttpResponse no_content() { return {204, {}, {}, {}, false}; }

HttpResponse problem(unsigned status, std::string_view detail) {
  std::string body;
  JsonWriter json(body);
  begin_problem(json, status, "about:blank").field("detail", detail).end_object();
  return problem_response(status, std::move(body));
}

HttpResponse problem(const Error& error) {
  const unsigned status = http_status(error.code());
  std::string body;
  JsonWriter json(body);
  begin_problem(json, status, problem_urn(error.code()));
  if (error.field().empty()) {
    json.field("detail", error.message());
  } else {
    json.field("detail", error.field() + ": " + error.message()).field("field", error.field());
  }
  json.end_object();
  return problem_response(status, std::move(body));
}

HttpResponse problem(const std::vector<Rejection>& errors) {
  std::string body;
  JsonWriter json(body);
  begin_problem(json, 422, problem_urn(ErrorCode::kInvalidArgument));
  json.field("detail", "no element of the batch is valid").key("errors");
  write_rejections(errors, json);
  json.end_object();
  return problem_response(422, std::move(body));
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Internal Server Error";
  }
}

std::optional<HttpResponse> decompress_body(HttpRequest& request, std::size_t limit) {
  if (request.encoding == BodyEncoding::kIdentity) return std::nullopt;
  std::string content;
  switch (gunzip(request.body, limit, content)) {
    case GunzipResult::kOk: break;
    case GunzipResult::kDamaged: return problem(invalid_argument("body", "is not valid gzip"));
    case GunzipResult::kTooLarge: {
      return problem(413, "the body is longer than " + std::to_string(limit) + " bytes when decompressed");
    }
  }
  request.body = std::move(content);
  request.encoding = BodyEncoding::kIdentity;
  return std::nullopt;
}

}  // namespace magpie::api
