#include "gowalla_search.h"

#include <cstdio>
#include <string>
#include <vector>

#include "gowalla_evaluation.h"
#include "gowalla_models.h"
#include "report.h"

namespace magpie::bench {
namespace {

void print_validation(const std::string& what, const RankingMetrics& metrics) {
  Figure figure{.name = "validation recall@20, " + what,
                .value = metrics.recall,
                .unit = "",
                .command = "magpie_model_bench gowalla --search"};
  print(figure);
  figure.name = "validation ndcg@20, " + what;
  figure.value = metrics.ndcg;
  print(figure);
}

InteractionSplit every_third_user(const InteractionSplit& split) {
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < split.train.rows(); user += 3) users.push_back(user);
  return {select_rows(split.train, users), select_rows(split.held_out, users)};
}

Status search_autoencoder(const InteractionSplit& split) {
  for (const float user_exponent : {0.0F, 0.1F, 0.2F, 0.3F}) {
    for (const float item_exponent : {0.2F, 0.3F}) {
      for (const float regularization : {5.0F, 10.0F, 20.0F}) {
        auto parameters = gowalla_autoencoder();
        parameters.user_exponent = user_exponent;
        parameters.item_exponent = item_exponent;
        parameters.regularization = regularization;
        MAGPIE_ASSIGN_OR_RETURN(auto model, train_autoencoder(split.train, parameters));
        const auto metrics = evaluate_blends({&model, 1}, single_models(1), split);
        char name[80];
        std::snprintf(name, sizeof(name), "autoencoder a=%.1f b=%.1f lambda=%g", user_exponent, item_exponent,
                      regularization);
        print_validation(name, metrics[0]);
      }
    }
  }
  return {};
}

Status search_blend(const InteractionSplit& split) {
  MAGPIE_ASSIGN_OR_RETURN(const auto models, train_gowalla_models(split.train));
  auto blends = single_models(models.size());
  for (const float graph_filter : {0.0F, 0.1F, 0.2F, 0.4F}) {
    for (const float als : {0.02F, 0.04F, 0.07F, 0.1F, 0.14F}) blends.push_back({1, graph_filter, als});
  }
  const auto metrics = evaluate_blends(models, blends, split);
  for (std::size_t b = 0; b < blends.size(); ++b) {
    char name[80];
    std::snprintf(name, sizeof(name), "autoencoder %g + graph filter %g + als %g", blends[b][0], blends[b][1],
                  blends[b][2]);
    print_validation(name, metrics[b]);
  }
  return {};
}

}  // namespace

Status search_gowalla(const InteractionSplit& validation) {
  MAGPIE_RETURN_IF_ERROR(search_blend(validation));
  return search_autoencoder(every_third_user(validation));
}

}  // namespace magpie::bench
