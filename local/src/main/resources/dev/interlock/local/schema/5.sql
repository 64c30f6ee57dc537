-- The chain over the whole store: the first link, then one for each commit of entries, or a record of what was done to the store. 32 bytes for each entry, and for each hash.
CREATE TABLE link (
  position INTEGER PRIMARY KEY,
  leaves   BLOB NOT NULL,
  record   TEXT NOT NULL,
  hash     BLOB NOT NULL
) STRICT;

-- It misses all that the count missed. What that had missed before stays told.
INSERT INTO link SELECT 0, x'', json_object(
  'record', 'begin',
  'store', lower(hex(randomblob(16))),
  'started', (SELECT instances FROM total),
  'journals', (SELECT count(DISTINCT instance) FROM entry)), x'';

DROP TRIGGER count_instance;
DROP TABLE total;
