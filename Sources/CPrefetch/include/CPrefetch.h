#pragma once

/// Asks the processor to have a cache line at hand. Nothing is read: the address may be any.
static inline void worldcache_prefetch(const void *address) { __builtin_prefetch(address); }
