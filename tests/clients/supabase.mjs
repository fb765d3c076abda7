// @supabase/supabase-js, unmodified: its data part, which adds apikey and Authorization to everything.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import { ids, origin, restock, sql, unchanged } from "./shop.mjs";

const supabase = createClient(origin, "a-key-that-nobody-checks", { auth: { persistSession: false, autoRefreshToken: false } });

beforeEach(restock);

test("select with filters, order, part and count", async () => {
  const answer = await supabase.from("products").select("id", { count: "exact" }).gt("price", 10).order("price", { ascending: false }).range(0, 2);
  assert.deepEqual([ids(answer), answer.count], [[7, 1, 4], 6]);
});

test("insert, update, upsert, delete", async () => {
  const { data: made, error } = await supabase.from("products").insert({ asin: "N050", title: "Kite", price: 8 }).select().single();
  assert.equal(error, null);
  const kite = () => sql("SELECT title, price FROM products WHERE id = ?", made.id);
  assert.deepEqual(kite(), [{ title: "Kite", price: 8 }]);
  assert.equal((await supabase.from("products").update({ price: 9 }).eq("id", made.id)).status, 204);
  assert.deepEqual(kite(), [{ title: "Kite", price: 9 }]);
  await supabase.from("products").upsert({ asin: "N050", title: "Big kite" }, { onConflict: "asin" }).throwOnError();
  assert.deepEqual(kite(), [{ title: "Big kite", price: 9 }]);
  assert.deepEqual((await supabase.from("products").delete().eq("id", made.id).select("title")).data, [{ title: "Big kite" }]);
  assert.deepEqual(kite(), []);
});

test("errors arrive whole", () =>
  unchanged(async () => {
    const { data, error, status } = await supabase.from("products").insert({ asin: "A001", title: "Twice" });
    assert.deepEqual([data, status, error.code, error.details], [null, 409, "23505", "Key (asin)=(A001) already exists."]);
  }));

test("the schema public by name, and no other", async () => {
  assert.deepEqual(ids(await supabase.schema("public").from("tags").select().order("id")), [1, 2, 3]);
  assert.equal((await supabase.schema("auth").from("users").select()).error.code, "PGRST106");
});

test("a function is not there", async () => assert.equal((await supabase.rpc("hello")).error.code, "PGRST202"));
