#include "model/trained_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "model/matrix_io.h"

namespace magpie {
namespace {

constexpr std::uint32_t kVersion = 2;  // 1: without the language of the content.
constexpr std::size_t kMaxLanguageLength = 32;  // bytes

// Four letters as they lie in the file.
constexpr std::uint32_t magic(std::string_view letters) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | static_cast<unsigned char>(letters[i - 1]);
  return value;
}

// One artifact: its name, its magic number, and how its body is written and read.
struct Artifact {
  const char* name;
  std::uint32_t magic;
  std::function<void(const TrainedModel&, ByteWriter&)> write;
  std::function<Status(ByteReader&, TrainedModel&)> read;
};

void write_items(const TrainedModel& model, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(model.items.size()));
  for (const ItemId& id : model.items) writer.text<std::uint16_t>(id.get());
}

Status read_items(ByteReader& reader, TrainedModel& model) {
  std::vector<std::string> ids;
  MAGPIE_RETURN_IF_ERROR(read_ascending_texts(reader, ids));
  model.items.reserve(ids.size());
  for (std::string& id : ids) {
    if (id.empty() || id.size() > kMaxIdLength) return data_loss("an id of impossible length");
    model.items.emplace_back(std::move(id));
  }
  return {};
}

void write_item_factors(const TrainedModel& model, ByteWriter& writer) { write_matrix(model.item_factors, writer); }
Status read_item_factors(ByteReader& reader, TrainedModel& model) { return read_matrix(reader, model.item_factors); }

void write_fold_in(const TrainedModel& model, ByteWriter& writer) {
  writer.number(model.als_regularization);
  writer.number(model.als_alpha);
  writer.number(model.als_frequency_exponent);
  write_matrix(model.gram, writer);
}

Status read_fold_in(ByteReader& reader, TrainedModel& model) {
  MAGPIE_RETURN_IF_ERROR(reader.number(model.als_regularization));
  MAGPIE_RETURN_IF_ERROR(reader.number(model.als_alpha));
  MAGPIE_RETURN_IF_ERROR(reader.number(model.als_frequency_exponent));
  for (const float parameter : {model.als_regularization, model.als_alpha, model.als_frequency_exponent}) {
    if (!std::isfinite(parameter)) return data_loss("a parameter is not finite");
  }
  return read_matrix(reader, model.gram);
}

void write_neighbours(const TrainedModel& model, ByteWriter& writer) {
  write_sparse_matrix(model.item_neighbours, writer);
}
Status read_neighbours(ByteReader& reader, TrainedModel& model) {
  return read_sparse_matrix(reader, model.item_neighbours);
}

void write_item_graph(const TrainedModel& model, ByteWriter& writer) { write_sparse_matrix(model.item_graph, writer); }
Status read_item_graph(ByteReader& reader, TrainedModel& model) { return read_sparse_matrix(reader, model.item_graph); }

void write_content(const TrainedModel& model, ByteWriter& writer) {
  write_texts(model.content.terms, writer);
  write_floats(model.content.idf, writer);
  write_sparse_matrix(model.content.item_vectors, writer);
  writer.text<std::uint16_t>(model.content.language);
  write_floats(model.content.embedding_mean, writer);
}

Status read_content(ByteReader& reader, TrainedModel& model) {
  MAGPIE_RETURN_IF_ERROR(read_ascending_texts(reader, model.content.terms));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.content.idf));
  MAGPIE_RETURN_IF_ERROR(read_sparse_matrix(reader, model.content.item_vectors));
  std::string_view language;
  MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(language, kMaxLanguageLength));
  model.content.language = language;
  return read_floats(reader, model.content.embedding_mean);
}

void write_popularity(const TrainedModel& model, ByteWriter& writer) {
  write_floats(model.popularity, writer);
  write_floats(model.recent_popularity, writer);
}

Status read_popularity(ByteReader& reader, TrainedModel& model) {
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.popularity));
  return read_floats(reader, model.recent_popularity);
}

void write_ranker(const TrainedModel& model, ByteWriter& writer) {
  writer.number(static_cast<std::uint32_t>(kRankerFeatures));
  for (std::size_t i = 0; i < kRankerFeatures; ++i) {
    writer.text<std::uint16_t>(to_string(static_cast<RankerFeature>(i)));
    writer.number(model.ranker.weights[i]);
    writer.number(model.ranker.scale[i]);
  }
}

// The features must be this program's, by name and order: a weight must never meet another feature.
Status read_ranker(ByteReader& reader, TrainedModel& model) {
  std::uint32_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count != kRankerFeatures) return failed_precondition("the ranker has other features than this program");
  for (std::size_t i = 0; i < kRankerFeatures; ++i) {
    std::string_view name;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(name));
    MAGPIE_RETURN_IF_ERROR(reader.number(model.ranker.weights[i]));
    MAGPIE_RETURN_IF_ERROR(reader.number(model.ranker.scale[i]));
    if (name != to_string(static_cast<RankerFeature>(i))) {
      return failed_precondition("the ranker has other features than this program");
    }
    if (!std::isfinite(model.ranker.weights[i]) || !std::isfinite(model.ranker.scale[i])) {
      return data_loss("a weight is not finite");
    }
  }
  return {};
}

std::vector<Artifact> artifacts_of_model() {
  return {
      {"items", magic("MITM"), write_items, read_items},
      {"item_factors", magic("MFAC"), write_item_factors, read_item_factors},
      {"fold_in", magic("MFLD"), write_fold_in, read_fold_in},
      {"item_neighbours", magic("MNBR"), write_neighbours, read_neighbours},
      {"content", magic("MCNT"), write_content, read_content},
      {"popularity", magic("MPOP"), write_popularity, read_popularity},
      {"ranker", magic("MRNK"), write_ranker, read_ranker},
      {"item_graph", magic("MGRF"), write_item_graph, read_item_graph},
  };
}

Status read_artifact(const Artifact& artifact, std::string_view bytes, TrainedModel& model) {
  ByteReader reader(bytes);
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, artifact.magic, kVersion));
  MAGPIE_RETURN_IF_ERROR(artifact.read(reader, model));
  return reader.finish();
}

Status validate_factors(const TrainedModel& model) {
  const std::size_t factors = model.item_factors.columns;
  if (model.item_factors.rows != model.items.size()) return data_loss("model: not a row of factors per item");
  if (model.gram.rows != factors || model.gram.columns != factors) {
    return data_loss("model: the Gram matrix is not of the factors' size");
  }
  return {};
}

std::size_t embedding_terms_of(const ContentModel& content) {
  return static_cast<std::size_t>(std::count_if(content.terms.begin(), content.terms.end(), [](const auto& term) {
    return term.starts_with(kEmbeddingTermPrefix);
  }));
}

Status validate_shapes(const TrainedModel& model) {
  const std::size_t items = model.items.size();
  MAGPIE_RETURN_IF_ERROR(validate_factors(model));
  if (model.item_neighbours.rows() != items || model.item_neighbours.columns != items) {
    return data_loss("model: the neighbours are not of these items");
  }
  if (model.item_graph.rows() != items || model.item_graph.columns != items) {
    return data_loss("model: the item graph is not of these items");
  }
  const ContentModel& content = model.content;
  if (content.idf.size() != content.terms.size() || content.item_vectors.columns != content.terms.size()) {
    return data_loss("model: the content vectors are not of these terms");
  }
  if (content.item_vectors.rows() != items) return data_loss("model: not a content vector per item");
  if (embedding_terms_of(content) != 2 * content.embedding_mean.size()) {
    return data_loss("model: not two terms per dimension of the embeddings");
  }
  if (model.popularity.size() != items || model.recent_popularity.size() != items) {
    return data_loss("model: not a popularity per item");
  }
  return {};
}

}  // namespace

std::string_view to_string(RankerFeature feature) {
  switch (feature) {
    case RankerFeature::kItemToItemShort: return "item_to_item_short";
    case RankerFeature::kItemToItemLong: return "item_to_item_long";
    case RankerFeature::kCollaborative: return "collaborative";
    case RankerFeature::kPopularity: return "popularity";
    case RankerFeature::kContent: return "content";
    case RankerFeature::kCategoryAffinity: return "category_affinity";
    case RankerFeature::kItemGraph: return "item_graph";
    case RankerFeature::kTwoTower: return "two_tower";
  }
  return "unknown";
}

ModelArtifacts encode_model(const TrainedModel& model) {
  ModelArtifacts artifacts;
  for (const Artifact& artifact : artifacts_of_model()) {
    ByteWriter writer(artifacts[artifact.name]);
    writer.number(artifact.magic);
    writer.number(kVersion);
    artifact.write(model, writer);
  }
  return artifacts;
}

Result<TrainedModel> decode_model(const ModelArtifacts& artifacts) {
  TrainedModel model;
  for (const Artifact& artifact : artifacts_of_model()) {
    const auto found = artifacts.find(artifact.name);
    if (found == artifacts.end()) return data_loss(std::string("model: the artifact is missing: ") + artifact.name);
    const Status status = read_artifact(artifact, found->second, model);
    if (!status.ok())
      return Error(status.error().code(), std::string("model: ") + artifact.name + ": " + status.error().message());
  }
  MAGPIE_RETURN_IF_ERROR(validate_shapes(model));
  return model;
}

}  // namespace magpie
