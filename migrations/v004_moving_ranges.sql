-- WorldCache store, format 4: the seal of a code instance is a sum, so that its range is closed without reading its source, and what a
-- tick closed is noted by the answer that did it. Immutable once released. Its parts set the tables of format 3 aside, make the new ones,
-- and drop what was set aside, once the program has converted its rows; see docs/decisions/0004-the-hot-path.md.
PRAGMA legacy_alter_table = ON;
ALTER TABLE code_instance RENAME TO format3_code_instance;
ALTER TABLE invalidation RENAME TO format3_invalidation;
PRAGMA legacy_alter_table = OFF;
-- Characters up to number 767 are abbreviations too.
UPDATE packed_text SET content = char(127) || (SELECT content FROM text WHERE text.id = packed_text.id)
  WHERE id >= 16384 AND unicode(content) <> 127 AND content GLOB '*[' || char(160) || '-' || char(767) || ']*';

-- Here nothing of the format before stands in the way any more.

-- A trace together with a world range in which all of its answers hold: what a hit reads, in one seek, then its source.
-- `instance` is half of the key's: `seal` covers all of it, and detects damage of the row (W12); it is the sum of a checksum of the range
-- and one of the rest. Rows of one key and lineage do not overlap (W4).
CREATE TABLE code_instance (
  method INTEGER NOT NULL REFERENCES stored_method,
  instance INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner,
  lineage INTEGER NOT NULL REFERENCES lineage,
  min_world INTEGER NOT NULL,
  last_world INTEGER CHECK (last_world >= min_world),
  trace INTEGER NOT NULL REFERENCES trace,
  source INTEGER REFERENCES source,
  revived INTEGER NOT NULL CHECK (revived IN (0, 1)),
  seal INTEGER NOT NULL,
  max_world INTEGER GENERATED ALWAYS AS (ifnull(last_world, 9223372036854775807)) VIRTUAL,
  PRIMARY KEY (method, instance, owner, lineage, min_world)
) STRICT, WITHOUT ROWID;

-- What a tick closed because one answer no longer held, at what distance from the change: at most 64 traces to a row. `position` counts
-- traces from 0 within the tick; `traces` has their ids as a trace has its edges.
CREATE TABLE closing (
  lineage INTEGER NOT NULL REFERENCES lineage,
  world INTEGER NOT NULL,
  position INTEGER NOT NULL,
  answer INTEGER NOT NULL REFERENCES answer,
  depth INTEGER NOT NULL CHECK (depth >= 1),
  traces BLOB NOT NULL,
  PRIMARY KEY (lineage, world, position)
) STRICT, WITHOUT ROWID;

-- The same, each trace for itself.
CREATE VIEW invalidation (lineage, world, position, trace, answer, depth) AS
  WITH RECURSIVE step (lineage, world, position, trace, answer, depth, isWhole, byte, digits) AS (
    SELECT lineage, world, position - 1, 0, answer, depth, 1, 0, hex(traces) FROM closing
    UNION ALL
    SELECT lineage, world, position + isWhole,
      CASE isWhole WHEN 1 THEN 0 ELSE trace << 7 END
        | ((instr('0123456789ABCDEF', substr(digits, byte + 1, 1)) - 1) % 8 * 16
          + instr('0123456789ABCDEF', substr(digits, byte + 2, 1)) - 1),
      answer, depth, instr('0123456789ABCDEF', substr(digits, byte + 1, 1)) <= 8, byte + 2, digits
    FROM step WHERE byte < length(digits)
  )
  SELECT lineage, world, position, trace, answer, depth FROM step WHERE isWhole AND byte > 0;

-- Texts in words. What an abbreviation stands for may have abbreviations itself, so it is put in front of what is left to read.
DROP VIEW text;
CREATE VIEW text (id, content) AS
  SELECT id, CASE WHEN content NOT GLOB '*[^ -~]*' THEN content WHEN unicode(content) = 127 THEN substr(content, 2) ELSE (
    WITH RECURSIVE plain (characters) AS (VALUES
      (' !"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~')),
    step (done, rest, tail) AS (
      SELECT '', t.content, ltrim(t.content, characters) FROM plain
      UNION ALL
      SELECT done || substr(rest, 1, length(rest) - length(tail)) || iif(m.id, '', substr(tail, 1, 1)),
        ifnull(m.content, '') || substr(tail, 2), ltrim(ifnull(m.content, '') || substr(tail, 2), characters)
      FROM step, plain LEFT JOIN packed_text m ON m.id = unicode(tail) AND m.id < 768 WHERE tail <> '')
    SELECT done || rest FROM step WHERE tail = '') END
  FROM packed_text t WHERE id >= 16384;

-- Here the program converts what stands in the tables of the format before.

DROP TABLE format3_invalidation;
DROP TABLE format3_code_instance;
