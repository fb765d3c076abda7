CREATE VIEW cheap_products AS SELECT asin, price FROM products WHERE price < 20;
