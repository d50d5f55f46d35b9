#include "batch/training_files.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "model/matrix_io.h"

namespace magpie::batch {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint32_t kVersion = 1;
constexpr auto kUserFactors = "user_factors";

// Four letters as they lie in the file.
constexpr std::uint32_t magic(std::string_view letters) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | static_cast<unsigned char>(letters[i - 1]);
  return value;
}

Status write_whole(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file ? Status() : Status(resource_exhausted("cannot write " + path.string()));
}

Error about(const fs::path& path, const Error& error) { return {error.code(), path.string() + ": " + error.message()}; }

// Reads a file of ours as a whole: read(reader, value) takes the body.
template <typename T, typename Read>
Result<T> read_whole(const fs::path& path, std::uint32_t expected_magic, const Read& read) {
  MAGPIE_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(path));
  ByteReader reader(file.bytes());
  T value;
  const Status done = [&]() -> Status {
    MAGPIE_RETURN_IF_ERROR(expect_format(reader, expected_magic, kVersion));
    MAGPIE_RETURN_IF_ERROR(read(reader, value));
    return reader.finish();
  }();
  if (!done.ok()) return about(path, done.error());
  return value;
}

ByteWriter begin(std::string& bytes, std::uint32_t file_magic) {
  ByteWriter writer(bytes);
  writer.number(file_magic);
  writer.number(kVersion);
  return writer;
}

// --- Interactions

constexpr std::uint32_t kInteractionsMagic = magic("MINT");

template <typename Id>
void write_ids(const std::vector<Id>& ids, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(ids.size()));
  for (const Id& id : ids) writer.text<std::uint16_t>(id.get());
}

template <typename Id>
Status read_ids(ByteReader& reader, std::vector<Id>& ids) {
  std::vector<std::string> texts;
  MAGPIE_RETURN_IF_ERROR(read_ascending_texts(reader, texts));
  ids.reserve(texts.size());
  for (std::string& text : texts) ids.emplace_back(std::move(text));
  return {};
}

Status check(const Interactions& interactions) {
  const auto& offsets = interactions.offsets;
  const bool covers = offsets.size() == interactions.users.size() + 1 && offsets.front() == 0 &&
                      offsets.back() == interactions.preferences.size() && std::ranges::is_sorted(offsets);
  if (!covers) return data_loss("the users do not share out the preferences");
  const auto known = [&interactions](const NetPreference& preference) {
    return preference.row < interactions.items.size();
  };
  if (!std::ranges::all_of(interactions.preferences, known)) return data_loss("an item that is not listed");
  return {};
}

Status read_totals(ByteReader& reader, Interactions& interactions) {
  interactions.totals.resize(interactions.users.size());
  for (UserTotals& totals : interactions.totals) {
    MAGPIE_RETURN_IF_ERROR(reader.number(totals.interactions));
    MAGPIE_RETURN_IF_ERROR(reader.number(totals.purchases));
  }
  return {};
}

Status read_preferences(ByteReader& reader, Interactions& interactions) {
  MAGPIE_RETURN_IF_ERROR(reader.array(interactions.users.size() + std::uint64_t{1}, interactions.offsets));
  constexpr std::size_t kPreferenceBytes = sizeof(std::uint32_t) + sizeof(std::int64_t) + sizeof(double);
  if (interactions.offsets.back() > reader.remaining() / kPreferenceBytes) return data_loss("too few preferences");
  interactions.preferences.resize(interactions.offsets.back());
  for (NetPreference& preference : interactions.preferences) {
    std::int64_t time = 0;
    MAGPIE_RETURN_IF_ERROR(reader.number(preference.row));
    MAGPIE_RETURN_IF_ERROR(reader.number(time));
    MAGPIE_RETURN_IF_ERROR(reader.number(preference.weight));
    preference.time = from_unix_ms(time);
  }
  return {};
}

Status read_interactions_body(ByteReader& reader, Interactions& interactions) {
  std::int64_t newest = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(interactions.events));
  MAGPIE_RETURN_IF_ERROR(reader.number(newest));
  interactions.newest = from_unix_ms(newest);
  MAGPIE_RETURN_IF_ERROR(read_ids(reader, interactions.users));
  MAGPIE_RETURN_IF_ERROR(read_ids(reader, interactions.items));
  MAGPIE_RETURN_IF_ERROR(read_totals(reader, interactions));
  MAGPIE_RETURN_IF_ERROR(read_preferences(reader, interactions));
  return check(interactions);
}

// --- Items

constexpr std::uint32_t kItemsMagic = magic("MCAT");

void write_list(const std::vector<std::string>& texts, ByteWriter& writer) {
  writer.number(static_cast<std::uint16_t>(texts.size()));
  for (const std::string& text : texts) writer.text<std::uint32_t>(text);
}

Status read_list(ByteReader& reader, std::vector<std::string>& texts) {
  std::uint16_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  for (std::uint16_t i = 0; i < count; ++i) {
    std::string_view text;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint32_t>(text));
    texts.emplace_back(text);
  }
  return {};
}

Status read_text(ByteReader& reader, std::string& text) {
  std::string_view view;
  MAGPIE_RETURN_IF_ERROR(reader.text<std::uint32_t>(view));
  text = view;
  return {};
}

void write_item(const Item& item, ByteWriter& writer) {
  for (const std::string* text : {&item.id.get(), &item.title, &item.description}) writer.text<std::uint32_t>(*text);
  write_list(item.categories, writer);
  write_list(item.tags, writer);
  // NaN stands for no price: it is no price that an item may have.
  writer.number(item.price.value_or(std::numeric_limits<double>::quiet_NaN()));
  writer.number(to_unix_ms(item.created_at));
  writer.number(static_cast<std::uint8_t>((item.available ? 1 : 0) | (item.editorial ? 2 : 0)));
  write_floats(item.embedding, writer);
}

Status read_item(ByteReader& reader, Item& item) {
  std::string id;
  double price = 0;
  std::int64_t created_at = 0;
  std::uint8_t flags = 0;
  for (std::string* text : {&id, &item.title, &item.description}) MAGPIE_RETURN_IF_ERROR(read_text(reader, *text));
  MAGPIE_RETURN_IF_ERROR(read_list(reader, item.categories));
  MAGPIE_RETURN_IF_ERROR(read_list(reader, item.tags));
  MAGPIE_RETURN_IF_ERROR(reader.number(price));
  MAGPIE_RETURN_IF_ERROR(reader.number(created_at));
  MAGPIE_RETURN_IF_ERROR(reader.number(flags));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, item.embedding));
  item.id = ItemId(std::move(id));
  if (price == price) item.price = price;
  item.created_at = from_unix_ms(created_at);
  item.available = (flags & 1U) != 0;
  item.editorial = (flags & 2U) != 0;
  return validate(item);
}

Status read_items_body(ByteReader& reader, std::vector<Item>& items) {
  std::uint64_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > reader.remaining()) return data_loss("too few items");
  items.resize(static_cast<std::size_t>(count));
  for (Item& item : items) {
    if (const Status read = read_item(reader, item); !read.ok()) return data_loss(read.to_string());
  }
  return {};
}

// --- JSON

Status write_json(const Json& json, const fs::path& file) {
  return write_whole(file, json.dump(2, ' ', false, Json::error_handler_t::replace));
}

// parse(json) may throw what nlohmann::json throws.
template <typename Parse>
auto read_json(const fs::path& file, const Parse& parse) -> Result<decltype(parse(Json()))> {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, read_file(file));
  try {
    return parse(Json::parse(text));
  } catch (const Json::exception& error) {
    return data_loss(file.string() + ": " + error.what());
  }
}

TrainingChoices choices_from_json(const Json& json) {
  return {json.at("parameters").get<std::map<std::string, std::string>>(),
          json.at("metrics").get<std::map<std::string, double>>()};
}

Json to_json(const ModelInfo& info) {
  return {{"created_at_ms", to_unix_ms(info.created_at)},
          {"window_start_ms", to_unix_ms(info.window_start)},
          {"window_end_ms", to_unix_ms(info.window_end)},
          {"events", info.events},
          {"users", info.users},
          {"items", info.items},
          {"metrics", info.metrics},
          {"parameters", info.parameters}};
}

ModelInfo info_from_json(const Json& json) {
  ModelInfo info;
  info.created_at = from_unix_ms(json.at("created_at_ms").get<std::int64_t>());
  info.window_start = from_unix_ms(json.at("window_start_ms").get<std::int64_t>());
  info.window_end = from_unix_ms(json.at("window_end_ms").get<std::int64_t>());
  info.events = json.at("events").get<std::uint64_t>();
  info.users = json.at("users").get<std::uint64_t>();
  info.items = json.at("items").get<std::uint64_t>();
  info.metrics = json.at("metrics").get<std::map<std::string, double>>();
  info.parameters = json.at("parameters").get<std::map<std::string, std::string>>();
  return info;
}

}  // namespace

Status save_interactions(const Interactions& interactions, const fs::path& file) {
  std::string bytes;
  ByteWriter writer = begin(bytes, kInteractionsMagic);
  writer.number(interactions.events);
  writer.number(to_unix_ms(interactions.newest));
  write_ids(interactions.users, writer);
  write_ids(interactions.items, writer);
  for (const UserTotals& totals : interactions.totals) {
    writer.number(totals.interactions);
    writer.number(totals.purchases);
  }
  writer.array(std::span(interactions.offsets));
  for (const NetPreference& preference : interactions.preferences) {
    writer.number(preference.row);
    writer.number(to_unix_ms(preference.time));
    writer.number(preference.weight);
  }
  return write_whole(file, bytes);
}

Result<Interactions> load_interactions(const fs::path& file) {
  return read_whole<Interactions>(file, kInteractionsMagic, read_interactions_body);
}

Status save_items(const std::vector<Item>& items, const fs::path& file) {
  std::string bytes;
  ByteWriter writer = begin(bytes, kItemsMagic);
  writer.number(static_cast<std::uint64_t>(items.size()));
  for (const Item& item : items) write_item(item, writer);
  return write_whole(file, bytes);
}

Result<std::vector<Item>> load_items(const fs::path& file) {
  return read_whole<std::vector<Item>>(file, kItemsMagic, read_items_body);
}

Status save_artifacts(const ModelArtifacts& artifacts, const fs::path& directory) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  for (const auto& [name, bytes] : artifacts) MAGPIE_RETURN_IF_ERROR(write_whole(directory / name, bytes));
  return {};
}

Result<ModelArtifacts> load_artifacts(const fs::path& directory) {
  ModelArtifacts artifacts;
  std::error_code failure;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end; entry.increment(failure)) {
    MAGPIE_ASSIGN_OR_RETURN(artifacts[entry->path().filename().string()], read_file(entry->path()));
  }
  if (failure) return unavailable("cannot list " + directory.string() + ": " + failure.message());
  return artifacts;
}

Status save_base_models(const BaseModels& models, const fs::path& directory) {
  TrainedModel model = models.model;
  model.content = {};
  model.content.item_vectors.offsets.assign(model.items.size() + 1, 0);
  ModelArtifacts artifacts = encode_model(model);
  ByteWriter writer(artifacts[kUserFactors]);
  write_matrix(models.user_factors, writer);
  return save_artifacts(artifacts, directory);
}

Result<BaseModels> load_base_models(const fs::path& directory) {
  MAGPIE_ASSIGN_OR_RETURN(const ModelArtifacts artifacts, load_artifacts(directory));
  const auto factors = artifacts.find(kUserFactors);
  if (factors == artifacts.end()) return data_loss(directory.string() + " lacks the users' factors");
  BaseModels models;
  MAGPIE_ASSIGN_OR_RETURN(models.model, decode_model(artifacts));
  ByteReader reader(factors->second);
  MAGPIE_RETURN_IF_ERROR(read_matrix(reader, models.user_factors));
  MAGPIE_RETURN_IF_ERROR(reader.finish());
  return models;
}

Status save_choices(const TrainingChoices& choices, const fs::path& file) {
  return write_json({{"parameters", choices.parameters}, {"metrics", choices.metrics}}, file);
}

Result<TrainingChoices> load_choices(const fs::path& file) { return read_json(file, choices_from_json); }

Status save_model_info(const ModelInfo& info, const fs::path& file) { return write_json(to_json(info), file); }

Result<ModelInfo> load_model_info(const fs::path& file) { return read_json(file, info_from_json); }

}  // namespace magpie::batch
