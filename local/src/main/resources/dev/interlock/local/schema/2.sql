-- How many instances were ever started here: one that was taken out whole leaves no other trace.
CREATE TABLE total (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  instances INTEGER NOT NULL
) STRICT;

INSERT INTO total SELECT 1, count(*) FROM entry WHERE seq = 1;

CREATE TRIGGER count_instance AFTER INSERT ON entry WHEN NEW.seq = 1
BEGIN UPDATE total SET instances = instances + 1; END;
