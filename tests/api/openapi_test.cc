// api/openapi.yaml is true: its routes and parameters are the server's, its examples are accepted, and what the server
// answers fits its schemas.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/http_server.h"
#include "api/openapi_document.h"
#include "api/routes.h"
#include "tests/api/http_test_client.h"
#include "tests/api/openapi_schema.h"
#include "tests/api/test_services.h"

namespace magpie::api {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const json& document() {
  static const json kDocument = load_openapi(std::string(openapi_document()));
  return kDocument;
}

// An operation of the document.
struct Operation {
  std::string method;  // As HTTP spells it.
  std::string path;
  json content;

  [[nodiscard]] std::string name() const { return method + " " + path; }
  [[nodiscard]] json parameters(std::string_view in) const {
    json found = json::array();
    for (const auto& parameter : content.value("parameters", json::array())) {
      if (parameter.at("in") == in) found.push_back(parameter);
    }
    return found;
  }
};

std::vector<Operation> operations() {
  std::vector<Operation> found;
  for (const auto& [path, methods] : document().at("paths").items()) {
    for (const auto& [method, content] : methods.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
      found.push_back({upper, path, content});
    }
  }
  return found;
}

std::string percent_encode(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : code;
  }
  return out;
}

std::string to_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// The target with the example of every parameter.
std::string example_target(const Operation& operation) {
  std::string target = operation.path;
  for (const auto& parameter : operation.parameters("path")) {
    const std::string name = "{" + parameter.at("name").get<std::string>() + "}";
    target.replace(target.find(name), name.size(), percent_encode(to_text(parameter.at("example"))));
  }
  char separator = '?';
  for (const auto& parameter : operation.parameters("query")) {
    const json& example = parameter.at("example");
    for (const auto& value : example.is_array() ? example : json::array({example})) {
      target += separator + parameter.at("name").get<std::string>() + "=" + percent_encode(to_text(value));
      separator = '&';
    }
  }
  return target;
}

struct ExampleBody {
  std::string content_type;
  std::string text;
};

std::vector<ExampleBody> example_bodies(const Operation& operation) {
  if (!operation.content.contains("requestBody")) return {{}};
  std::vector<ExampleBody> bodies;
  for (const auto& [type, media] : operation.content.at("requestBody").at("content").items()) {
    for (const auto& [name, example] : media.at("examples").items()) {
      bodies.push_back({type, to_text(example.at("value"))});
    }
  }
  return bodies;
}

// Checks an answer against what the document says of it.
void expect_documented(const Operation& operation, const TestResponse& response) {
  const std::string status = std::to_string(response.result_int());
  const json& responses = operation.content.at("responses");
  ASSERT_TRUE(responses.contains(status)) << operation.name() << ' ' << status << ' ' << response.body();
  const json& documented = responses.at(status);
  if (!documented.contains("content")) {
    EXPECT_TRUE(response.body().empty()) << operation.name();
    return;
  }
  const std::string sent(response["Content-Type"]);
  const std::string type = sent.substr(0, sent.find(';'));
  ASSERT_TRUE(documented.at("content").contains(type)) << operation.name() << ' ' << type;
  const json& schema = documented.at("content").at(type).at("schema");
  const json body = type.ends_with("json") ? json::parse(response.body()) : json(response.body());
  const auto wrong = mismatch(schema, body);
  EXPECT_FALSE(wrong) << operation.name() << '\n' << *wrong << response.body();
}

class Server {
 public:
  Server() : server_(services_.get(), {.port = 0, .max_body_bytes = 100'000}) { EXPECT_TRUE(server_.start().ok()); }
  TestResponse request(const std::string& method, const std::string& target, const ExampleBody& body = {}) {
    TestHeaders headers;
    if (!body.content_type.empty()) headers["Content-Type"] = body.content_type;
    return HttpTestClient(server_.port()).request(method, target, body.text, headers);
  }
  TestServices& services() { return services_; }

 private:
  TestServices services_;
  HttpServer server_;
};

TEST(OpenApi, HasTheRoutesOfTheServer) {
  std::set<std::string> documented;
  for (const auto& operation : operations()) documented.insert(operation.name());
  std::set<std::string> served;
  for (const Route& route : routes()) served.insert(std::string(route.method) + " " + std::string(route.pattern));
  EXPECT_EQ(documented, served);
}

TEST(OpenApi, HasTheParametersOfTheServer) {
  for (const auto& operation : operations()) {
    const auto route = std::find_if(routes().begin(), routes().end(), [&](const Route& r) {
      return r.method == operation.method && r.pattern == operation.path;
    });
    ASSERT_NE(route, routes().end()) << operation.name();
    std::set<std::pair<std::string, bool>> served;
    for (const Parameter& parameter : route->parameters) served.emplace(parameter.name, parameter.repeatable);
    std::set<std::pair<std::string, bool>> documented;
    for (const auto& parameter : operation.parameters("query")) {
      documented.emplace(parameter.at("name"), parameter.at("schema").at("type") == "array");
    }
    EXPECT_EQ(documented, served) << operation.name();
    EXPECT_EQ(operation.parameters("path").size(), std::count(operation.path.begin(), operation.path.end(), '{'));
    EXPECT_EQ(operation.content.contains("requestBody"), route->body != RequestBody::kNone) << operation.name();
  }
}

TEST(OpenApi, IdsOfOperationsAreUnique) {
  std::set<std::string> seen;
  for (const auto& operation : operations()) EXPECT_TRUE(seen.insert(operation.content.at("operationId")).second);
}

TEST(OpenApi, ExamplesFitTheirSchemas) {
  for (const auto& operation : operations()) {
    for (const auto& parameter : operation.content.value("parameters", json::array())) {
      const auto wrong = mismatch(parameter.at("schema"), parameter.at("example"));
      EXPECT_FALSE(wrong) << operation.name() << ' ' << parameter.at("name") << *wrong;
    }
    json media = json::array();
    if (operation.content.contains("requestBody")) media.push_back(operation.content.at("requestBody").at("content"));
    for (const auto& response : operation.content.at("responses"))
      media.push_back(response.value("content", json::object()));
    for (const auto& types : media) {
      for (const auto& content : types) {
        json examples = content.value("examples", json::object());
        if (content.contains("example")) examples["example"] = {{"value", content.at("example")}};
        for (const auto& example : examples) {
          const auto wrong = mismatch(content.at("schema"), example.at("value"));
          EXPECT_FALSE(wrong) << operation.name() << ' ' << example << *wrong;
        }
      }
    }
  }
}

// So that the test below proves that the server takes every documented member.
TEST(OpenApi, ExamplesUseEveryMemberOfWhatIsSent) {
  for (const auto* name : {"Event", "NewItem", "NewUser"}) {
    std::set<std::string> unused;
    for (const auto& [member, schema] : document().at("components").at("schemas").at(name).at("properties").items()) {
      unused.insert(member);
    }
    const std::map<std::string, std::string> path{
        {"Event", "/v1/events"}, {"NewItem", "/v1/items"}, {"NewUser", "/v1/users"}};
    const json& content = document().at("paths").at(path.at(name)).at("post").at("requestBody").at("content");
    for (const auto& element : content.at("application/json").at("examples").at("batch").at("value")) {
      for (const auto& [member, value] : element.items()) unused.erase(member);
    }
    EXPECT_TRUE(unused.empty()) << name << ": " << *unused.begin();
  }
}

TEST(OpenApi, TheServerAnswersEveryExampleAsDocumented) {
  for (const auto& operation : operations()) {
    for (const auto& body : example_bodies(operation)) {
      Server server;
      const auto response = server.request(operation.method, example_target(operation), body);
      EXPECT_LT(response.result_int(), 300U) << operation.name() << ' ' << response.body();
      expect_documented(operation, response);
    }
  }
}

TEST(OpenApi, ErrorsAreAsDocumented) {
  struct Case {
    std::string method, path, target;
    ExampleBody body;
    unsigned status;
  };
  const std::string json_type = "application/json";
  const std::vector<Case> cases{
      {"POST", "/v1/events", "/v1/events", {json_type, "{"}, 400},
      {"POST", "/v1/events", "/v1/events", {json_type, std::string(100'001, ' ')}, 413},
      {"POST", "/v1/events", "/v1/events", {"text/csv", "a,b"}, 415},
      {"POST", "/v1/events", "/v1/events", {json_type, "[{}]"}, 422},
      {"GET", "/v1/recommendations", "/v1/recommendations", {}, 400},
      {"GET", "/v1/items/{id}/similar", "/v1/items/none/similar", {}, 404},
      {"GET", "/v1/items/{id}/similar", "/v1/items/242/similar?n=0", {}, 400},
      {"GET", "/v1/trending", "/v1/trending?n=101", {}, 400},
      {"POST", "/v1/items", "/v1/items", {json_type, "{}"}, 400},
      {"POST", "/v1/items", "/v1/items", {json_type, "[{}]"}, 422},
      {"GET", "/v1/items/{id}", "/v1/items/none", {}, 404},
      {"PUT", "/v1/items/{id}", "/v1/items/242", {json_type, R"({"title":1})"}, 400},
      {"DELETE", "/v1/items/{id}", "/v1/items/none", {}, 404},
      {"GET", "/v1/users", "/v1/users?limit=0", {}, 400},
      {"POST", "/v1/users", "/v1/users", {json_type, R"([{"id":1}])"}, 422},
      {"GET", "/v1/users/{id}", "/v1/users/none", {}, 404},
      {"PUT", "/v1/users/{id}", "/v1/users/196", {"text/plain", "x"}, 415},
      {"DELETE", "/v1/users/{id}", "/v1/users/%01", {}, 400},
      {"POST", "/v1/training", "/v1/training?wait=maybe", {}, 400},
      {"POST", "/v1/models/{version}/promote", "/v1/models/9/promote", {}, 404},
      {"POST", "/v1/models/{version}/promote", "/v1/models/v3/promote", {}, 400},
      {"POST", "/v1/models/{version}/canary", "/v1/models/3/canary?share=2", {}, 400},
      {"POST", "/v1/models/{version}/canary", "/v1/models/1/canary", {}, 400},
      {"POST", "/v1/models/{version}/canary", "/v1/models/9/canary", {}, 404},
  };
  const auto all = operations();
  for (const auto& [method, path, target, body, status] : cases) {
    Server server;
    const auto operation =
        std::find_if(all.begin(), all.end(), [&](const Operation& o) { return o.method == method && o.path == path; });
    ASSERT_NE(operation, all.end()) << path;
    const auto response = server.request(method, target, body);
    EXPECT_EQ(response.result_int(), status) << target << response.body();
    expect_documented(*operation, response);
  }
}

TEST(OpenApi, StatesThatComeAndGoAreAsDocumented) {
  const auto all = operations();
  const auto find = [&](std::string_view name) {
    return *std::find_if(all.begin(), all.end(), [&](const Operation& o) { return o.name() == name; });
  };
  Server server;
  server.services().hold_training();
  expect_documented(find("POST /v1/training"), server.request("POST", "/v1/training"));
  expect_documented(find("POST /v1/training"), server.request("POST", "/v1/training"));  // 409
  expect_documented(find("GET /v1/training"), server.request("GET", "/v1/training"));
  server.services().finish_training();
  expect_documented(find("POST /v1/training"), server.request("POST", "/v1/training?wait=true"));
  expect_documented(find("GET /v1/training"), server.request("GET", "/v1/training"));
  server.services().warn("model 5 (canary) is not loaded");
  expect_documented(find("GET /readyz"), server.request("GET", "/readyz"));
  server.services().set_not_ready("starting");
  expect_documented(find("GET /readyz"), server.request("GET", "/readyz"));  // 503
  server.services().log().refuse_with(resource_exhausted("full"));
  const ExampleBody event{"application/json", R"({"user_id":"u","item_id":"242","type":"view"})"};
  expect_documented(find("POST /v1/events"), server.request("POST", "/v1/events", event));  // 429
}

TEST(OpenApi, IsServed) {
  Server server;
  const auto response = server.request("GET", "/openapi.yaml");
  EXPECT_EQ(response["Content-Type"], "application/yaml");
  EXPECT_EQ(response.body(), openapi_document());
  EXPECT_THAT(response.body(), HasSubstr("openapi: 3.1.0"));
}

TEST(OpenApi, IsAscii) {
  EXPECT_TRUE(std::all_of(openapi_document().begin(), openapi_document().end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(OpenApiSchema, TellsWhatDoesNotFit) {
  const json& schema = document().at("components").at("schemas").at("Event");
  EXPECT_FALSE(mismatch(schema, {{"user_id", "u"}, {"item_id", "i"}, {"type", "view"}}));
  EXPECT_TRUE(mismatch(schema, {{"user_id", "u"}, {"item_id", "i"}}));
  EXPECT_TRUE(mismatch(schema, {{"user_id", 1}, {"item_id", "i"}, {"type", "view"}}));
  EXPECT_TRUE(mismatch(schema, {{"user_id", "u"}, {"item_id", "i"}, {"type", "view"}, {"colour", "red"}}));
}

}  // namespace
}  // namespace magpie::api
