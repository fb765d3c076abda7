-- The rows that every case begins with.
DELETE FROM product_tags;
DELETE FROM tags;
DELETE FROM products;
DELETE FROM categories;
INSERT INTO categories(id, name) VALUES (1, 'Audio'), (2, 'Books'), (3, 'Garden'), (4, 'Kitchen'), (5, 'Toys');
INSERT INTO products(id, asin, title, price, stars, best, added, extra, category_id) VALUES
  (1, 'A001', 'Wireless headphones',        59.90, 4.5,  1, '2024-01-05T10:00:00', '{"color":"black","ports":{"usb":1}}', 1),
  (2, 'A002', 'Bluetooth speaker',          25.00, 3.8,  0, '2024-02-01T08:30:00', '{"color":"red"}',                     1),
  (3, 'A003', 'Novel, "The Lake" (second)', 12.50, 4.9,  1, '2024-02-14T00:00:00', NULL,                                  2),
  (4, 'A004', 'Cookbook',                   30.00, NULL, 0, NULL,                  NULL,                                  2),
  (5, 'A005', 'Garden hose, 20% longer',    19.99, 4.1,  0, '2024-03-01T12:00:00', NULL,                                  3),
  (6, 'A006', 'Garden_gnome',                7.05, 2.5,  0, '2024-03-02T12:00:00', NULL,                                  3),
  (7, 'A007', 'Chef''s knife',              89.00, 4.7,  1, '2024-04-20T18:15:00', '{"color":"steel"}',                   4),
  (8, 'A008', 'Mixer, steel',               NULL,  NULL, 0, NULL,                  NULL,                                  NULL);
INSERT INTO tags(id, name) VALUES (1, 'new'), (2, 'sale'), (3, 'gift');
INSERT INTO product_tags(product_id, tag_id, note) VALUES (1, 1, NULL), (1, 2, 'until May'), (3, 3, NULL), (7, 2, NULL), (7, 3, NULL);
