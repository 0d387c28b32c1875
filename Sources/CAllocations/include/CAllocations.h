#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/// What a thread has allocated since it began.
struct allocation_counts {
  /// Calls of malloc and its like; a realloc counts as one.
  uint64_t count;
  /// The bytes that they asked for. What is freed is not taken off.
  uint64_t bytes;
};

/// Whether allocations are counted in this process: only over a shared glibc, and not under a sanitizer, which has an
/// allocator of its own.
bool allocations_are_counted(void);

/// What the calling thread has allocated since it began; zeros if nothing is counted. What other threads do is not in it.
struct allocation_counts allocations_of_this_thread(void);

#endif
