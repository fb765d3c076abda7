-- A stock whose tables break in every way that a table can, and one table for each set of permissions.
CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT DEFAULT 'new',
  price DECIMAL(7,2) CHECK (price >= 0),
  stars REAL,
  sold BOOLEAN NOT NULL DEFAULT 0,
  added TIMESTAMP,
  extra JSON,
  category_id INTEGER REFERENCES categories(id)
);
CREATE TABLE pairs (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE log (message TEXT);
CREATE TRIGGER no_jokes BEFORE INSERT ON log WHEN new.message = 'joke' BEGIN SELECT raise(ABORT, 'no jokes'); END;
CREATE VIEW cheap AS SELECT * FROM items WHERE price < 10;
CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, boss INTEGER REFERENCES staff(id));
CREATE TABLE inbox (id INTEGER PRIMARY KEY, message TEXT);
CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER);
CREATE TABLE bin (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE drop_box (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE secrets (id INTEGER PRIMARY KEY, word TEXT, item_id INTEGER REFERENCES items(id));
INSERT INTO categories VALUES (1, 'one'), (2, 'two');
INSERT INTO items (id, code, price, category_id) VALUES (1, 'a', 1.5, 1), (2, 'b', 20, 1), (3, 'c', NULL, 2);
INSERT INTO staff VALUES (1, 'Ana', NULL), (2, 'Bea', 1), (3, 'Cid', 2);
INSERT INTO counters VALUES (1, 10), (2, 20);
INSERT INTO bin VALUES (1, 'old'), (2, 'older');
INSERT INTO drop_box VALUES (1, 'x');
INSERT INTO secrets VALUES (1, 'hush', NULL);
