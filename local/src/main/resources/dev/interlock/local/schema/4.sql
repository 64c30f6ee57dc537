-- Rows of a kilobyte and more belong in tables with a rowid: they are appended, side by side, where
-- a table sorted by instance puts each into another half-empty page.
DROP TRIGGER count_instance;

ALTER TABLE entry RENAME TO entry_by_instance;

CREATE TABLE entry (
  instance TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  skeleton TEXT NOT NULL,
  prev     TEXT NOT NULL,
  hash     TEXT NOT NULL,
  PRIMARY KEY (instance, seq)
) STRICT;

INSERT INTO entry SELECT * FROM entry_by_instance;

DROP TABLE entry_by_instance;

CREATE TRIGGER count_instance AFTER INSERT ON entry WHEN NEW.seq = 1
BEGIN UPDATE total SET instances = instances + 1; END;

ALTER TABLE content RENAME TO content_by_instance;

CREATE TABLE content (
  instance TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  content  TEXT NOT NULL,
  PRIMARY KEY (instance, seq)
) STRICT;

INSERT INTO content SELECT * FROM content_by_instance;

DROP TABLE content_by_instance;

-- All that lists choose by: they look at this alone, and then at the rows that they show.
DROP INDEX instance_started;

CREATE INDEX instance_listed ON instance (
  started, instance, machine_name, state, status, escalated_from, caller, roles
);
