-- Bytes of documents, once for each content and instance; erased with the instance's content.
CREATE TABLE document (
  instance TEXT NOT NULL,
  hash     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  bytes    BLOB NOT NULL,
  PRIMARY KEY (instance, hash)
) STRICT;
