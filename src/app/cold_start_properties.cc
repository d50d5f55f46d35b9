#include "app/cold_start_properties.h"

#include <chrono>

namespace magpie::app {
namespace {

using serving::BlendPolicy;
using serving::ColdStartSettings;
using std::chrono::hours;

std::size_t size(const Property<std::int64_t>& property) { return static_cast<std::size_t>(property()); }

}  // namespace

ColdStartProperties::ColdStartProperties(Properties& all)
    : enabled(all, {.name = "cold_start.enabled", .description = "Whether answers to new users explore what they like"},
              true),
      new_for(all, {.name = "cold_start.new_for", .description = "Age up to which a user is new"},
              BlendPolicy{}.new_for, {hours(0), hours(24 * 365)}),
      new_interactions(all,
                       {.name = "cold_start.new_interactions",
                        .description = "Interactions from which on answers shift to personalised ones",
                        .unit = "interactions"},
                       static_cast<std::int64_t>(BlendPolicy{}.new_interactions), {0, 1000}),
      shift_interactions(all,
                         {.name = "cold_start.shift_interactions",
                          .description = "Further interactions until they are personalised whole",
                          .unit = "interactions"},
                         static_cast<std::int64_t>(BlendPolicy{}.shift_interactions), {0, 1000}),
      new_exploration(all,
                      {.name = "cold_start.new_exploration",
                       .description = "Share of a new user's answer that explores categories; the rest is popular"},
                      BlendPolicy{}.new_exploration, {0.0, 1.0}),
      later_exploration(
          all,
          {.name = "cold_start.later_exploration",
           .description = "The same once a user is not new but has few interactions; the rest is personalised"},
          BlendPolicy{}.later_exploration, {0.0, 1.0}),
      categories(all,
                 {.name = "cold_start.categories",
                  .description = "Categories explored for a new user, their interests first",
                  .unit = "categories"},
                 static_cast<std::int64_t>(ColdStartSettings{}.categories), {1, 100}) {}

serving::ColdStartSettings ColdStartProperties::settings() const {
  ColdStartSettings settings;
  settings.blend.new_for = new_for();
  settings.blend.new_interactions = size(new_interactions);
  settings.blend.shift_interactions = size(shift_interactions);
  settings.blend.new_exploration = new_exploration();
  settings.blend.later_exploration = later_exploration();
  settings.categories = size(categories);
  return settings;
}

}  // namespace magpie::app
