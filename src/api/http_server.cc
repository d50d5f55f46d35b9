#include "api/http_server.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "api/http_connection.h"
#include "api/http_date.h"
#include "api/http_dispatcher.h"
#include "api/loop_watch.h"
#include "base/thread_pool.h"

namespace magpie::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCondition = boost::system::error_code;

// How long to wait when the process has no descriptor left for a connection.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);
// How long a client that has connected may take to send its first request when the server stops.
constexpr auto kFirstRequestPatience = std::chrono::milliseconds(500);

// One thread, its events, and the connections that live on it.
struct Loop {
  Loop(const Clock& clock, const AdmissionSettings& admission) : date(clock), watch(context, admission) {}

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  HttpDate date;
  LoopWatch watch;
  std::set<HttpConnection*> connections;  // Touched by the loop's thread only.
  std::thread thread;
};

// Counts what runs, so that stop() can wait for its end.
class Running {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  // Notifies under the lock: the waiter may destroy this object as soon as it can have the lock.
  void end() {
    const std::lock_guard lock(mutex_);
    --count_;
    none_.notify_all();
  }
  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool wait_for_none(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, patience, [this] { return count_ == 0; });
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(Services& services, HttpSettings settings)
      : clock_(services.clock),
        settings_(std::move(settings)),
        blocking_(settings_.blocking_threads, settings_.blocking_queue),
        dispatcher_(services, blocking_, draining_, settings_.max_body_bytes),
        connections_(services.metrics.gauge("magpie_http_connections", "Open HTTP connections.")),
        refused_(services.metrics.counter("magpie_http_connections_refused_total",
                                          "Connections closed at once: more than the server takes.")) {}

  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status start() {
    for (std::size_t i = 0; i < std::max<std::size_t>(settings_.threads, 1); ++i) {
      loops_.push_back(std::make_unique<Loop>(clock_, settings_.admission));
    }
    MAGPIE_RETURN_IF_ERROR(listen());
    running_.begin();
    asio::co_spawn(loops_[0]->context, accept_connections(), [this](const std::exception_ptr&) { running_.end(); });
    for (auto& loop : loops_) loop->thread = std::thread([&context = loop->context] { context.run(); });
    return ok_status();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void prepare_to_stop() { draining_ = true; }

  void stop() {
    const std::lock_guard lock(stop_mutex_);
    if (!acceptor_ || stopping_.exchange(true)) return;
    draining_ = true;
    std::promise<void> closed;
    asio::post(loops_[0]->context, [this, &closed] {
      ignore_newcomers();
      accept_waiting();
      close_acceptor();
      closed.set_value();
    });
    closed.get_future().wait();
    for_each_connection([](HttpConnection& connection) { connection.drain(false); });
    if (!running_.wait_for_none(kFirstRequestPatience)) {
      for_each_connection([](HttpConnection& connection) { connection.drain(true); });
    }
    if (!running_.wait_for_none(settings_.drain_timeout)) {
      for_each_connection([](HttpConnection& connection) { connection.close(); });
      running_.wait_for_none();
    }
    for (auto& loop : loops_) loop->guard.reset();
    for (auto& loop : loops_) loop->thread.join();
  }

 private:
  Status listen() {
    ErrorCondition error;
    tcp::resolver resolver(loops_[0]->context);
    const auto found = resolver.resolve(settings_.host, std::to_string(settings_.port), tcp::resolver::passive, error);
    if (error || found.empty()) {
      return invalid_argument("host", "\"" + settings_.host + "\" is no address: " + error.message());
    }
    const tcp::endpoint endpoint = found.begin()->endpoint();
    tcp::acceptor acceptor(loops_[0]->context);
    if (acceptor.open(endpoint.protocol(), error); error) return cannot_listen(error);
    if (acceptor.set_option(tcp::acceptor::reuse_address(true), error); error) return cannot_listen(error);
    if (acceptor.bind(endpoint, error); error) return cannot_listen(error);
    if (acceptor.listen(tcp::acceptor::max_listen_connections, error); error) return cannot_listen(error);
    port_ = acceptor.local_endpoint(error).port();
    acceptor_.emplace(std::move(acceptor));
    return ok_status();
  }

  [[nodiscard]] Error cannot_listen(const ErrorCondition& error) const {
    return failed_precondition("cannot listen on " + settings_.host + ":" + std::to_string(settings_.port) + ": " +
                               error.message());
  }

  // The kernel makes no more connections: closing the socket would reset those made since the last one was accepted.
  // (Clients try again for a second, and are refused then.) Where the kernel does not have it, a few may be reset.
  void ignore_newcomers() {
    sock_filter drop{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog program{1, &drop};
    ::setsockopt(acceptor_->native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
  }

  // Connections that the kernel has made already: their clients believe that they are being served.
  void accept_waiting() {
    ErrorCondition error;
    acceptor_->non_blocking(true, error);
    for (std::size_t turn = 0; !error; ++turn) {
      Loop& loop = *loops_[turn % loops_.size()];
      tcp::socket socket(loop.context);
      acceptor_->accept(socket, error);
      if (!error) admit(loop, std::move(socket));
    }
  }

  void close_acceptor() {
    ErrorCondition ignored;
    acceptor_->close(ignored);
  }

  // Connections go to the loops in turn: fair with few of them, which the kernel's hashing is not.
  asio::awaitable<void> accept_connections() {
    for (std::size_t turn = 0; !stopping_; ++turn) {
      Loop& loop = *loops_[turn % loops_.size()];
      tcp::socket socket(loop.context);
      ErrorCondition error;
      co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (!error) {
        admit(loop, std::move(socket));
      } else if (!stopping_) {
        co_await pause();
      }
    }
  }

  asio::awaitable<void> pause() {
    asio::steady_timer timer(loops_[0]->context, kAcceptPause);
    ErrorCondition ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  void admit(Loop& loop, tcp::socket socket) {
    // One of those running is the acceptor.
    if (running_.count() > settings_.max_connections) {
      refused_.add();
      return refuse(std::move(socket));
    }
    running_.begin();
    connections_.add(1);
    asio::co_spawn(loop.context, serve(loop, std::move(socket)), [this](const std::exception_ptr&) {
      connections_.add(-1);
      running_.end();
    });
  }

  // As much as the socket takes at once: a server that is full has no time to wait.
  static void refuse(tcp::socket socket) {
    static constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    ErrorCondition ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(kFull), 0, ignored);
  }

  asio::awaitable<void> serve(Loop& loop, tcp::socket socket) {
    HttpConnection connection(std::move(socket), dispatcher_, settings_, draining_, loop.date, loop.watch);
    const Membership member(loop.connections, connection);
    co_await connection.serve();
  }

  // In the loop's set for as long as it lives, however it ends.
  struct Membership {
    Membership(std::set<HttpConnection*>& of, HttpConnection& connection) : set(of), member(&connection) {
      set.insert(member);
    }
    ~Membership() { set.erase(member); }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    std::set<HttpConnection*>& set;
    HttpConnection* member;
  };

  template <typename Action>
  void for_each_connection(Action action) {
    for (auto& loop : loops_) {
      asio::post(loop->context, [&connections = loop->connections, action] {
        for (HttpConnection* connection : connections) action(*connection);
      });
    }
  }

  const Clock& clock_;
  const HttpSettings settings_;
  std::atomic<bool> draining_ = false;  // Every answer is the last of its connection.
  std::atomic<bool> stopping_ = false;  // Nothing new is accepted.
  ThreadPool blocking_;
  HttpDispatcher dispatcher_;
  Gauge connections_;
  Counter refused_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::optional<tcp::acceptor> acceptor_;
  std::uint16_t port_ = 0;
  Running running_;
  std::mutex stop_mutex_;
};

HttpServer::HttpServer(Services& services, HttpSettings settings)
    : impl_(std::make_unique<Impl>(services, std::move(settings))) {}
HttpServer::~HttpServer() = default;
Status HttpServer::start() { return impl_->start(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
void HttpServer::prepare_to_stop() { impl_->prepare_to_stop(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace magpie::api
