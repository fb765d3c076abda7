-- Names and shapes that a description has to take: punctuation, words of the dialect, a view, no key, a table that points to
-- itself, two keys to one table, an index of words.
CREATE TABLE "odd {name} 100%"(
  "order" INTEGER PRIMARY KEY,
  "select" TEXT,
  "a.b" TEXT,
  "say ""hi""" TEXT,
  ключ TEXT
);
CREATE TABLE clubs(
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES clubs(id),
  chair INTEGER REFERENCES people(id),
  treasurer INTEGER REFERENCES people(id)
);
CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE visits(at TIMESTAMP, person INTEGER REFERENCES people(id), photo BLOB);
CREATE VIEW cheap_products AS SELECT asin, price, price * 2 AS twice FROM products WHERE price < 20;
CREATE VIRTUAL TABLE notes USING fts5(title, body);
