// How a contract suite gets at the implementations of a port.
//
// A suite is written once against the port; every backend that implements it registers a factory:
//
//   INSTANTIATE_TEST_SUITE_P(Rocks, EventLogContract, ::testing::Values(make_rocks_event_log()),
//   backend_name<EventLog>);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace magpie::contract {

// One instance under test, and what it stands on: a directory, a server.
template <typename Port>
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;
  // Valid until the next restart().
  [[nodiscard]] virtual Port& port() = 0;
  // Closes it and opens it again on the same data, as a new process would. Called only where the factory says durable.
  virtual void restart() {}
};

template <typename Port>
struct BackendFactory {
  std::string name;  // Letters and digits.
  bool durable = false;
  std::function<std::unique_ptr<Backend<Port>>()> make;
};

template <typename Port>
std::string backend_name(const ::testing::TestParamInfo<BackendFactory<Port>>& info) {
  return info.param.name;
}

// The fixture of a suite.
template <typename Port>
class ContractTest : public ::testing::TestWithParam<BackendFactory<Port>> {
 protected:
  void SetUp() override { backend_ = this->GetParam().make(); }

  [[nodiscard]] Port& port() { return backend_->port(); }
  // False where nothing survives a restart: what was put before is not to be expected after.
  [[nodiscard]] bool restart() {
    if (!this->GetParam().durable) return false;
    backend_->restart();
    return true;
  }

 private:
  std::unique_ptr<Backend<Port>> backend_;
};

// A backend that is just an object.
template <typename Port, typename Implementation>
class PlainBackend final : public Backend<Port> {
 public:
  template <typename... Arguments>
  explicit PlainBackend(Arguments&&... arguments) : object_(std::forward<Arguments>(arguments)...) {}
  [[nodiscard]] Port& port() override { return object_; }

 private:
  Implementation object_;
};

}  // namespace magpie::contract
