#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace magpie {

struct Metrics::Registry {
  // Merge: asking again for a name gives the family that is there.
  prometheus::Registry families{prometheus::Registry::InsertBehavior::Merge};
};

void Counter::add(double amount) { instrument_->Increment(amount); }
double Counter::value() const { return instrument_->Value(); }

void Gauge::set(double value) { instrument_->Set(value); }
void Gauge::add(double amount) { instrument_->Increment(amount); }
double Gauge::value() const { return instrument_->Value(); }

void Histogram::observe(double value) { instrument_->Observe(value); }

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) noexcept {
  return Counter(prometheus::BuildCounter().Name(name).Help(help).Register(registry_->families).Add(labels));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) noexcept {
  return Gauge(prometheus::BuildGauge().Name(name).Help(help).Register(registry_->families).Add(labels));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                             const Labels& labels) noexcept {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->families);
  return Histogram(family.Add(labels, bounds));
}

std::string Metrics::expose() const { return prometheus::TextSerializer().Serialize(registry_->families.Collect()); }

const std::vector<double>& latency_bounds() {
  static const std::vector<double> kBounds{50e-6, 100e-6, 250e-6, 500e-6, 1e-3,   2.5e-3, 5e-3, 10e-3,
                                           25e-3, 50e-3,  100e-3, 250e-3, 500e-3, 1,      2.5,  10};
  return kBounds;
}

}  // namespace magpie
