-- Films, whom they are by, who plays in them, what people say of them: every kind of relationship, JSON, words, views.
CREATE TABLE countries (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE directors (id INTEGER PRIMARY KEY, name TEXT, born DATE, country_id INTEGER REFERENCES countries);
CREATE TABLE films (
  id INTEGER PRIMARY KEY,
  title TEXT,
  price DECIMAL(7,2),
  stars REAL,
  is_new BOOLEAN,
  shown TIMESTAMP,
  extra JSON,
  director_id INTEGER,
  sequel_of INTEGER REFERENCES films(id),
  CONSTRAINT made_by FOREIGN KEY (director_id) REFERENCES directors(id)
);
CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE roles (film_id INTEGER REFERENCES films(id), actor_id INTEGER REFERENCES actors(id), part TEXT, PRIMARY KEY (film_id, actor_id)) WITHOUT ROWID;
CREATE TABLE reviews (id INTEGER PRIMARY KEY, film_id INTEGER REFERENCES films(id), stars INTEGER, words TEXT);
CREATE TABLE budgets (id INTEGER PRIMARY KEY, film_id INTEGER UNIQUE REFERENCES films(id), amount DECIMAL(9,2));
CREATE TABLE clubs (id INTEGER PRIMARY KEY, name TEXT, chair INTEGER REFERENCES directors(id), keeper INTEGER REFERENCES directors(id));
CREATE TABLE secrets (id INTEGER PRIMARY KEY, film_id INTEGER REFERENCES films(id), word TEXT);
CREATE TABLE "odd names" ("a b" INTEGER PRIMARY KEY, "c.d" TEXT, "größe" TEXT);
CREATE TABLE moments (id INTEGER PRIMARY KEY, at TIMESTAMPTZ, day DATE, raw BLOB, big INTEGER);
CREATE VIEW cheap AS SELECT id AS film, title, director_id FROM films WHERE price < 10;
CREATE VIRTUAL TABLE reviews_text USING fts5(words, content='reviews', content_rowid='id');
INSERT INTO countries VALUES (1, 'Spain'), (2, 'Italy');
INSERT INTO directors VALUES (1, 'Ana', '1970-01-02', 1), (2, 'Bea', NULL, 2), (3, 'Cid', NULL, NULL);
INSERT INTO films VALUES
  (1, 'One',       9.5,  4.5,  1,    '2024-01-05T10:00:00', '{"k":[1,2],"c":{"d":"deep","n":7}}', 1,    NULL),
  (2, 'Two',       12,   3.5,  0,    '2024-02-05T10:00:00', '{"k":[],"c":{"d":"flat","n":10}}',   1,    1),
  (3, 'Three',     7.25, NULL, NULL, NULL,                  NULL,                                 2,    2),
  (4, 'Four, "4"', NULL, 1,    1,    '2024-03-05T10:00:00', NULL,                                 NULL, NULL),
  (5, 'five_5%',   3,    5,    0,    NULL,                  '{"c":null}',                         3,    NULL);
INSERT INTO actors VALUES (1, 'Xia'), (2, 'Yan'), (3, 'Zoe');
INSERT INTO roles VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c'), (3, 3, 'd');
INSERT INTO reviews VALUES (1, 1, 5, 'The fat cat sat'), (2, 1, 3, 'a fat rat and a cat'), (3, 2, 1, NULL), (4, 3, 4, 'catalogue of rats');
INSERT INTO reviews_text(reviews_text) VALUES ('rebuild');
INSERT INTO budgets VALUES (1, 1, 100), (2, 3, 50.5);
INSERT INTO clubs VALUES (1, 'Noir', 1, 2), (2, 'Dogma', 2, 2);
INSERT INTO secrets VALUES (1, 1, 'hush');
INSERT INTO "odd names" VALUES (1, 'dotted', 'groß'), (2, 'plain, really', NULL);
INSERT INTO moments VALUES (1, '2024-01-01T12:00:00+02:00', '2024-01-01', x'00ff', 9007199254740993), (2, '2024-01-01T11:00:00Z', '2024-12-31', NULL, -1);
