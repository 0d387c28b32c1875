// Counts allocations by standing in the place of malloc and its like, and calling glibc's own.
//
// An executable's definition of malloc wins over the C library's for everything in the process, the Swift runtime and
// SQLite included. Memory still comes from glibc, and free goes back there, whatever allocator may be preloaded. The
// counters are thread-local: no locks, no shared cache line, and what a background thread does is not charged to the one
// measured.

#include "CAllocations.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_OTHER_ALLOCATOR 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_OTHER_ALLOCATOR)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

// Initial-exec: the counters lie in the thread's static block, so reading them never allocates.
static __thread struct allocation_counts counts __attribute__((tls_model("initial-exec")));

static inline void note(size_t bytes) {
  counts.count += 1;
  counts.bytes += bytes;
}

static void *counted_malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

static void *counted_calloc(size_t number, size_t size) {
  note(number * size);
  return __libc_calloc(number, size);
}

static void *counted_realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}

static void *counted_memalign(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

static int counted_posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) { return EINVAL; }
  void *made = counted_memalign(alignment, size);
  if (made == NULL) { return ENOMEM; }
  *result = made;
  return 0;
}

static void counted_free(void *memory) { __libc_free(memory); }

// Weak, so that a program into which all of the C library is linked has that one's definitions, and not two.
#define STANDS_FOR(function) __attribute__((weak, alias(#function)))

void *malloc(size_t) STANDS_FOR(counted_malloc);
void *calloc(size_t, size_t) STANDS_FOR(counted_calloc);
void *realloc(void *, size_t) STANDS_FOR(counted_realloc);
void *memalign(size_t, size_t) STANDS_FOR(counted_memalign);
void *aligned_alloc(size_t, size_t) STANDS_FOR(counted_memalign);
int posix_memalign(void **, size_t, size_t) STANDS_FOR(counted_posix_memalign);
void free(void *) STANDS_FOR(counted_free);

bool allocations_are_counted(void) {
  // Through volatile, or the compiler would decide at once what only the linker knows.
  void *(*volatile used)(size_t) = malloc;
  return used == counted_malloc;
}

struct allocation_counts allocations_of_this_thread(void) { return counts; }

#else

bool allocations_are_counted(void) { return false; }

struct allocation_counts allocations_of_this_thread(void) {
  struct allocation_counts none = {0, 0};
  return none;
}

#endif
