#include "MMcReference.h"

#include <chrono>
#include <queue>
#include <random>
#include <vector>

namespace {

struct Event {
  double time;
  uint64_t sequence;
  uint32_t query;
  bool is_arrival;
};

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.time > b.time || (a.time == b.time && a.sequence > b.sequence);
  }
};

}  // namespace

mmc_result mmc_reference(uint32_t queries, uint32_t servers, double rho, uint64_t seed) {
  const auto start = std::chrono::steady_clock::now();
  std::mt19937_64 gaps(seed), services(seed + 1);
  std::exponential_distribution<double> gap(rho * servers), service(1.0);
  std::vector<double> arrival(queries), latency(queries);
  std::vector<uint32_t> waiting(1 << 20);
  const size_t mask = waiting.size() - 1;
  size_t head = 0, tail = 0;
  std::priority_queue<Event, std::vector<Event>, Later> events;
  uint32_t busy = 0;
  uint64_t sequence = 0, handled = 0;
  double waited = 0;

  events.push({gap(gaps), sequence++, 0, true});
  while (!events.empty()) {
    const Event event = events.top();
    events.pop();
    handled++;
    if (event.is_arrival) {
      arrival[event.query] = event.time;
      if (event.query + 1 < queries) {
        events.push({event.time + gap(gaps), sequence++, event.query + 1, true});
      }
      if (busy < servers) {
        busy++;
        events.push({event.time + service(services), sequence++, event.query, false});
      } else {
        waiting[tail++ & mask] = event.query;
      }
    } else {
      latency[event.query] = event.time - arrival[event.query];
      if (head != tail) {
        const uint32_t next = waiting[head++ & mask];
        waited += event.time - arrival[next];
        events.push({event.time + service(services), sequence++, next, false});
      } else {
        busy--;
      }
    }
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  return {handled, spent.count(), waited / queries};
}
