// magpie serve: the engine until SIGTERM or SIGINT.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "app/command.h"
#include "app/server.h"

namespace magpie::app {
namespace {

// Blocks the signals for the whole process: threads started later inherit that, and wait_for_stop() takes them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  [[nodiscard]] int wait() const {
    int number = 0;
    sigwait(&set_, &number);
    return number;
  }
  // Until another signal, at most so long.
  void wait(Duration most) const {
    const auto whole = std::chrono::floor<std::chrono::seconds>(most);
    const timespec time{.tv_sec = whole.count(), .tv_nsec = std::chrono::nanoseconds(most - whole).count()};
    sigtimedwait(&set_, nullptr, &time);
  }

 private:
  sigset_t set_{};
};

class ServeCommand final : public Command {
 public:
  explicit ServeCommand(CLI::App& parent)
      : Command(parent, "serve", "Run the engine: take in events, train, answer requests",
                "  magpie serve --data d                          # 127.0.0.1:8080, gRPC on 127.0.0.1:8081\n"
                "  magpie serve --data d --listen 0.0.0.0:80      # there is no authentication yet\n"
                "  magpie serve --data d --set 'pipeline.schedule=0 */6 * * *'\n"
                "  curl -X POST http://127.0.0.1:8080/v1/events -H 'Content-Type: application/json' \\\n"
                "    -d '{\"user_id\": \"42\", \"item_id\": \"sku-7\", \"type\": \"view\"}'\n"
                "  curl 'http://127.0.0.1:8080/v1/recommendations?user_id=42&explain=true'\n"
                "Stops gracefully on SIGTERM and SIGINT (server.drain_delay), at once on the second. /readyz says when "
                "it is ready, and why not yet.") {
    app().add_option("--listen", listen_, "Address of the HTTP API (setting server.listen)")->type_name("HOST:PORT");
    app()
        .add_option("--grpc-listen", grpc_listen_, "Address of the gRPC API (setting server.grpc_listen)")
        ->type_name("HOST:PORT");
  }

 private:
  std::vector<std::pair<std::string, std::string>> setting_flags() const override {
    std::vector<std::pair<std::string, std::string>> flags;
    if (!listen_.empty()) flags.emplace_back("server.listen", listen_);
    if (!grpc_listen_.empty()) flags.emplace_back("server.grpc_listen", grpc_listen_);
    return flags;
  }

  Status run(const Settings& settings) override {
    const StopSignals signals;
    const auto logger = Logger::to_stderr(settings.log.level(), settings.log.format());
    MAGPIE_ASSIGN_OR_RETURN(const auto server, Server::start(data(), settings, logger));
    const auto& at = server->addresses();
    logger.info("listening", {{"http", "http://" + to_string(at.http)},
                              {"grpc", at.grpc.port == 0 ? std::string("off") : to_string(at.grpc)}});
    const int number = signals.wait();
    logger.info("stopping", {{"signal", number}});
    server->prepare_to_stop();
    signals.wait(settings.server.drain_delay());
    server->stop();
    return {};
  }

  std::string listen_;
  std::string grpc_listen_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command(CLI::App& parent) { return std::make_unique<ServeCommand>(parent); }

}  // namespace magpie::app
