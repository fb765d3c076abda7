// The served shop as the clients see it, and as SQLite says it really is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export const origin = process.env.SHOP_URL;
export const api = `${origin}/rest/v1`;

const database = new DatabaseSync(process.env.SHOP_DATABASE, { timeout: 10_000 });
const stock = readFileSync(new URL("stock.sql", import.meta.url), "utf8");

/** What SQLite itself says: rows as objects. */
export const sql = (statement, ...values) => database.prepare(statement).all(...values).map((row) => ({ ...row }));

/** The rows that every case begins with, put back behind the server's back. */
export const restock = () => database.exec(`BEGIN IMMEDIATE; ${stock} COMMIT;`);

/** `count` more products, B100 and on, so that lists have pages. */
export function stockMore(count) {
  const insert = database.prepare("INSERT INTO products(id, asin, title, price, stars, category_id) VALUES (?, ?, ?, ?, 3.0, ?)");
  database.exec("BEGIN IMMEDIATE");
  for (let i = 100; i < 100 + count; ++i) insert.run(i, `B${i}`, `Wooden toy ${i}`, i + 0.5, (i % 2) + 4);
  database.exec("COMMIT");
}

/** The ids of a client's answer, which must be one. */
export function ids({ data, error }) {
  assert.equal(error, null);
  return data.map((row) => row.id);
}

/** Nothing of these tables was changed by what `act` does. */
export async function unchanged(act) {
  const look = () => ["categories", "products", "tags", "product_tags"].map((table) => sql(`SELECT * FROM ${table} ORDER BY 1, 2`));
  const before = look();
  await act();
  assert.deepEqual(look(), before);
}
