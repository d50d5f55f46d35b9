#include "adapters/embedded/catalogue_record.h"

#include "magpie/v1/catalogue.pb.h"

namespace magpie::embedded {
namespace {

template <typename Message>
Result<Message> parse(std::string_view record, std::string_view what) {
  Message message;
  if (!message.ParseFromArray(record.data(), static_cast<int>(record.size())) || message.id().empty()) {
    return data_loss("the catalogue's record of " + std::string(what) + " is damaged");
  }
  return message;
}

}  // namespace

std::string catalogue_item_key(const ItemId& item) { return std::string(kCatalogueItemPrefix).append(item.get()); }
std::string catalogue_user_key(const UserId& user) { return std::string(kCatalogueUserPrefix).append(user.get()); }

std::string encode_item(const Item& item) {
  v1::ItemRecord message;
  message.set_id(item.id.get());
  message.set_title(item.title);
  message.set_description(item.description);
  message.mutable_categories()->Add(item.categories.begin(), item.categories.end());
  message.mutable_tags()->Add(item.tags.begin(), item.tags.end());
  if (item.price) message.set_price(*item.price);
  message.set_created_at_ms(to_unix_ms(item.created_at));
  message.set_withdrawn(!item.available);
  message.set_editorial(item.editorial);
  message.mutable_embedding()->Add(item.embedding.begin(), item.embedding.end());
  return message.SerializeAsString();
}

Result<Item> decode_item(std::string_view record) {
  MAGPIE_ASSIGN_OR_RETURN(auto message, parse<v1::ItemRecord>(record, "an item"));
  Item item;
  item.id = ItemId(std::move(*message.mutable_id()));
  item.title = std::move(*message.mutable_title());
  item.description = std::move(*message.mutable_description());
  item.categories.assign(message.categories().begin(), message.categories().end());
  item.tags.assign(message.tags().begin(), message.tags().end());
  if (message.has_price()) item.price = message.price();
  item.created_at = from_unix_ms(message.created_at_ms());
  item.available = !message.withdrawn();
  item.editorial = message.editorial();
  item.embedding.assign(message.embedding().begin(), message.embedding().end());
  return item;
}

std::string encode_user(const User& user) {
  v1::UserRecord message;
  message.set_id(user.id.get());
  message.mutable_interests()->Add(user.interests.begin(), user.interests.end());
  message.set_created_at_ms(to_unix_ms(user.created_at));
  message.set_segment(user.segment);
  return message.SerializeAsString();
}

Result<User> decode_user(std::string_view record) {
  MAGPIE_ASSIGN_OR_RETURN(auto message, parse<v1::UserRecord>(record, "a user"));
  User user;
  user.id = UserId(std::move(*message.mutable_id()));
  user.interests.assign(message.interests().begin(), message.interests().end());
  user.created_at = from_unix_ms(message.created_at_ms());
  user.segment = std::move(*message.mutable_segment());
  return user;
}

}  // namespace magpie::embedded
