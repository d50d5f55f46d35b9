// What every Analytics must do (ports/analytics.h).
#pragma once

#include <filesystem>
#include <string>

#include "ports/analytics.h"
#include "tests/contract/backend.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::contract {

class AnalyticsContract : public ContractTest<Analytics> {
 protected:
  // A location of the test's own.
  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return directory_.path() / name; }

 private:
  const TemporaryDirectory directory_;
};

}  // namespace magpie::contract
