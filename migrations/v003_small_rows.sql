-- WorldCache store, format 3: a source's row has a seal of its own. Immutable once released.
-- Its parts set the tables of format 2 aside, make the new ones, and drop what was set aside, once the program has converted its rows;
-- see docs/decisions/0011-small-rows.md.
PRAGMA legacy_alter_table = ON;
DROP INDEX source_by_digest;
ALTER TABLE source RENAME TO format2_source;
PRAGMA legacy_alter_table = OFF;

-- Here nothing of the format before stands in the way any more.

-- The content of sources, each once. `bytes` is NULL after pruning, while traces built from the source still need its digest.
-- `dictionary` is NULL if the bytes are as they were generated. `seal` is a checksum of the other columns, with the names of codec and
-- dictionary in place of their ids: what a hit checks (W9).
CREATE TABLE source (
  id         INTEGER PRIMARY KEY,
  codec      INTEGER NOT NULL REFERENCES codec,
  dictionary INTEGER REFERENCES dictionary,
  raw_size   INTEGER NOT NULL,
  seal       INTEGER NOT NULL,
  digest     BLOB    NOT NULL CHECK (length(digest) = 16),
  bytes      BLOB
) STRICT;
CREATE INDEX source_by_digest ON source (substr(digest, 1, 5));

-- Which of a generator's sources enter the store, whatever its version; a generator without a row decides itself.
CREATE TABLE admission (
  generator TEXT PRIMARY KEY,
  policy    TEXT NOT NULL CHECK (policy IN ('always', 'never', 'slower', 'second')),
  limit_ns  INTEGER CHECK ((limit_ns IS NULL) = (policy <> 'slower'))
) STRICT, WITHOUT ROWID;

-- Keys that were asked for once, and not admitted. `place` and `mark` are bits of a hash of the key; a later key of the same place goes
-- in its stead, so there are at most 65,536 rows.
CREATE TABLE first_request (
  place INTEGER PRIMARY KEY CHECK (place BETWEEN 0 AND 65535),
  mark  INTEGER NOT NULL
) STRICT;

-- Here the program converts what stands in the tables of the format before.

DROP TABLE format2_source;
