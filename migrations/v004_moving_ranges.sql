-- WorldCache store, format 4: the seal of a code instance is a sum, so that its range is closed without reading its source; what a
-- tick closed is noted by the answer that did it; a question's first range and an answer's first backedge stand in its row; and lines
-- of files are numbers. Immutable once released. Its parts set the tables of format 3 aside, make the new ones, and drop what was set
-- aside, once the program has converted its rows; see docs/decisions/0004-the-hot-path.md and 0011-small-rows.md.
PRAGMA legacy_alter_table = ON;
DROP INDEX question_by_name;
DROP INDEX answer_by_question;
DROP INDEX source_question_by_key;
ALTER TABLE lineage RENAME TO format3_lineage;
ALTER TABLE given RENAME TO format3_given;
ALTER TABLE stored_method RENAME TO format3_stored_method;
ALTER TABLE answer RENAME TO format3_answer;
ALTER TABLE source_question RENAME TO format3_source_question;
ALTER TABLE answer_range RENAME TO format3_answer_range;
ALTER TABLE backedge RENAME TO format3_backedge;
ALTER TABLE code_instance RENAME TO format3_code_instance;
ALTER TABLE invalidation RENAME TO format3_invalidation;
PRAGMA legacy_alter_table = OFF;
-- Characters up to number 767 are abbreviations too.
UPDATE packed_text SET content = char(127) || (SELECT content FROM text WHERE text.id = packed_text.id)
  WHERE id >= 16384 AND unicode(content) <> 127 AND content GLOB '*[' || char(160) || '-' || char(767) || ']*';

-- Here nothing of the format before stands in the way any more.

-- A named line of worlds. `oldest` is the first world that is kept (W8); `evictions` counts the open code instances that went without a
-- tick.
CREATE TABLE lineage (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  head INTEGER NOT NULL CHECK (head >= 1),
  state BLOB NOT NULL CHECK (length(state) = 16),
  oldest INTEGER NOT NULL CHECK (oldest >= 1 AND oldest <= head),
  evictions INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What questions were answered, each answer once, whoever gave it: `id` follows from `digest`. The texts are for people, `name` and
-- `arguments` at `location`, in a `line`.
CREATE TABLE given (
  id INTEGER PRIMARY KEY,
  name INTEGER NOT NULL REFERENCES packed_text,
  arguments INTEGER REFERENCES packed_text,
  location INTEGER REFERENCES packed_text,
  line INTEGER,
  digest BLOB NOT NULL CHECK (length(digest) = 16)
) STRICT;

-- A method under a generator. `hash` covers the method's signature and body and the generator's fingerprint; `id` follows from it as a
-- text's does from its checksum.
CREATE TABLE stored_method (
  id INTEGER PRIMARY KEY,
  generator INTEGER NOT NULL REFERENCES generator,
  place INTEGER NOT NULL REFERENCES place,
  function INTEGER NOT NULL REFERENCES packed_text,
  arguments INTEGER NOT NULL REFERENCES packed_text,
  location INTEGER NOT NULL REFERENCES packed_text,
  line INTEGER,
  hash BLOB NOT NULL CHECK (length(hash) = 16)
) STRICT;

-- One answer that a question has had, in any world of any lineage. The first one's row also says what was asked, and its id is the
-- question's; later ones name it as `first_answer`. `id` is a 1 and 27 bits, or 35 and so on if that was taken: of a question that a host
-- is asked the first 13 of its name's id and a checksum of the rest, so that questions are found without an index. `given` is what it was answered, `seal` a checksum of what stands before it (W12).
-- `traces` is a checksum of all backedges, of which the oldest is `trace`. The last three columns are the question's first range, if
-- that has the first answer; open while `last_world` is NULL.
CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  first_answer INTEGER REFERENCES answer,
  topic INTEGER REFERENCES topic,
  name INTEGER REFERENCES packed_text,
  arguments INTEGER REFERENCES packed_text,
  given INTEGER NOT NULL REFERENCES given,
  traces INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  trace INTEGER REFERENCES trace,
  lineage INTEGER REFERENCES lineage,
  min_world INTEGER,
  last_world INTEGER CHECK (last_world >= min_world),
  question INTEGER GENERATED ALWAYS AS (ifnull(first_answer, id)) VIRTUAL
) STRICT;
CREATE INDEX answer_by_question ON answer (first_answer) WHERE first_answer IS NOT NULL;

-- The key that a question about a source is about.
CREATE TABLE source_question (
  question INTEGER PRIMARY KEY REFERENCES answer,
  method INTEGER NOT NULL REFERENCES stored_method,
  instance INTEGER NOT NULL,
  instance_rest INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner
) STRICT;

-- When answers are recorded to hold, besides the ranges in their rows (W2: the ranges of one question in one lineage do not overlap).
CREATE TABLE further_range (
  lineage INTEGER NOT NULL REFERENCES lineage,
  question INTEGER NOT NULL REFERENCES answer,
  min_world INTEGER NOT NULL,
  last_world INTEGER CHECK (last_world >= min_world),
  answer INTEGER NOT NULL REFERENCES answer,
  PRIMARY KEY (lineage, question, min_world)
) STRICT, WITHOUT ROWID;

-- The traces that rest on an answer, besides the one in its row.
CREATE TABLE further_backedge (
  answer INTEGER NOT NULL REFERENCES answer,
  trace INTEGER NOT NULL REFERENCES trace,
  PRIMARY KEY (answer, trace)
) STRICT, WITHOUT ROWID;

-- All ranges, and all backedges.
CREATE VIEW answer_range (lineage, question, min_world, last_world, answer, max_world) AS
  SELECT *, ifnull(last_world, 9223372036854775807) FROM (
    SELECT lineage, id, min_world, last_world, id FROM answer WHERE lineage IS NOT NULL
    UNION ALL SELECT * FROM further_range);
CREATE VIEW backedge (answer, trace) AS
  SELECT id, trace FROM answer WHERE trace IS NOT NULL UNION ALL SELECT * FROM further_backedge;

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

-- Methods in words.
DROP VIEW method;
CREATE VIEW method (id, generator, hash, module, table_name, function, arguments, location) AS
  SELECT m.id, m.generator, m.hash, p.module, p.table_name, f.content, a.content, l.content || ifnull(':' || m.line, '')
  FROM stored_method m LEFT JOIN place p ON p.id = m.place LEFT JOIN text f ON f.id = m.function
  LEFT JOIN text a ON a.id = m.arguments LEFT JOIN text l ON l.id = m.location;

-- What was answered, in words.
DROP VIEW answered;
CREATE VIEW answered (answer, question, subject, digest) AS
  SELECT a.id, a.question, n.content || ifnull(p.content, '') || ifnull(' at ' || l.content, '') || ifnull(':' || g.line, ''), g.digest
  FROM answer a LEFT JOIN given g ON g.id = a.given LEFT JOIN text n ON n.id = g.name
  LEFT JOIN text p ON p.id = g.arguments LEFT JOIN text l ON l.id = g.location;

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
DROP TABLE format3_backedge;
DROP TABLE format3_answer_range;
DROP TABLE format3_source_question;
DROP TABLE format3_answer;
DROP TABLE format3_stored_method;
DROP TABLE format3_given;
DROP TABLE format3_lineage;
