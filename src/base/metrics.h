// Metrics: counters, gauges and histograms of the process, exposed in the Prometheus text format.
//
// A component asks for its instruments once, when it is built, and keeps the references: recording is one atomic add,
// asking takes a lock. Names follow Prometheus' rules: magpie_<noun>_<unit>[_total].
// Instruments are handles: copied freely, valid as long as the Metrics that gave them.
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace magpie {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  explicit Counter(prometheus::Counter& instrument) : instrument_(&instrument) {}
  // amount >= 0.
  void add(double amount = 1);
  [[nodiscard]] double value() const;

 private:
  prometheus::Counter* instrument_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& instrument) : instrument_(&instrument) {}
  void set(double value);
  void add(double amount);
  [[nodiscard]] double value() const;

 private:
  prometheus::Gauge* instrument_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& instrument) : instrument_(&instrument) {}
  void observe(double value);

 private:
  prometheus::Histogram* instrument_;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same instrument. A name that Prometheus does not allow, or that is in use for
  // another kind of instrument, is a bug and ends the process.
  [[nodiscard]] Counter counter(const std::string& name, const std::string& help, const Labels& labels = {}) noexcept;
  [[nodiscard]] Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {}) noexcept;
  // Upper bounds in the metric's unit, ascending.
  [[nodiscard]] Histogram histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                                    const Labels& labels = {}) noexcept;

  // text/plain; version=0.0.4
  [[nodiscard]] std::string expose() const;

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

// Bounds for request latencies in seconds: 50 us to 10 s.
[[nodiscard]] const std::vector<double>& latency_bounds();

}  // namespace magpie
