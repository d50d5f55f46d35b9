-- The requests of HTTP benchmarks for wrk: targets from the file MAGPIE_TARGETS, one a line, in order and again from the
-- beginning; what came of it as one JSON line.

local requests = {}
local next_request = 0

function init(args)
  for target in io.lines(os.getenv("MAGPIE_TARGETS")) do
    requests[#requests + 1] = wrk.format("GET", target)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.6f,"failures":%d}\n', summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
