// GrpcCalls: how a unary call is answered: where its work runs, how its outcome becomes a status, how it is counted.
//
// Thread-safe. The pool's tasks end before this is gone; calls end before the server is.
#pragma once

#include <grpcpp/impl/codegen/server_callback.h>
#include <grpcpp/server_context.h>

#include <cstddef>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "api/grpc_status.h"
#include "base/metrics.h"
#include "base/status.h"
#include "base/thread_pool.h"

namespace magpie::api {

class GrpcCalls {
 public:
  GrpcCalls(Metrics& metrics, std::size_t blocking_threads, std::size_t blocking_queue);

  // `work() -> Status`, on gRPC's thread: it must not wait for a disk.
  template <typename Work>
  grpc::ServerUnaryReactor* answer(std::string_view method, grpc::CallbackServerContext* context, Work work) {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    finish(method, reactor, run(work));
    return reactor;
  }

  // `work() -> Status`, on the pool. The messages live until the reactor has finished.
  template <typename Work>
  grpc::ServerUnaryReactor* answer_on_pool(std::string_view method, grpc::CallbackServerContext* context, Work work) {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    const auto task = [this, method, reactor, work] { finish(method, reactor, run(work)); };
    if (!pool_.try_submit(task)) finish(method, reactor, resource_exhausted("too many calls are waiting"));
    return reactor;
  }

  // Ends the call; once.
  void finish(std::string_view method, grpc::ServerUnaryReactor* reactor, const Status& status);

 private:
  struct Instruments {
    Counter ok;
    Counter failed;    // The caller's fault.
    Counter broken;    // Ours.
  };

  template <typename Work>
  static Status run(Work& work) {
    try {
      return work();
    } catch (const std::exception& exception) {
      return internal_error(exception.what());
    }
  }

  std::map<std::string, Instruments, std::less<>> instruments_;  // By method; fixed.
  ThreadPool pool_;
};

}  // namespace magpie::api
