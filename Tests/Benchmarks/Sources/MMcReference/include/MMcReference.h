#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint64_t events;
  double seconds;
  double mean_wait;
} mmc_result;

/// An M/M/c queue, first come, first served, on std::priority_queue: `queries` arrivals at load `rho`, service
/// at rate 1. The time is that of the loop, random numbers included.
mmc_result mmc_reference(uint32_t queries, uint32_t servers, double rho, uint64_t seed);

#ifdef __cplusplus
}
#endif
