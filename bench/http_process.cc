#include "http_process.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "http_data.h"

namespace magpie::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(300);
constexpr std::uint16_t kNginxPort = 18'480;

std::string nginx_configuration(const std::filesystem::path& directory) {
  const std::string root = directory.string();
  return "daemon off;\nmaster_process off;\nworker_processes 1;\nerror_log " + root + "/error.log;\npid " + root +
         "/nginx.pid;\nevents { worker_connections 1024; }\nhttp {\n  access_log off;\n  sendfile on;\n"
         "  tcp_nopush on;\n  tcp_nodelay on;\n  open_file_cache max=100;\n  open_file_cache_valid 60s;\n"
         "  keepalive_requests 1000000000;\n  default_type application/json;\n  client_body_temp_path " +
         root + "/body;\n  proxy_temp_path " + root + "/proxy;\n  fastcgi_temp_path " + root +
         "/fastcgi;\n  uwsgi_temp_path " + root + "/uwsgi;\n  scgi_temp_path " + root +
         "/scgi;\n  server {\n    listen 127.0.0.1:" + std::to_string(kNginxPort) + ";\n    root " + root +
         ";\n  }\n}\n";
}

Status write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return unavailable("cannot write " + path.string());
  return {};
}

Status wait_for_answer(const app::HostPort& address, tests::ChildProcess& process) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (process.wait(std::chrono::seconds(0))) return failed_precondition("nginx ended; see its error.log");
    const auto answer = app::HttpClient(address, std::chrono::seconds(10)).get("/answer.json");
    if (answer.ok() && answer->status == 200) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Error(ErrorCode::kDeadlineExceeded, "nginx did not answer");
}

}  // namespace

Result<HttpServerProcess> HttpServerProcess::magpie(const HttpSetup& setup, const std::filesystem::path& data,
                                                    const std::vector<std::string>& settings) {
  std::vector<std::string> argv{"/usr/bin/taskset",
                                "-c",
                                kServerCore,
                                setup.magpie.string(),
                                "serve",
                                "--data",
                                data.string(),
                                "--listen",
                                "127.0.0.1:0",
                                "--set",
                                "server.grpc_listen=",
                                "--set",
                                "server.threads=1",
                                "--set",
                                "pipeline.schedule=",
                                "--set",
                                kJourneyWindow};
  for (const auto& setting : settings) argv.insert(argv.end(), {"--set", setting});
  MAGPIE_ASSIGN_OR_RETURN(auto process, tests::ChildProcess::start(argv, data / "server.log"));
  MAGPIE_ASSIGN_OR_RETURN(auto address, tests::wait_until_ready(data, process, kPatience));
  return HttpServerProcess(std::move(process), std::move(address));
}

Result<HttpServerProcess> HttpServerProcess::nginx(const HttpSetup& setup, const std::filesystem::path& directory,
                                                   const std::string& body) {
  std::filesystem::create_directories(directory);
  MAGPIE_RETURN_IF_ERROR(write_file(directory / "answer.json", body));
  MAGPIE_RETURN_IF_ERROR(write_file(directory / "nginx.conf", nginx_configuration(directory)));
  const std::vector<std::string> argv{"/usr/bin/taskset",
                                      "-c",
                                      kServerCore,
                                      setup.nginx.string(),
                                      "-p",
                                      directory.string(),
                                      "-c",
                                      (directory / "nginx.conf").string()};
  MAGPIE_ASSIGN_OR_RETURN(auto process, tests::ChildProcess::start(argv, directory / "nginx.log"));
  const app::HostPort address{"127.0.0.1", kNginxPort};
  MAGPIE_RETURN_IF_ERROR(wait_for_answer(address, process));
  return HttpServerProcess(std::move(process), address);
}

// proc(5), /proc/PID/stat: fields 14 and 15, counted from after the name, which may hold anything but is in brackets.
Result<double> HttpServerProcess::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(process_.pid()) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  if (!(fields >> user >> system)) return unavailable("the server is gone");
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Result<double> HttpServerProcess::metric(const std::string& name) const {
  app::HttpClient client(address_, std::chrono::seconds(60));
  MAGPIE_ASSIGN_OR_RETURN(const auto text, client.call("GET", "/metrics"));
  std::istringstream lines(text);
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name) || (line[name.size()] != ' ' && line[name.size()] != '{')) continue;
    sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

Status HttpServerProcess::stop() {
  process_.signal(SIGTERM);
  const auto status = process_.wait(kPatience);
  if (status != 0) return internal_error("the server ended with status " + std::to_string(status.value_or(-1)));
  return {};
}

}  // namespace magpie::bench
