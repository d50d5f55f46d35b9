#include "app/content_properties.h"

#include <cstddef>
#include <string>

namespace magpie::app {
namespace {

ChoiceProperty<std::optional<Language>>::Choices languages() {
  ChoiceProperty<std::optional<Language>>::Choices choices = {{"auto", std::nullopt}};
  for (std::size_t i = 0; i < kLanguages; ++i) {
    const auto language = static_cast<Language>(i);
    choices.emplace_back(std::string(to_string(language)), language);
  }
  return choices;
}

}  // namespace

ContentProperties::ContentProperties(Properties& all)
    : language(
          all,
          {.name = "content.language",
           .description = "Language of titles and descriptions; auto: by their stop words; none: words as they are"},
          std::nullopt, languages()) {}

}  // namespace magpie::app
