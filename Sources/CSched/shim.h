// The C library's sched.h declares these for GNU programs alone, which Swift's Glibc is not.
#pragma once
#include <stddef.h>

int sched_getaffinity(int process, size_t bytes, void *set);
int sched_setaffinity(int process, size_t bytes, const void *set);
