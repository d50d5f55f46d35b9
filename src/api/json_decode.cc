#include "api/json_decode.h"

// Its errors are values here: an accessor that throws instead does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "api/json_error.h"

namespace magpie::api {
namespace {

namespace od = simdjson::ondemand;

constexpr std::size_t kKeptCapacity = 8 * 1024 * 1024;  // bytes of body that a decoder stays prepared for

// What is wrong with a text: either it is no JSON at all, or a member does not fit.
struct Fault {
  simdjson::error_code malformed = simdjson::SUCCESS;
  std::string field;
  std::string reason;

  [[nodiscard]] bool any() const { return malformed != simdjson::SUCCESS || !reason.empty(); }
};

// Reads the members of one object. The first member that does not fit is remembered and reading goes on, so that the
// rest is still checked for being JSON.
class ObjectReader {
 public:
  explicit ObjectReader(Fault& fault, std::string prefix = {}) : fault_(fault), prefix_(std::move(prefix)) {}

  void text(std::string_view field, od::value& value, std::string& out) {
    std::string_view read;
    const auto error = value.get_string().get(read);
    if (error == simdjson::SUCCESS) {
      out.assign(read);
    } else {
      refuse(field, error, "must be a string");
    }
  }

  void flag(std::string_view field, od::value& value, bool& out) {
    if (const auto error = value.get_bool().get(out); error != simdjson::SUCCESS) {
      refuse(field, error, "must be true or false");
    }
  }

  template <typename Real>
  void number(std::string_view field, od::value& value, Real& out) {
    double read = 0;
    const auto error = value.get_double().get(read);
    if (error == simdjson::SUCCESS) {
      out = static_cast<Real>(read);
    } else {
      refuse(field, error, "must be a number");
    }
  }

  void whole_number(std::string_view field, od::value& value, std::int64_t& out) {
    if (const auto error = value.get_int64().get(out); error != simdjson::SUCCESS) {
      refuse(field, error, "must be a whole number");
    }
  }

  void time(std::string_view field, od::value& value, Timestamp& out) {
    std::int64_t unix_ms = to_unix_ms(out);
    whole_number(field, value, unix_ms);
    out = from_unix_ms(unix_ms);
  }

  // A list whose elements are read by `read(field, value, element)`.
  template <typename T, typename Read>
  void list(std::string_view field, od::value& value, std::vector<T>& out, std::size_t bound, Read read) {
    out.clear();
    od::array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) {
      return refuse(field, error, "must be a list");
    }
    for (auto element : array) {
      od::value member;
      if (const auto error = element.get(member); error != simdjson::SUCCESS) return refuse(field, error, "");
      if (out.size() == bound) return misfit(field, "must have at most " + std::to_string(bound) + " entries");
      const std::string name = std::string(field) + "[" + std::to_string(out.size()) + "]";
      read(name, member, out.emplace_back());
    }
  }

  void texts(std::string_view field, od::value& value, std::vector<std::string>& out, std::size_t bound) {
    list(field, value, out, bound,
         [this](const std::string& name, od::value& member, std::string& text_out) { text(name, member, text_out); });
  }

  void unknown(std::string_view field) { misfit(field, "is not a known field"); }

  // A value that simdjson would not give: the text is no JSON, or the value is not what was asked for.
  void refuse(std::string_view field, simdjson::error_code error, std::string reason) {
    if (!is_malformed(error)) return misfit(field, std::move(reason));
    if (fault_.malformed == simdjson::SUCCESS) fault_ = {error, {}, {}};
  }

  void misfit(std::string_view field, std::string reason) {
    if (!fault_.any()) fault_ = {simdjson::SUCCESS, prefix_ + std::string(field), std::move(reason)};
  }

 private:
  static bool is_malformed(simdjson::error_code error) {
    return error != simdjson::INCORRECT_TYPE && error != simdjson::NUMBER_ERROR &&
           error != simdjson::NUMBER_OUT_OF_RANGE;
  }

  Fault& fault_;
  std::string prefix_;
};

// Calls `member(name, value)` for each member of the object that is not null.
template <typename Member>
void for_each_member(od::object object, ObjectReader& reader, Member member) {
  for (auto entry : object) {
    od::field field;
    std::string_view name;
    auto error = std::move(entry).get(field);
    if (error == simdjson::SUCCESS) error = field.unescaped_key().get(name);
    if (error != simdjson::SUCCESS) return reader.refuse("", error, "is not an object");
    od::value value = field.value();
    bool absent = false;
    error = value.is_null().get(absent);
    if (error != simdjson::SUCCESS) {
      reader.refuse(name, error, "must be a value");
    } else if (!absent) {
      member(name, value);
    }
  }
}

void read_context(od::value& value, EventContext& out, Fault& fault) {
  ObjectReader reader(fault, "context.");
  od::object object;
  if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) {
    return ObjectReader(fault).refuse("context", error, "must be an object");
  }
  for_each_member(object, reader, [&](std::string_view name, od::value& member) {
    if (name == "surface") return reader.text(name, member, out.surface);
    if (name == "device") return reader.text(name, member, out.device);
    if (name == "region") return reader.text(name, member, out.region);
    reader.unknown(name);
  });
}

void read_object(od::object object, speed::RawEvent& out, Fault& fault) {
  ObjectReader reader(fault);
  for_each_member(object, reader, [&](std::string_view name, od::value& value) {
    if (name == "user_id") return reader.text(name, value, out.user_id);
    if (name == "item_id") return reader.text(name, value, out.item_id);
    if (name == "type") return reader.text(name, value, out.type);
    if (name == "timestamp") return reader.whole_number(name, value, out.timestamp_ms.emplace());
    if (name == "event_id") return reader.text(name, value, out.event_id);
    if (name == "value") return reader.number(name, value, out.value);
    if (name == "session_id") return reader.text(name, value, out.session_id);
    if (name == "request_id") return reader.text(name, value, out.request_id);
    if (name == "context") return read_context(value, out.context, fault);
    reader.unknown(name);
  });
}

void read_object(od::object object, Item& out, Fault& fault) {
  ObjectReader reader(fault);
  for_each_member(object, reader, [&](std::string_view name, od::value& value) {
    if (name == "id") {
      std::string id;
      reader.text(name, value, id);
      out.id = ItemId(std::move(id));
      return;
    }
    if (name == "title") return reader.text(name, value, out.title);
    if (name == "description") return reader.text(name, value, out.description);
    if (name == "categories") return reader.texts(name, value, out.categories, kMaxCategories);
    if (name == "tags") return reader.texts(name, value, out.tags, kMaxTags);
    if (name == "price") return reader.number(name, value, out.price.emplace());
    if (name == "created_at") return reader.time(name, value, out.created_at);
    if (name == "available") return reader.flag(name, value, out.available);
    if (name == "editorial") return reader.flag(name, value, out.editorial);
    if (name == "embedding") {
      return reader.list(
          name, value, out.embedding, kMaxEmbeddingDimensions,
          [&](const std::string& field, od::value& member, float& number) { reader.number(field, member, number); });
    }
    reader.unknown(name);
  });
}

void read_object(od::object object, User& out, Fault& fault) {
  ObjectReader reader(fault);
  for_each_member(object, reader, [&](std::string_view name, od::value& value) {
    if (name == "id") {
      std::string id;
      reader.text(name, value, id);
      out.id = UserId(std::move(id));
      return;
    }
    if (name == "interests") return reader.texts(name, value, out.interests, kMaxInterests);
    if (name == "created_at") return reader.time(name, value, out.created_at);
    if (name == "segment") return reader.text(name, value, out.segment);
    reader.unknown(name);
  });
}

void read_object(od::object object, OnboardingAnswer& out, Fault& fault) {
  ObjectReader reader(fault);
  for_each_member(object, reader, [&](std::string_view name, od::value& value) {
    if (name == "interests") return reader.texts(name, value, out.interests, serving::kMaxOnboardingInterests);
    reader.unknown(name);
  });
}

template <typename T>
class BatchReader {
 public:
  BatchReader(od::parser& parser, std::string& body, T blank) : parser_(parser), body_(body), blank_(std::move(blank)) {
    body_.reserve(body_.size() + simdjson::SIMDJSON_PADDING);
  }

  Result<DecodedBatch<T>> read_json() {
    od::document document;
    if (const auto error = parser_.iterate(view(body_)).get(document); error != simdjson::SUCCESS) {
      return malformed(error);
    }
    od::json_type type{};
    if (const auto error = document.type().get(type); error != simdjson::SUCCESS) return malformed(error);
    if (type == od::json_type::array) return read_array(document);
    if (type == od::json_type::object) return read_single(document);
    return invalid_argument("body", find_json_fault(body_).value_or("must be an object or a list of objects"));
  }

  Result<DecodedBatch<T>> read_ndjson() {
    for (std::string_view rest = body_; !rest.empty() && batch_.size <= kMaxBatch;) {
      const auto end = std::min(rest.find('\n'), rest.size());
      read_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::move(batch_);
  }

 private:
  // Precondition: `text` lies within body_, which has room for the padding behind its end.
  static simdjson::padded_string_view view(std::string_view text) {
    return simdjson::padded_string_view(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  }

  // Nothing follows the value that was read.
  static bool at_end(od::document& document) { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; }

  [[nodiscard]] Error malformed(simdjson::error_code error) const {
    if (body_.empty()) return invalid_argument("body", "must not be empty");
    return invalid_argument("body", find_json_fault(body_).value_or(simdjson::error_message(error)));
  }

  Result<DecodedBatch<T>> read_array(od::document& document) {
    od::array array;
    if (const auto error = document.get_array().get(array); error != simdjson::SUCCESS) return malformed(error);
    for (auto element : array) {
      od::value value;
      if (const auto error = element.get(value); error != simdjson::SUCCESS) return malformed(error);
      if (const auto error = read_element(value); error != simdjson::SUCCESS) return malformed(error);
      if (batch_.size > kMaxBatch) return std::move(batch_);
    }
    if (!at_end(document)) return malformed(simdjson::TRAILING_CONTENT);
    return std::move(batch_);
  }

  simdjson::error_code read_element(od::value& value) {
    Fault fault;
    T out = blank_;
    od::object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) {
      ObjectReader(fault).refuse("", error, "must be an object");
    } else {
      read_object(object, out, fault);
    }
    if (fault.malformed == simdjson::SUCCESS) settle(std::move(out), fault);
    return fault.malformed;
  }

  Result<DecodedBatch<T>> read_single(od::document& document) {
    Fault fault;
    od::object object;
    if (const auto error = document.get_object().get(object); error != simdjson::SUCCESS) return malformed(error);
    T out = blank_;
    read_object(object, out, fault);
    if (fault.malformed != simdjson::SUCCESS) return malformed(fault.malformed);
    if (!at_end(document)) return malformed(simdjson::TRAILING_CONTENT);
    settle(std::move(out), fault);
    batch_.single = true;
    return std::move(batch_);
  }

  void read_line(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    Fault fault;
    od::document document;
    od::object object;
    T out = blank_;
    auto error = parser_.iterate(view(line)).get(document);
    if (error == simdjson::SUCCESS) error = document.get_object().get(object);
    if (error == simdjson::SUCCESS) {
      read_object(object, out, fault);
      if (!at_end(document)) fault.malformed = simdjson::TRAILING_CONTENT;
    } else {
      ObjectReader(fault).refuse("", error, "must be an object");
    }
    if (!fault.any()) return batch_.accept(std::move(out));
    // Whether the text or the value is wrong, simdjson does not always tell: it looks no further than it must.
    if (auto reason = find_json_fault(line)) return batch_.reject("", *std::move(reason));
    if (fault.malformed != simdjson::SUCCESS) return batch_.reject("", simdjson::error_message(fault.malformed));
    batch_.reject(std::move(fault.field), std::move(fault.reason));
  }

  void settle(T value, Fault& fault) {
    if (fault.any()) {
      batch_.reject(std::move(fault.field), std::move(fault.reason));
    } else {
      batch_.accept(std::move(value));
    }
  }

  od::parser& parser_;
  std::string& body_;
  const T blank_;  // The defaults of an element.
  DecodedBatch<T> batch_;
};

template <typename T>
Result<DecodedBatch<T>> read_batch(od::parser& parser, std::string& body, BodyFormat format, T blank) {
  BatchReader<T> reader(parser, body, std::move(blank));
  return format == BodyFormat::kNdjson ? reader.read_ndjson() : reader.read_json();
}

// The one object of a body, with the id of the resource that it is sent to.
template <typename T>
Result<T> read_resource(od::parser& parser, std::string& body, const std::string& id, T blank) {
  MAGPIE_ASSIGN_OR_RETURN(auto batch, read_batch(parser, body, BodyFormat::kJson, std::move(blank)));
  if (!batch.single) return invalid_argument("body", "must be one object");
  if (!batch.rejected.empty()) {
    return invalid_argument(std::move(batch.rejected.front().field), std::move(batch.rejected.front().reason));
  }
  T value = std::move(batch.values.front());
  if (!value.id.get().empty() && value.id.get() != id) {
    return invalid_argument("id", "must be the id of the resource, or left out");
  }
  value.id = decltype(value.id)(id);
  return value;
}

Item blank_item(Timestamp now) {
  Item item;
  item.created_at = now;
  return item;
}

User blank_user(Timestamp now) {
  User user;
  user.created_at = now;
  return user;
}

}  // namespace

struct JsonDecoder::Parser {
  od::parser parser;
};

JsonDecoder::JsonDecoder() : parser_(std::make_unique<Parser>()) {}
JsonDecoder::~JsonDecoder() = default;
JsonDecoder::JsonDecoder(JsonDecoder&&) noexcept = default;
JsonDecoder& JsonDecoder::operator=(JsonDecoder&&) noexcept = default;

Result<DecodedBatch<speed::RawEvent>> JsonDecoder::events(std::string& body, BodyFormat format) {
  return read_batch(parser_->parser, body, format, speed::RawEvent());
}

Result<DecodedBatch<Item>> JsonDecoder::items(std::string& body, BodyFormat format, Timestamp now) {
  return read_batch(parser_->parser, body, format, blank_item(now));
}

Result<DecodedBatch<User>> JsonDecoder::users(std::string& body, BodyFormat format, Timestamp now) {
  return read_batch(parser_->parser, body, format, blank_user(now));
}

Result<Item> JsonDecoder::item(std::string& body, const std::string& id, Timestamp now) {
  return read_resource(parser_->parser, body, id, blank_item(now));
}

Result<User> JsonDecoder::user(std::string& body, const std::string& id, Timestamp now) {
  return read_resource(parser_->parser, body, id, blank_user(now));
}

Result<OnboardingAnswer> JsonDecoder::onboarding(std::string& body, const std::string& id) {
  return read_resource(parser_->parser, body, id, OnboardingAnswer());
}

void JsonDecoder::shrink() {
  if (parser_->parser.capacity() > kKeptCapacity) parser_ = std::make_unique<Parser>();
}

}  // namespace magpie::api
