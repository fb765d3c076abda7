-- A small shop with what clients meet: a generated key, a second unique key, every declared type, references, a table of pairs.
CREATE TABLE categories(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE products(
  id INTEGER PRIMARY KEY,
  asin TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  price DECIMAL(7,2) CHECK(price >= 0),
  stars REAL,
  best BOOLEAN DEFAULT 0,
  added TIMESTAMP,
  extra JSON,
  category_id INTEGER REFERENCES categories(id)
);
CREATE INDEX products_category_id ON products(category_id);
CREATE TABLE tags(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE product_tags(
  product_id INTEGER NOT NULL REFERENCES products(id),
  tag_id INTEGER NOT NULL REFERENCES tags(id),
  note TEXT,
  PRIMARY KEY(product_id, tag_id)
);
