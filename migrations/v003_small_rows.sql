-- WorldCache store, format 3: ids that follow from digests in place of indices, all texts once, a seal for each source. Immutable once
-- released. Its parts set the tables of format 2 aside, make the new ones, and drop what was set aside, once the program has converted
-- its rows; see docs/decisions/0011-small-rows.md.
PRAGMA legacy_alter_table = ON;
DROP INDEX question_by_name;
DROP INDEX answer_by_question;
DROP INDEX source_question_by_key;
ALTER TABLE text RENAME TO format2_text;
ALTER TABLE answer RENAME TO format2_answer;
ALTER TABLE source_question RENAME TO format2_source_question;
ALTER TABLE method RENAME TO format2_method;
ALTER TABLE source RENAME TO format2_source;
ALTER TABLE trace RENAME TO format2_trace;
ALTER TABLE code_instance RENAME TO format2_code_instance;
ALTER TABLE quarantine RENAME TO format2_quarantine;
PRAGMA legacy_alter_table = OFF;

-- Here nothing of the format before stands in the way any more.
DROP VIEW question;
DROP VIEW generation;
DROP VIEW edge;

-- Names, argument types and places, each once. `id` is a 1 and the first 14 bits of the text's checksum, or 22, 30 and so on if that was
-- taken, so it needs no index and shows damage. Control characters in a text stand for the content of the row that has the character's
-- number as id, unless the first is a DELETE: then the rest is as it is. The view `text` shows them in words.
CREATE TABLE packed_text (
  id INTEGER PRIMARY KEY,
  content TEXT NOT NULL
) STRICT;

-- What questions were answered, each answer once, whoever gave it: `id` follows from `digest`. The texts are for people, `name` and
-- `arguments` at `location`.
CREATE TABLE given (
  id INTEGER PRIMARY KEY,
  name INTEGER NOT NULL REFERENCES packed_text,
  arguments INTEGER REFERENCES packed_text,
  location INTEGER REFERENCES packed_text,
  digest BLOB NOT NULL CHECK (length(digest) = 16)
) STRICT;

-- One answer that a question has had, in any world of any lineage. The first one's row also says what was asked, and its id is the
-- question's; later ones name it as `first_answer`. `given` is what it was answered, `traces` a checksum of the backedges, `seal` one of the rest (W12).
CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  first_answer INTEGER REFERENCES answer,
  topic INTEGER REFERENCES topic,
  name INTEGER REFERENCES packed_text,
  arguments INTEGER REFERENCES packed_text,
  given INTEGER NOT NULL REFERENCES given,
  traces INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  question INTEGER GENERATED ALWAYS AS (ifnull(first_answer, id)) VIRTUAL
) STRICT;
CREATE INDEX question_by_name ON answer (name, arguments) WHERE name IS NOT NULL;
CREATE INDEX answer_by_question ON answer (first_answer) WHERE first_answer IS NOT NULL;

-- The key that a question about a source is about.
CREATE TABLE source_question (
  question INTEGER PRIMARY KEY REFERENCES answer,
  method INTEGER NOT NULL REFERENCES stored_method,
  instance INTEGER NOT NULL,
  instance_rest INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner
) STRICT;
CREATE INDEX source_question_by_key ON source_question (method, instance, owner);

-- Where methods are defined: a module, and the method table that holds them.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  module TEXT NOT NULL,
  table_name TEXT NOT NULL
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
  hash BLOB NOT NULL CHECK (length(hash) = 16)
) STRICT;

-- The content of sources, each once; `id` follows from the digest. `bytes` is NULL after pruning, while traces built from the source still
-- need its digest. `dictionary` is NULL if the bytes are as they were generated. `seal` is a checksum of the other columns, with the name
-- of the codec and the digest of the dictionary in place of their ids: what a hit checks (W9).
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  codec INTEGER NOT NULL REFERENCES codec,
  dictionary INTEGER REFERENCES dictionary,
  raw_size INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 16),
  bytes BLOB
) STRICT;

-- A generation that happened: key, source (NULL: the generator declined), cost, and who did it.
-- `bounded` is 1 when the generator declared an end of validity, so the trace must not revive (W3). `edges` holds the ids of the
-- answers that it rests on, in the order in which they were asked; seven bits to a byte, high ones first, bit 8 set in all but a
-- number's last byte. `seal` is a checksum of the row (W12).
CREATE TABLE trace (
  id INTEGER PRIMARY KEY,
  method INTEGER NOT NULL REFERENCES stored_method,
  instance INTEGER NOT NULL,
  instance_rest INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner,
  source INTEGER REFERENCES source,
  bounded INTEGER NOT NULL CHECK (bounded IN (0, 1)),
  name INTEGER REFERENCES packed_text,
  arguments INTEGER REFERENCES packed_text,
  process INTEGER NOT NULL REFERENCES process,
  generated_after INTEGER NOT NULL,
  generation_ns INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  edges BLOB NOT NULL
) STRICT;

-- A trace together with a world range in which all of its answers hold: what a hit reads, in one seek, then its source.
-- `instance` is half of the key's: `seal` covers all of it, and detects damage of the row (W12). Rows of one key and lineage do not
-- overlap (W4).
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

-- Keys whose generator gave two different sources for the same answers: never stored again until pruned.
CREATE TABLE quarantine (
  method INTEGER NOT NULL REFERENCES stored_method,
  instance INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES owner,
  found_at INTEGER NOT NULL,
  stored BLOB NOT NULL,
  found BLOB NOT NULL,
  PRIMARY KEY (method, instance, owner)
) STRICT, WITHOUT ROWID;

-- Texts in words.
CREATE VIEW text (id, content) AS
  SELECT id, CASE WHEN content NOT GLOB '*[^ -~]*' THEN content WHEN unicode(content) = 127 THEN substr(content, 2) ELSE (
    WITH RECURSIVE plain (characters) AS (VALUES
      (' !"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~')),
    step (done, rest, tail) AS (
      SELECT '', t.content, ltrim(t.content, characters) FROM plain
      UNION ALL
      SELECT done || substr(rest, 1, length(rest) - length(tail))
        || ifnull((SELECT content FROM packed_text WHERE id = unicode(tail) AND id < 160), substr(tail, 1, 1)),
        substr(tail, 2), ltrim(substr(tail, 2), characters)
      FROM step, plain WHERE tail <> '')
    SELECT done || rest FROM step WHERE tail = '') END
  FROM packed_text t WHERE id >= 16384;

-- Methods in words.
CREATE VIEW method (id, generator, hash, module, table_name, function, arguments, location) AS
  SELECT m.id, m.generator, m.hash, p.module, p.table_name, f.content, a.content, l.content
  FROM stored_method m LEFT JOIN place p ON p.id = m.place LEFT JOIN text f ON f.id = m.function
  LEFT JOIN text a ON a.id = m.arguments LEFT JOIN text l ON l.id = m.location;

-- What was answered, in words.
CREATE VIEW answered (answer, question, subject, digest) AS
  SELECT a.id, a.question, n.content || ifnull(p.content, '') || ifnull(' at ' || l.content, ''), g.digest
  FROM answer a LEFT JOIN given g ON g.id = a.given LEFT JOIN text n ON n.id = g.name
  LEFT JOIN text p ON p.id = g.arguments LEFT JOIN text l ON l.id = g.location;

-- What was asked, in words. Of a question about a source, the key stands in the last columns.
CREATE VIEW question (
  id, kind, scope, name, arguments, subject, name_text, arguments_text, digest, seal, method, instance, instance_rest, owner
) AS
  SELECT a.id, t.kind, t.scope, n.content, p.content,
    CASE t.kind WHEN 'binding' THEN t.scope || '.' || n.content WHEN 'source' THEN n.content || ifnull(p.content, '')
      ELSE n.content || ' in ' || t.scope END,
    a.name, a.arguments, g.digest, a.seal, m.hash, s.instance, s.instance_rest, o.digest
  FROM answer a LEFT JOIN given g ON g.id = a.given LEFT JOIN topic t ON t.id = a.topic LEFT JOIN text n ON n.id = a.name LEFT JOIN text p ON p.id = a.arguments
  LEFT JOIN source_question s ON s.question = a.id LEFT JOIN stored_method m ON m.id = s.method
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

DROP TABLE format2_quarantine;
DROP TABLE format2_code_instance;
DROP TABLE format2_trace;
DROP TABLE format2_source;
DROP TABLE format2_method;
DROP TABLE format2_source_question;
DROP TABLE format2_answer;
DROP TABLE format2_text;
