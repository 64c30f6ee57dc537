-- Applied once, never edited: a change of the schema is a file with the next number.

-- The row that lists are made of; times in milliseconds since 1970.
CREATE TABLE instance (
  instance       TEXT PRIMARY KEY,
  machine        TEXT NOT NULL,
  machine_name   TEXT NOT NULL,
  caller         TEXT NOT NULL,
  state          TEXT NOT NULL,
  status         TEXT NOT NULL,
  escalated_from TEXT,
  reason         TEXT,
  started        INTEGER NOT NULL,
  since          INTEGER NOT NULL,
  due            INTEGER,
  live           INTEGER NOT NULL,
  seq            INTEGER NOT NULL,
  roles          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX instance_started ON instance (started, instance);
CREATE INDEX instance_due ON instance (due, instance) WHERE due IS NOT NULL;
CREATE INDEX instance_live ON instance (instance) WHERE live = 1;

-- The machine an instance was created with, and the key of its content.
CREATE TABLE instance_key (
  instance TEXT PRIMARY KEY,
  machine  TEXT NOT NULL,
  key      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  instance TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  skeleton TEXT NOT NULL,
  prev     TEXT NOT NULL,
  hash     TEXT NOT NULL,
  PRIMARY KEY (instance, seq)
) STRICT, WITHOUT ROWID;

-- Free text and values of fields of an entry: erased with the instance, while the entry stays.
CREATE TABLE content (
  instance TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  content  TEXT NOT NULL,
  PRIMARY KEY (instance, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
  instance TEXT NOT NULL,
  ref      TEXT NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (instance, ref)
) STRICT;

CREATE TABLE snapshot (
  instance TEXT PRIMARY KEY,
  seq      INTEGER NOT NULL,
  json     TEXT NOT NULL
) STRICT;

-- What is known of a write's first byte; the first mark of a call stays.
CREATE TABLE mark (
  instance TEXT NOT NULL,
  key      TEXT NOT NULL,
  mark     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (instance, key)
) STRICT, WITHOUT ROWID;

-- Ids of what was sent and taken.
CREATE TABLE sent_id (
  instance TEXT NOT NULL,
  id       TEXT NOT NULL,
  PRIMARY KEY (instance, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE machine (
  pin  TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  lock TEXT NOT NULL
) STRICT;
