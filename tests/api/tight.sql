-- A few rows behind narrow limits.
CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, parent INTEGER REFERENCES rows(id));
INSERT INTO rows VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 1), (4, 'd', 2), (5, 'e', 2);
CREATE TABLE wide (id INTEGER PRIMARY KEY, words TEXT);
INSERT INTO wide VALUES (1, replace(hex(zeroblob(1000)), '00', 'word'));
