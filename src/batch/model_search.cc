#include "batch/model_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "batch/base_models.h"
#include "batch/held_out_ranking.h"
#include "batch/item_graph.h"
#include "batch/parameter_search.h"

namespace magpie::batch {
namespace {

// The mean total confidence of a row of the interactions: what an ALS regularization with frequency exponent nu is
// multiplied by, to the power of nu, for a typical user.
double mean_confidence(const SparseMatrix& interactions, double alpha) {
  double sum = 0;
  for (const float value : interactions.values) sum += value;
  return static_cast<double>(interactions.columns) + alpha * sum / static_cast<double>(interactions.rows());
}

// Regularization is searched as it acts on a typical user, so that its good range does not depend on the exponent.
constexpr const char* kTypicalRegularization = "typical_regularization";

ParameterValues als_start(const AlsParameters& als, const SparseMatrix& interactions) {
  const double typical =
      als.regularization * std::pow(mean_confidence(interactions, als.alpha), als.frequency_exponent);
  return {{"alpha", als.alpha}, {"frequency_exponent", als.frequency_exponent}, {kTypicalRegularization, typical}};
}

AlsParameters als_from(AlsParameters als, const ParameterValues& values, const SparseMatrix& interactions) {
  als.alpha = static_cast<float>(values.at("alpha"));
  als.frequency_exponent = static_cast<float>(values.at("frequency_exponent"));
  als.regularization = static_cast<float>(values.at(kTypicalRegularization) /
                                          std::pow(mean_confidence(interactions, als.alpha), als.frequency_exponent));
  return als;
}

const SearchSpace& als_space() {
  static const SearchSpace space{{"alpha", SearchScale::kLogarithmic, 0.25, 64},
                                 {"frequency_exponent", SearchScale::kLinear, 0, 1},
                                 {kTypicalRegularization, SearchScale::kLogarithmic, 0.3, 300}};
  return space;
}

ParameterValues similarity_start(const ItemSimilarityParameters& similarity) {
  return {{"decay", similarity.decay},
          {"window", similarity.window},
          {"backward", similarity.backward},
          {"shrinkage", similarity.shrinkage}};
}

ItemSimilarityParameters similarity_from(ItemSimilarityParameters similarity, const ParameterValues& values) {
  similarity.decay = static_cast<float>(values.at("decay"));
  similarity.window = static_cast<float>(values.at("window"));
  similarity.backward = static_cast<float>(values.at("backward"));
  similarity.shrinkage = static_cast<float>(values.at("shrinkage"));
  return similarity;
}

const SearchSpace& similarity_space() {
  static const SearchSpace space{{"decay", SearchScale::kLogarithmic, 1, 200},
                                 {"window", SearchScale::kLogarithmicInteger, 3, 200},
                                 {"backward", SearchScale::kLinear, 0, 1},
                                 {"shrinkage", SearchScale::kLogarithmic, 0.5, 200}};
  return space;
}

class Searcher {
 public:
  Searcher(const Interactions& interactions, const HoldoutSplit& split, const TrainSettings& settings,
           const Clock& clock, const ModelSearchPlace& place)
      : split_(split),
        clock_(clock),
        place_(place),
        matrix_(strengths(split.histories, interactions.items.size())),
        ranking_(interactions, split, settings.als.threads),
        found_{settings, {}} {}

  Result<ModelSearch> run() && {
    const ItemGraphSettings& graph = found_.settings.item_graph;
    const bool linear = graph.method != ItemGraphMethod::kGraphFilter && affords_linear_autoencoder(matrix_, graph);
    budget_ = found_.settings.search.budget / (linear ? 3 : 2);
    MAGPIE_RETURN_IF_ERROR(search_item_to_item());
    if (linear) MAGPIE_RETURN_IF_ERROR(search_linear_autoencoder());
    MAGPIE_RETURN_IF_ERROR(search_als());
    return std::move(found_);
  }

 private:
  Status search_als() {
    AlsParameters als = found_.settings.als;
    als.seed = found_.settings.seed;  // As base models are trained.
    const auto ndcg = [&](const ParameterValues& values) -> Result<double> {
      const AlsModel model = train_als(matrix_, als_from(als, values, matrix_));
      return ranking_.factors_ndcg(model.user_factors, model.item_factors);
    };
    MAGPIE_ASSIGN_OR_RETURN(const auto best, search("als", als_space(), als_start(als, matrix_), ndcg));
    found_.settings.als = als_from(als, best, matrix_);
    return {};
  }

  Status search_item_to_item() {
    ItemSimilarityParameters& similarity = found_.settings.item_to_item;
    const ItemSequences orders = sequences(split_.histories, matrix_.columns);
    const auto ndcg = [&](const ParameterValues& values) -> Result<double> {
      return ranking_.item_to_item_ndcg(similar_items(orders, similarity_from(similarity, values)));
    };
    MAGPIE_ASSIGN_OR_RETURN(const auto best,
                            search("item_to_item", similarity_space(), similarity_start(similarity), ndcg));
    similarity = similarity_from(similarity, best);
    return {};
  }

  Status search_linear_autoencoder() {
    ItemGraphSettings graph = found_.settings.item_graph;
    graph.method = ItemGraphMethod::kLinearAutoencoder;
    const auto ndcg = [&](const ParameterValues& values) -> Result<double> {
      graph.linear.regularization = static_cast<float>(values.at("regularization"));
      MAGPIE_ASSIGN_OR_RETURN(auto trained, train_item_graph(matrix_, graph));
      return ranking_.item_graph_ndcg(std::move(trained));
    };
    const SearchSpace space{{"regularization", SearchScale::kLogarithmic, 0.1, 3000}};
    MAGPIE_ASSIGN_OR_RETURN(
        const auto best, search("linear_autoencoder", space, {{"regularization", graph.linear.regularization}}, ndcg));
    found_.settings.item_graph.linear.regularization = static_cast<float>(best.at("regularization"));
    return {};
  }

  Result<ParameterValues> search(const std::string& source, const SearchSpace& space, ParameterValues start,
                                 const SearchObjective& ndcg) {
    ParameterSearchSettings settings;
    settings.context = place_.context;
    settings.most_trials = found_.settings.search.most_trials;
    settings.sequence = {std::move(start), std::min<std::size_t>(4 * space.size(), settings.most_trials / 2),
                         found_.settings.seed};
    settings.budget = budget_;
    const auto checked = [&](const ParameterValues& values) -> Result<double> {
      MAGPIE_RETURN_IF_ERROR(place_.check());
      return ndcg(values);
    };
    MAGPIE_ASSIGN_OR_RETURN(const auto result,
                            search_parameters(space, settings, checked, clock_, place_.trials / (source + ".jsonl")));
    const std::string prefix = "search." + source + ".";
    found_.metrics[prefix + "trials"] = static_cast<double>(result.trials.size());
    found_.metrics[prefix + "start_ndcg@10"] = result.trials.front().metric;
    found_.metrics[prefix + "ndcg@10"] = result.metric;
    return result.best;
  }

  const HoldoutSplit& split_;
  const Clock& clock_;
  const ModelSearchPlace& place_;
  const SparseMatrix matrix_;  // Of the histories without what is held out.
  const HeldOutRanking ranking_;
  Duration budget_{};  // Of each search.
  ModelSearch found_;
};

}  // namespace

Result<ModelSearch> search_models(const Interactions& interactions, const HoldoutSplit& split,
                                  const TrainSettings& settings, const Clock& clock, const ModelSearchPlace& place) {
  if (settings.search.budget <= Duration{} || split.holdouts.empty()) return ModelSearch{settings, {}};
  return Searcher(interactions, split, settings, clock, place).run();
}

}  // namespace magpie::batch
