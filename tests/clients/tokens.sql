CREATE TABLE letters(id INTEGER PRIMARY KEY, reader TEXT NOT NULL, text TEXT NOT NULL);
INSERT INTO letters VALUES (1, 'ann', 'to Ann'), (2, 'bob', 'to Bob');
