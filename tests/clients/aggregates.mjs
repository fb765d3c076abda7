// @supabase/postgrest-js, unmodified: counts and sums, in a shop whose configuration turns them on.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PostgrestClient } from "@supabase/postgrest-js";
import { api, restock } from "./shop.mjs";

const client = new PostgrestClient(api);

before(restock);

function rows({ data, error }) {
  assert.equal(error, null);
  return data;
}

test("count of every row", async () => assert.deepEqual(rows(await client.from("products").select("count()")), [{ count: 8 }]));
test("sum, avg, min and max", async () =>
  assert.deepEqual(rows(await client.from("products").select("price.sum(),stars.avg(),least:price.min(),most:price.max()").eq("category_id", 3)),
    [{ sum: 27.04, avg: 3.3, least: 7.05, most: 19.99 }]));
test("grouped by the other columns", async () =>
  assert.deepEqual(rows(await client.from("products").select("category_id,count()").not("category_id", "is", null).order("category_id")),
    [{ category_id: 1, count: 2 }, { category_id: 2, count: 2 }, { category_id: 3, count: 2 }, { category_id: 4, count: 1 }]));
test("count of embedded rows", async () =>
  assert.deepEqual(rows(await client.from("categories").select("name,products(count)").in("id", [1, 4, 5]).order("id")),
    [{ name: "Audio", products: [{ count: 2 }] }, { name: "Kitchen", products: [{ count: 1 }] }, { name: "Toys", products: [{ count: 0 }] }]));
test("sum of embedded rows, many to many", async () =>
  assert.deepEqual(rows(await client.from("tags").select("name,products(price.sum())").order("id")),
    [{ name: "new", products: [{ sum: 59.9 }] }, { name: "sale", products: [{ sum: 148.9 }] }, { name: "gift", products: [{ sum: 101.5 }] }]));
