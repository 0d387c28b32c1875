-- WorldCache store, format 1. Immutable once released: changes come as v002 and later.
-- Digests are 16-byte BLOBs (SHA-256, first half). Worlds are INTEGERs from 1; an open range ends at 9223372036854775807.
-- Times are milliseconds since 1970, UTC. docs/schema.md explains every table.

-- The numbered steps that made this file's schema.
CREATE TABLE migration (
  version    INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

-- One process that wrote here.
CREATE TABLE process (
  id         INTEGER PRIMARY KEY,
  host       TEXT    NOT NULL,
  pid        INTEGER NOT NULL,
  program    TEXT    NOT NULL,
  started_at INTEGER NOT NULL,
  UNIQUE (host, pid, started_at)
) STRICT;

-- A named line of worlds: where its head is, what state of definitions the head is, and from which world on history is kept (W8).
-- `evictions` counts the open code instances that went without a tick: whoever keeps such in memory must not trust the next
-- tick to name them (W12).
CREATE TABLE lineage (
  id        INTEGER PRIMARY KEY,
  name      TEXT    NOT NULL UNIQUE,
  head      INTEGER NOT NULL CHECK (head >= 1),
  state     BLOB    NOT NULL CHECK (length(state) = 16),
  oldest    INTEGER NOT NULL CHECK (oldest >= 1 AND oldest <= head),
  evictions INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One tick (W1): which process committed which state, when and why.
CREATE TABLE world (
  lineage      INTEGER NOT NULL REFERENCES lineage,
  world        INTEGER NOT NULL,
  state        BLOB    NOT NULL CHECK (length(state) = 16),
  committed_at INTEGER NOT NULL,
  process      INTEGER NOT NULL REFERENCES process,
  cause        TEXT    NOT NULL,
  PRIMARY KEY (lineage, world)
) STRICT, WITHOUT ROWID;

-- Something a generator can ask. `encoded` is the one codec's form; `subject` is what it is about, for people and for redefinition.
CREATE TABLE question (
  id      INTEGER PRIMARY KEY,
  digest  BLOB    NOT NULL UNIQUE CHECK (length(digest) = 16),
  kind    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  encoded BLOB    NOT NULL
) STRICT;
CREATE INDEX question_by_subject ON question (subject);

-- The question about a key's source, where something was built from that source: the way from a code instance to what rests on it.
CREATE TABLE source_question (
  method   INTEGER NOT NULL REFERENCES method,
  instance BLOB    NOT NULL CHECK (length(instance) = 16),
  owner    INTEGER NOT NULL REFERENCES owner,
  question INTEGER NOT NULL REFERENCES question,
  PRIMARY KEY (method, instance, owner)
) STRICT, WITHOUT ROWID;

-- One answer that a question has had, in any world of any lineage.
CREATE TABLE answer (
  id       INTEGER PRIMARY KEY,
  question INTEGER NOT NULL REFERENCES question,
  digest   BLOB    NOT NULL CHECK (length(digest) = 16),
  subject  TEXT    NOT NULL,
  UNIQUE (question, digest)
) STRICT;

-- When an answer is recorded to hold (W2: the ranges of one question in one lineage do not overlap).
CREATE TABLE answer_range (
  lineage   INTEGER NOT NULL REFERENCES lineage,
  question  INTEGER NOT NULL REFERENCES question,
  min_world INTEGER NOT NULL,
  max_world INTEGER NOT NULL CHECK (max_world >= min_world),
  answer    INTEGER NOT NULL REFERENCES answer,
  PRIMARY KEY (lineage, question, min_world)
) STRICT, WITHOUT ROWID;

-- A generator; `fingerprint` is its declared version, or the build id of the program that contains it.
CREATE TABLE generator (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  UNIQUE (name, fingerprint)
) STRICT;

-- A method under a generator. `hash` covers the method's signature and body and the generator's fingerprint.
-- Ids are never used twice: readers remember them.
CREATE TABLE method (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 16),
  generator  INTEGER NOT NULL REFERENCES generator,
  module     TEXT    NOT NULL,
  table_name TEXT    NOT NULL,
  function   TEXT    NOT NULL,
  arguments  TEXT    NOT NULL,
  location   TEXT    NOT NULL
) STRICT;

-- On whose behalf source was generated (W6).
CREATE TABLE owner (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB    NOT NULL UNIQUE CHECK (length(digest) = 16),
  name   TEXT    NOT NULL
) STRICT;

-- A source's binary form, `name/version`.
CREATE TABLE codec (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- The content of sources, each once. `bytes` is NULL after pruning, while traces built from the source still need its digest.
CREATE TABLE source (
  id       INTEGER PRIMARY KEY,
  digest   BLOB    NOT NULL UNIQUE CHECK (length(digest) = 16),
  codec    INTEGER NOT NULL REFERENCES codec,
  raw_size INTEGER NOT NULL,
  bytes    BLOB
) STRICT;

-- A generation that happened: key, source (NULL: the generator declined), cost, and who did it.
-- `bounded` is 1 when the generator declared an end of validity, so the trace must not revive (W3).
CREATE TABLE trace (
  id             INTEGER PRIMARY KEY,
  method         INTEGER NOT NULL REFERENCES method,
  instance       BLOB    NOT NULL CHECK (length(instance) = 16),
  owner          INTEGER NOT NULL REFERENCES owner,
  source         INTEGER REFERENCES source,
  bounded        INTEGER NOT NULL CHECK (bounded IN (0, 1)),
  specialization TEXT    NOT NULL,
  generated_at   INTEGER NOT NULL,
  generation_ns  INTEGER NOT NULL,
  process        INTEGER NOT NULL REFERENCES process
) STRICT;

-- The answers that a trace rests on, in the order in which they were asked. Backedges are the second index.
CREATE TABLE edge (
  trace    INTEGER NOT NULL REFERENCES trace,
  position INTEGER NOT NULL,
  answer   INTEGER NOT NULL REFERENCES answer,
  PRIMARY KEY (trace, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_by_answer ON edge (answer, trace);

-- A trace together with a world range in which all of its answers hold: what a hit reads, in one seek, then its source.
-- `seal` detects damage of the row (W12). Rows of one key and lineage do not overlap (W4).
CREATE TABLE code_instance (
  method    INTEGER NOT NULL REFERENCES method,
  instance  BLOB    NOT NULL CHECK (length(instance) = 16),
  owner     INTEGER NOT NULL REFERENCES owner,
  lineage   INTEGER NOT NULL REFERENCES lineage,
  min_world INTEGER NOT NULL,
  max_world INTEGER NOT NULL CHECK (max_world >= min_world),
  trace     INTEGER NOT NULL REFERENCES trace,
  source    INTEGER REFERENCES source,
  revived   INTEGER NOT NULL CHECK (revived IN (0, 1)),
  seal      INTEGER NOT NULL,
  PRIMARY KEY (method, instance, owner, lineage, min_world)
) STRICT, WITHOUT ROWID;

-- How often and when a trace was last served; written behind, in batches.
CREATE TABLE usage (
  trace     INTEGER PRIMARY KEY REFERENCES trace,
  hits      INTEGER NOT NULL,
  last_used INTEGER NOT NULL
) STRICT;

-- What a tick closed: the trace, the answer that no longer held, and at what distance from the change.
CREATE TABLE invalidation (
  lineage  INTEGER NOT NULL REFERENCES lineage,
  world    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  trace    INTEGER NOT NULL REFERENCES trace,
  answer   INTEGER NOT NULL REFERENCES answer,
  depth    INTEGER NOT NULL CHECK (depth >= 1),
  PRIMARY KEY (lineage, world, position)
) STRICT, WITHOUT ROWID;

-- Keys whose generator gave two different sources for the same answers: never stored again until pruned.
CREATE TABLE quarantine (
  method   INTEGER NOT NULL REFERENCES method,
  instance BLOB    NOT NULL CHECK (length(instance) = 16),
  owner    INTEGER NOT NULL REFERENCES owner,
  stored   BLOB    NOT NULL,
  found    BLOB    NOT NULL,
  found_at INTEGER NOT NULL,
  PRIMARY KEY (method, instance, owner)
) STRICT, WITHOUT ROWID;
