// The settings of content: how the texts of the catalogue are read.
#pragma once

#include <optional>

#include "base/property.h"
#include "kernels/language.h"

namespace magpie::app {

struct ContentProperties {
  explicit ContentProperties(Properties& all);
  ChoiceProperty<std::optional<Language>> language;  // Nothing: detected.
};

}  // namespace magpie::app
