// magpie_http_load: an open-loop load generator, in a process of its own.
//
//   magpie_http_load --port N --targets FILE --rate R --seconds S --connections C
//
// Request k is due at k / rate, whether or not earlier ones are answered, and its latency counts from that moment: a
// server that stalls is charged for all who would have come meanwhile (no coordinated omission, as wrk2 and vegeta do
// it). Targets are taken from the file in order and again from its beginning. It spins on its core: a sleeping
// generator measures the scheduler. Prints one JSON object.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

auto into(boost::system::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

struct Options {
  std::uint16_t port = 0;
  std::string targets;
  double rate = 1000;  // Requests a second.
  double seconds = 5;
  double warm_up = 0.5;  // Seconds at the beginning whose latencies are not counted.
  std::size_t connections = 32;
};

struct Tally {
  std::vector<double> latencies;  // Seconds, of 2xx answers.
  std::size_t failures = 0;       // Other answers, and broken connections.
};

std::vector<std::string> read_requests(const std::string& path) {
  std::vector<std::string> requests;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    requests.push_back("GET " + line + " HTTP/1.1\r\nHost: bench\r\n\r\n");
  }
  return requests;
}

// The body's length, or 0 where the head names none.
std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  }
  return length;
}

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options),
        requests_(read_requests(options.targets)),
        total_(static_cast<std::size_t>(options.rate * options.seconds)) {
    tally_.latencies.reserve(total_);
  }

  Tally run() {
    if (requests_.empty()) return std::move(tally_);
    start_ = SteadyClock::now() + std::chrono::milliseconds(100);
    for (std::size_t i = 0; i < options_.connections; ++i) asio::co_spawn(context_, client(), asio::detached);
    while (!context_.stopped()) context_.poll();
    return std::move(tally_);
  }

 private:
  [[nodiscard]] SteadyClock::time_point due(std::size_t request) const {
    const std::chrono::duration<double> after(static_cast<double>(request) / options_.rate);
    return start_ + std::chrono::duration_cast<SteadyClock::duration>(after);
  }

  // Takes the next request that nobody has, waits until it is due, and so on.
  asio::awaitable<void> client() {
    tcp::socket socket(context_);
    boost::system::error_code error;
    socket.connect({asio::ip::address_v4::loopback(), options_.port}, error);
    if (!error) socket.set_option(tcp::no_delay(true), error);
    asio::steady_timer timer(context_);
    std::string buffer;
    while (!error && next_ < total_) {
      const std::size_t request = next_++;
      timer.expires_at(due(request));
      if (SteadyClock::now() < timer.expiry()) co_await timer.async_wait(asio::use_awaitable);
      const bool ok = co_await exchange(socket, requests_[request % requests_.size()], buffer, error);
      record(request, ok && !error);
    }
    if (error) ++tally_.failures;
  }

  asio::awaitable<bool> exchange(tcp::socket& socket, const std::string& request, std::string& buffer,
                                 boost::system::error_code& error) {
    co_await asio::async_write(socket, asio::buffer(request), into(error));
    if (error) co_return false;
    const std::size_t head =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n", into(error));
    if (error) co_return false;
    const bool ok = buffer.starts_with("HTTP/1.1 2");
    const std::size_t whole = head + content_length(std::string_view(buffer).substr(0, head));
    if (buffer.size() < whole) {
      co_await asio::async_read(socket, asio::dynamic_buffer(buffer), asio::transfer_exactly(whole - buffer.size()),
                                into(error));
    }
    buffer.clear();
    co_return ok;
  }

  void record(std::size_t request, bool ok) {
    if (!ok) {
      ++tally_.failures;
    } else if (static_cast<double>(request) >= options_.warm_up * options_.rate) {
      tally_.latencies.push_back(std::chrono::duration<double>(SteadyClock::now() - due(request)).count());
    }
  }

  const Options& options_;
  const std::vector<std::string> requests_;
  const std::size_t total_;
  asio::io_context context_{1};
  SteadyClock::time_point start_;
  std::size_t next_ = 0;
  Tally tally_;
};

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("An open-loop HTTP load generator");
  Options options;
  app.add_option("--port", options.port)->required();
  app.add_option("--targets", options.targets)->required()->check(CLI::ExistingFile);
  app.add_option("--rate", options.rate)->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds)->check(CLI::PositiveNumber);
  app.add_option("--warm-up", options.warm_up);
  app.add_option("--connections", options.connections)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  Tally tally = Load(options).run();
  std::ranges::sort(tally.latencies);
  const nlohmann::json report{{"answered", tally.latencies.size()},
                              {"failures", tally.failures},
                              {"p50_s", quantile(tally.latencies, 0.5)},
                              {"p99_s", quantile(tally.latencies, 0.99)},
                              {"p999_s", quantile(tally.latencies, 0.999)}};
  std::printf("%s\n", report.dump().c_str());
  return 0;
}
