#include "batch/import_layout.h"

#include <algorithm>
#include <optional>
#include <system_error>

namespace magpie::batch {
namespace {

namespace fs = std::filesystem;

using Columns = std::map<std::string, std::vector<std::string>>;

RecordOptions delimited(std::string separator, std::vector<std::string> columns, TextEncoding encoding) {
  RecordOptions options;
  options.separator = std::move(separator);
  options.quotes = false;
  options.columns = std::move(columns);
  options.encoding = encoding;
  return options;
}

Columns rating_columns() {
  return {{"user_id", {"user_id", "userId"}},
          {"item_id", {"item_id", "movieId"}},
          {"value", {"rating"}},
          {"timestamp", {"timestamp"}}};
}

ImportSource ratings(RecordOptions format) {
  ImportSource source;
  source.kind = ImportKind::kEvents;
  source.format = std::move(format);
  source.mapping.columns = rating_columns();
  source.mapping.constants = {{"type", "rating"}};
  source.mapping.time_unit = TimeUnit::kSeconds;
  return source;
}

ImportSource movies(RecordOptions format) {
  ImportSource source;
  source.kind = ImportKind::kItems;
  source.format = std::move(format);
  source.mapping.columns = {{"item_id", {"item_id", "movieId"}}, {"title", {"title"}}};
  return source;
}

ImportSource people(RecordOptions format) {
  ImportSource source;
  source.kind = ImportKind::kUsers;
  source.format = std::move(format);
  source.mapping.columns = {{"segment", {"occupation"}}};
  return source;
}

ImportSource ml100k_items() {
  const std::vector<std::string> genres = {"unknown",   "Action",   "Adventure",   "Animation", "Children's",
                                           "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                           "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                           "Sci-Fi",    "Thriller", "War",         "Western"};
  std::vector<std::string> columns = {"item_id", "title", "release_date", "video_release_date", "url"};
  columns.insert(columns.end(), genres.begin(), genres.end());
  ImportSource source = movies(delimited("|", std::move(columns), TextEncoding::kLatin1));
  source.mapping.category_flags = genres;
  return source;
}

ImportSource with_genres(ImportSource source) {
  source.mapping.columns["categories"] = {"genres"};
  source.mapping.absent = "(no genres listed)";
  return source;
}

// nullopt for a file that is none of MovieLens'.
std::optional<ImportSource> movielens_source(const std::string& name) {
  const auto dat = [](std::vector<std::string> columns) {
    return delimited("::", std::move(columns), TextEncoding::kLatin1);
  };
  if (name == "u.data") {
    return ratings(delimited("\t", {"user_id", "item_id", "rating", "timestamp"}, TextEncoding::kUtf8));
  }
  if (name == "u.item") return ml100k_items();
  if (name == "u.user") {
    return people(delimited("|", {"user_id", "age", "gender", "occupation", "zip_code"}, TextEncoding::kLatin1));
  }
  if (name == "ratings.dat") return ratings(dat({"user_id", "item_id", "rating", "timestamp"}));
  if (name == "movies.dat") return with_genres(movies(dat({"item_id", "title", "genres"})));
  if (name == "users.dat") return people(dat({"user_id", "gender", "age", "occupation", "zip_code"}));
  if (name == "ratings.csv") return ratings(RecordOptions());
  if (name == "movies.csv") return with_genres(movies(RecordOptions()));
  return std::nullopt;
}

// Typed headers; lists are separated by spaces. The names of the columns are the data set's, so several are tried.
ImportSource recbole(ImportKind kind, Columns columns) {
  ImportSource source;
  source.kind = kind;
  source.format = delimited("\t", {}, TextEncoding::kUtf8);
  source.mapping.columns = std::move(columns);
  source.mapping.list_separator = " ";
  source.mapping.typed_names = true;
  source.mapping.lenient = true;
  return source;
}

std::optional<ImportSource> recbole_source(const std::string& name) {
  const std::string extension = fs::path(name).extension().string();
  if (extension == ".inter") {
    ImportSource source = recbole(ImportKind::kEvents, rating_columns());
    source.mapping.constants = {{"type", "rating"}};
    return source;
  }
  if (extension == ".item") {
    return recbole(ImportKind::kItems, {{"title", {"movie_title", "title", "name", "item_name"}},
                                        {"categories", {"class", "categories", "category", "genre", "genres"}},
                                        {"tags", {"tags", "release_year"}},
                                        {"price", {"price"}}});
  }
  if (extension == ".user") return recbole(ImportKind::kUsers, {{"segment", {"occupation", "segment"}}});
  return std::nullopt;
}

ImportSource parquet(ImportKind kind, Columns columns) {
  ImportSource source;
  source.kind = kind;
  source.format.format = RecordFormat::kParquet;
  source.mapping.columns = std::move(columns);
  source.mapping.lenient = true;  // `price` is what tools/deps adds.
  return source;
}

// A product has no name of its own: its type is its title.
std::optional<ImportSource> complete_journey_source(const std::string& name) {
  if (name == "products.parquet") {
    return parquet(ImportKind::kItems, {{"item_id", {"product_id"}},
                                        {"title", {"product_type"}},
                                        {"description", {"package_size"}},
                                        {"categories", {"product_category"}},
                                        {"tags", {"brand"}}});
  }
  if (name != "transactions.parquet") return std::nullopt;
  ImportSource source = parquet(ImportKind::kEvents, {{"user_id", {"household_id"}},
                                                      {"item_id", {"product_id"}},
                                                      {"session_id", {"basket_id"}},
                                                      {"timestamp", {"transaction_timestamp"}},
                                                      {"value", {"sales_value"}}});
  source.mapping.constants = {{"type", "purchase"}};
  return source;
}

using Recognise = std::optional<ImportSource> (*)(const std::string& name);

// nullptr for an unknown layout.
Recognise recognise_of(std::string_view layout) {
  if (layout == "movielens") return movielens_source;
  if (layout == "recbole") return recbole_source;
  if (layout == "completejourney") return complete_journey_source;
  return nullptr;
}

Result<std::vector<ImportSource>> recognise_files(const std::vector<fs::path>& files, Recognise recognise) {
  std::vector<ImportSource> sources;
  for (const fs::path& file : files) {
    if (auto source = recognise(file.filename().string())) {
      source->path = file;
      sources.push_back(*std::move(source));
    }
  }
  return sources;
}

// The file itself, or the directory's files by name.
Result<std::vector<fs::path>> files_at(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (fs::exists(path, error)) return std::vector{path};
    return not_found("there is no " + path.string());
  }
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    files.push_back(entry->path());
  }
  if (error) return unavailable("cannot list " + path.string() + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<ImportSource>> find_layout(std::string_view layout, const fs::path& path) {
  const Recognise recognise = recognise_of(layout);
  if (recognise == nullptr) {
    return invalid_argument(
        "layout", "'" + std::string(layout) + "' is unknown; there are movielens, recbole and completejourney");
  }
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<fs::path> files, files_at(path));
  MAGPIE_ASSIGN_OR_RETURN(std::vector<ImportSource> sources, recognise_files(files, recognise));
  if (sources.empty()) return not_found("nothing of the layout " + std::string(layout) + " at " + path.string());
  return sources;
}

}  // namespace magpie::batch
