"""Measures diskcache with given entries, in this process; prints JSON. Usage: diskcache_peer.py ENTRIES FOLDER

ENTRIES has for each entry a key of 48 bytes, the number of its bytes in four bytes, big-endian, and its bytes.
"""
import json
import os
import random
import struct
import sys
import time

import diskcache


def entries(path):
    with open(path, "rb") as file:
        while key := file.read(48):
            (count,) = struct.unpack(">I", file.read(4))
            yield key, file.read(count)


def times(samples):
    samples.sort()
    return {"median": samples[len(samples) // 2], "p99": samples[min(len(samples) - 1, len(samples) * 99 // 100)]}


def timed(body, *arguments):
    start = time.perf_counter_ns()
    result = body(*arguments)
    return time.perf_counter_ns() - start, result


def main():
    data, folder = sys.argv[1:]
    items = list(entries(data))
    report = {"set": {}, "batches": {}}

    def commit(batch):
        if len(batch) == 1:
            cache.set(*batch[0])
            return
        with cache.transact():
            for key, value in batch:
                cache.set(key, value)

    # The last setting fills what is read.
    for size in (1000, 1, 100):
        cache = diskcache.Cache(f"{folder}/{size}", eviction_policy="none", size_limit=1 << 40)
        chosen = items if size == 100 else items[: 20 * size + 1000]
        batches = [chosen[start : start + size] for start in range(0, len(chosen), size)]
        samples = [(timed(commit, batch)[0], len(batch)) for batch in batches]
        report["set"][str(size)] = times([taken / count for taken, count in samples])
        report["batches"][str(size)] = times([taken for taken, _ in samples])

    picks = random.Random(7).choices(items, k=10_000)
    gets = []
    for key, value in picks:
        taken, found = timed(cache.get, key)
        assert found == value
        gets.append(taken)
    report["get"] = times(gets)
    cache.close()
    report["open"] = times([timed(diskcache.Cache, f"{folder}/100")[0] for _ in range(20)])
    report["bytes"] = sum(
        os.lstat(os.path.join(place, name)).st_blocks * 512
        for place, _, names in os.walk(f"{folder}/100")
        for name in names
    )
    print(json.dumps(report))


main()
