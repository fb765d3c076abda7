#!/usr/bin/env python3
"""Commits from outside of the server, so many a second, until it is stopped: writer.py DATABASE RATE hot|cold.

hot: each commit alters the first product of category 71 by asin; cold: some product of another category.
Prints how many it made, and the seconds that it took.
"""
import random
import signal
import sqlite3
import sys
import time

database, rate, which = sys.argv[1], float(sys.argv[2]), sys.argv[3]
connection = sqlite3.connect(database, timeout=10, isolation_level=None)
connection.execute("PRAGMA synchronous=NORMAL")
comparison = "=" if which == "hot" else "<>"
products = [row[0] for row in connection.execute(f"SELECT asin FROM products WHERE category_id {comparison} 71 ORDER BY asin LIMIT {1 if which == 'hot' else 5000}")]
running = True


def stop(*_):
    global running
    running = False


signal.signal(signal.SIGTERM, stop)
begin = time.monotonic()
count = 0
while running:
    connection.execute("UPDATE products SET price = ? WHERE asin = ?", (1 + count % 9000 / 100, random.choice(products)))
    count += 1
    ahead = begin + count / rate - time.monotonic()
    if ahead > 0:
        time.sleep(ahead)
print(count, time.monotonic() - begin)
