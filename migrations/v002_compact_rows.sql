-- WorldCache store, format 2: fewer B-trees, narrower rows, each text once. Immutable once released.
-- Its parts set the tables of format 1 aside, make the new ones, and drop what was set aside, once the program has converted its rows;
-- see docs/decisions/0008-compact-rows.md.
PRAGMA legacy_alter_table = ON;
ALTER TABLE question RENAME TO format1_question;
ALTER TABLE source_question RENAME TO format1_source_question;
ALTER TABLE answer RENAME TO format1_answer;
ALTER TABLE answer_range RENAME TO format1_answer_range;
ALTER TABLE generator RENAME TO format1_generator;
ALTER TABLE method RENAME TO format1_method;
ALTER TABLE owner RENAME TO format1_owner;
ALTER TABLE codec RENAME TO format1_codec;
ALTER TABLE source RENAME TO format1_source;
ALTER TABLE trace RENAME TO format1_trace;
ALTER TABLE edge RENAME TO format1_edge;
ALTER TABLE code_instance RENAME TO format1_code_instance;
ALTER TABLE quarantine RENAME TO format1_quarantine;
PRAGMA legacy_alter_table = OFF;

-- Here nothing of the format before stands in the way any more.

-- Names and argument types, each once. `id` is the first 31 bits of the text's checksum, or one of the next free numbers, so it needs
-- no index and shows damage.
CREATE TABLE text (
  id      INTEGER PRIMARY KEY,
  content TEXT NOT NULL
) STRICT;

-- What questions are about: a kind, and the method table or module.
CREATE TABLE topic (
  id    INTEGER PRIMARY KEY,
  kind  TEXT NOT NULL,
  scope TEXT NOT NULL
) STRICT;

-- One answer that a question has had, in any world of any lineage. The first one's row also says what was asked, and its id is the
-- question's; later ones name it as `first_answer`. `traces` is a checksum of the backedges, `seal` one of the rest (W12).
CREATE TABLE answer (
  id           INTEGER PRIMARY KEY,
  first_answer INTEGER REFERENCES answer,
  topic        INTEGER REFERENCES topic,
  name         INTEGER REFERENCES text,
  arguments    INTEGER REFERENCES text,
  subject      INTEGER NOT NULL REFERENCES text,
  traces       INTEGER NOT NULL,
  seal         INTEGER NOT NULL,
  digest       BLOB    NOT NULL CHECK (length(digest) = 16),
  question     INTEGER GENERATED ALWAYS AS (ifnull(first_answer, id)) VIRTUAL
) STRICT;
CREATE INDEX question_by_name ON answer (name, arguments) WHERE name IS NOT NULL;
CREATE INDEX answer_by_question ON answer (first_answer) WHERE first_answer IS NOT NULL;

-- The key that a question about a source is about.
CREATE TABLE source_question (
  question      INTEGER PRIMARY KEY REFERENCES answer,
  method        INTEGER NOT NULL REFERENCES method,
  instance      INTEGER NOT NULL,
  instance_rest INTEGER NOT NULL,
  owner         INTEGER NOT NULL REFERENCES owner
) STRICT;
CREATE INDEX source_question_by_key ON source_question (method, instance, owner);

-- When an answer is recorded to hold (W2: the ranges of one question in one lineage do not overlap).
-- `last_world` is NULL while the range is open, which takes no byte.
CREATE TABLE answer_range (
  lineage    INTEGER NOT NULL REFERENCES lineage,
  question   INTEGER NOT NULL REFERENCES answer,
  min_world  INTEGER NOT NULL,
  last_world INTEGER CHECK (last_world >= min_world),
  answer     INTEGER NOT NULL REFERENCES answer,
  max_world  INTEGER GENERATED ALWAYS AS (ifnull(last_world, 9223372036854775807)) VIRTUAL,
  PRIMARY KEY (lineage, question, min_world)
) STRICT, WITHOUT ROWID;

-- A generator; `fingerprint` is its declared version, or the build id of the program that contains it.
CREATE TABLE generator (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  fingerprint TEXT NOT NULL
) STRICT;

-- A method under a generator. `hash` covers the method's signature and body and the generator's fingerprint.
CREATE TABLE method (
  id         INTEGER PRIMARY KEY,
  generator  INTEGER NOT NULL REFERENCES generator,
  hash       BLOB    NOT NULL CHECK (length(hash) = 16),
  module     TEXT    NOT NULL,
  table_name TEXT    NOT NULL,
  function   TEXT    NOT NULL,
  arguments  TEXT    NOT NULL,
  location   TEXT    NOT NULL
) STRICT;
CREATE INDEX method_by_hash ON method (substr(hash, 1, 4));

-- On whose behalf source was generated (W6).
CREATE TABLE owner (
  id     INTEGER PRIMARY KEY,
  digest BLOB    NOT NULL CHECK (length(digest) = 16),
  name   TEXT    NOT NULL
) STRICT;

-- A source's binary form, `name/version`.
CREATE TABLE codec (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

-- What sources of a codec are compressed with.
CREATE TABLE dictionary (
  id         INTEGER PRIMARY KEY,
  codec      INTEGER NOT NULL REFERENCES codec,
  trained_at INTEGER NOT NULL,
  digest     BLOB    NOT NULL CHECK (length(digest) = 16),
  bytes      BLOB    NOT NULL
) STRICT;

-- The content of sources, each once. `bytes` is NULL after pruning, while traces built from the source still need its digest.
-- `dictionary` is NULL if the bytes are as they were generated.
CREATE TABLE source (
  id         INTEGER PRIMARY KEY,
  codec      INTEGER NOT NULL REFERENCES codec,
  dictionary INTEGER REFERENCES dictionary,
  raw_size   INTEGER NOT NULL,
  digest     BLOB    NOT NULL CHECK (length(digest) = 16),
  bytes      BLOB
) STRICT;
CREATE INDEX source_by_digest ON source (substr(digest, 1, 5));

-- A generation that happened: key, source (NULL: the generator declined), cost, and who did it.
-- `bounded` is 1 when the generator declared an end of validity, so the trace must not revive (W3). `edges` holds the ids of the
-- answers that it rests on, in the order in which they were asked; seven bits to a byte, high ones first, bit 8 set in all but a
-- number's last byte. `seal` is a checksum of the row (W12).
CREATE TABLE trace (
  id              INTEGER PRIMARY KEY,
  method          INTEGER NOT NULL REFERENCES method,
  instance        INTEGER NOT NULL,
  instance_rest   INTEGER NOT NULL,
  owner           INTEGER NOT NULL REFERENCES owner,
  source          INTEGER REFERENCES source,
  bounded         INTEGER NOT NULL CHECK (bounded IN (0, 1)),
  name            INTEGER REFERENCES text,
  arguments       INTEGER REFERENCES text,
  process         INTEGER NOT NULL REFERENCES process,
  generated_after INTEGER NOT NULL,
  generation_ns   INTEGER NOT NULL,
  seal            INTEGER NOT NULL,
  edges           BLOB    NOT NULL
) STRICT;

-- The traces that rest on an answer.
CREATE TABLE backedge (
  answer INTEGER NOT NULL REFERENCES answer,
  trace  INTEGER NOT NULL REFERENCES trace,
  PRIMARY KEY (answer, trace)
) STRICT, WITHOUT ROWID;

-- A trace together with a world range in which all of its answers hold: what a hit reads, in one seek, then its source.
-- `instance` is half of the key's: `seal` covers all of it, and detects damage of the row (W12). Rows of one key and lineage do not
-- overlap (W4).
CREATE TABLE code_instance (
  method     INTEGER NOT NULL REFERENCES method,
  instance   INTEGER NOT NULL,
  owner      INTEGER NOT NULL REFERENCES owner,
  lineage    INTEGER NOT NULL REFERENCES lineage,
  min_world  INTEGER NOT NULL,
  last_world INTEGER CHECK (last_world >= min_world),
  trace      INTEGER NOT NULL REFERENCES trace,
  source     INTEGER REFERENCES source,
  revived    INTEGER NOT NULL CHECK (revived IN (0, 1)),
  seal       INTEGER NOT NULL,
  max_world  INTEGER GENERATED ALWAYS AS (ifnull(last_world, 9223372036854775807)) VIRTUAL,
  PRIMARY KEY (method, instance, owner, lineage, min_world)
) STRICT, WITHOUT ROWID;

-- Keys whose generator gave two different sources for the same answers: never stored again until pruned.
CREATE TABLE quarantine (
  method   INTEGER NOT NULL REFERENCES method,
  instance INTEGER NOT NULL,
  owner    INTEGER NOT NULL REFERENCES owner,
  found_at INTEGER NOT NULL,
  stored   BLOB    NOT NULL,
  found    BLOB    NOT NULL,
  PRIMARY KEY (method, instance, owner)
) STRICT, WITHOUT ROWID;

-- What was asked, in words. Of a question about a source, the key stands in the last columns.
CREATE VIEW question (
  id, kind, scope, name, arguments, subject, name_text, arguments_text, digest, seal, method, instance, instance_rest, owner
) AS
  SELECT a.id, t.kind, t.scope, n.content, p.content,
    CASE t.kind WHEN 'binding' THEN t.scope || '.' || n.content WHEN 'source' THEN n.content || ifnull(p.content, '')
      ELSE n.content || ' in ' || t.scope END,
    a.name, a.arguments, a.digest, a.seal, m.hash, s.instance, s.instance_rest, o.digest
  FROM answer a LEFT JOIN topic t ON t.id = a.topic LEFT JOIN text n ON n.id = a.name LEFT JOIN text p ON p.id = a.arguments
  LEFT JOIN source_question s ON s.question = a.id LEFT JOIN method m ON m.id = s.method
  LEFT JOIN owner o ON o.id = s.owner
  WHERE a.first_answer IS NULL;

-- Traces in words, and the whole of a digest or time of which their columns have a part.
CREATE VIEW generation (trace, specialization, instance, generated_at) AS
  SELECT t.id, ifnull(n.content, m.function) || ifnull(a.content, ''),
    printf('%016x%016x', t.instance, t.instance_rest), p.started_at + t.generated_after
  FROM trace t JOIN method m ON m.id = t.method JOIN process p ON p.id = t.process
  LEFT JOIN text n ON n.id = t.name LEFT JOIN text a ON a.id = t.arguments;

-- The edges of traces.
CREATE VIEW edge (trace, position, answer) AS
  WITH RECURSIVE step (trace, position, answer, isWhole, byte, digits) AS (
    SELECT id, -1, 0, 1, 0, hex(edges) FROM trace
    UNION ALL
    SELECT trace, position + isWhole,
      CASE isWhole WHEN 1 THEN 0 ELSE answer << 7 END
        | ((instr('0123456789ABCDEF', substr(digits, byte + 1, 1)) - 1) % 8 * 16
          + instr('0123456789ABCDEF', substr(digits, byte + 2, 1)) - 1),
      instr('0123456789ABCDEF', substr(digits, byte + 1, 1)) <= 8, byte + 2, digits
    FROM step WHERE byte < length(digits)
  )
  SELECT trace, position, answer FROM step WHERE isWhole AND byte > 0;

-- Here the program converts what stands in the tables of the format before.

DROP TABLE format1_code_instance;
DROP TABLE format1_edge;
DROP TABLE format1_trace;
DROP TABLE format1_source;
DROP TABLE format1_source_question;
DROP TABLE format1_answer_range;
DROP TABLE format1_answer;
DROP TABLE format1_question;
DROP TABLE format1_method;
DROP TABLE format1_generator;
DROP TABLE format1_owner;
DROP TABLE format1_codec;
DROP TABLE format1_quarantine;
