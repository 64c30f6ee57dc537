-- Applied once, never edited: a change of the schema is a file with the next number.
-- Texts are written as class Texts says, and are compared byte by byte.

-- Which of these files were applied: one row.
CREATE TABLE interlock_schema (
  version integer NOT NULL
);

INSERT INTO interlock_schema VALUES (0);

-- The row that lists are made of; times in milliseconds since 1970.
CREATE TABLE instance (
  instance       text COLLATE "C" PRIMARY KEY,
  machine        text COLLATE "C" NOT NULL,
  machine_name   text COLLATE "C" NOT NULL,
  caller         text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  status         text COLLATE "C" NOT NULL,
  escalated_from text COLLATE "C",
  reason         text COLLATE "C",
  started        bigint NOT NULL,
  since          bigint NOT NULL,
  due            bigint,
  live           boolean NOT NULL,
  seq            bigint NOT NULL,
  roles          text[] COLLATE "C" NOT NULL
);

CREATE INDEX instance_started ON instance (started, instance);
CREATE INDEX instance_due ON instance (due, instance) WHERE due IS NOT NULL;
CREATE INDEX instance_live ON instance (instance) WHERE live;

-- The machine an instance was created with, and the key of its content.
CREATE TABLE instance_key (
  instance text COLLATE "C" PRIMARY KEY,
  machine  text COLLATE "C" NOT NULL,
  key      text COLLATE "C" NOT NULL
);

-- The content is erased with the instance, while the entry stays.
CREATE TABLE entry (
  instance text COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  skeleton text COLLATE "C" NOT NULL,
  content  text COLLATE "C",
  prev     text COLLATE "C" NOT NULL,
  hash     text COLLATE "C" NOT NULL,
  PRIMARY KEY (instance, seq)
);

CREATE TABLE result (
  instance text COLLATE "C" NOT NULL,
  ref      text COLLATE "C" NOT NULL,
  text     text COLLATE "C" NOT NULL,
  PRIMARY KEY (instance, ref)
);

CREATE TABLE snapshot (
  instance text COLLATE "C" PRIMARY KEY,
  seq      bigint NOT NULL,
  json     text COLLATE "C" NOT NULL
);

-- What is known of a write's first byte; the first mark of a call stays.
CREATE TABLE mark (
  instance text COLLATE "C" NOT NULL,
  key      text COLLATE "C" NOT NULL,
  mark     text COLLATE "C" NOT NULL,
  at       bigint NOT NULL,
  PRIMARY KEY (instance, key)
);

-- Ids of what was sent and taken.
CREATE TABLE sent_id (
  instance text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  PRIMARY KEY (instance, id)
);

CREATE TABLE machine (
  pin  text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  text text COLLATE "C" NOT NULL,
  lock text COLLATE "C" NOT NULL
);

-- Bytes of documents, once for each content and instance; erased with the instance's content.
CREATE TABLE document (
  instance text COLLATE "C" NOT NULL,
  hash     text COLLATE "C" NOT NULL,
  size     bigint NOT NULL,
  bytes    bytea NOT NULL,
  PRIMARY KEY (instance, hash)
);

-- How many instances were ever started: the sum of these rows. One that was taken out whole leaves no other trace.
-- Each start puts in a row that names nobody: a count in one row would let starts wait for each other.
CREATE TABLE total (
  instances bigint NOT NULL
);

CREATE FUNCTION count_instance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO total VALUES (1);
  RETURN NULL;
END $$;

CREATE TRIGGER count_instance AFTER INSERT ON entry
  FOR EACH ROW WHEN (NEW.seq = 1) EXECUTE FUNCTION count_instance();
