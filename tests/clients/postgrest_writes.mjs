// @supabase/postgrest-js, unmodified: everything that changes rows. What it did is read back from the database itself.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { PostgrestClient, PostgrestError } from "@supabase/postgrest-js";
import { api, ids, restock, sql, unchanged } from "./shop.mjs";

const products = new PostgrestClient(api).from("products");
const categories = new PostgrestClient(api).from("categories");
const product = (id) => sql("SELECT id, asin, title, price, best, category_id FROM products WHERE id = ?", id)[0];
const LAMP = { id: 20, asin: "N020", title: "Lamp", price: 14.2, category_id: 4 };
const BOWL = { id: 21, asin: "N021", title: "Bowl \u2014 \u00e9mail\u00e9 \ud83e\udd63", price: 3, category_id: 4 };

beforeEach(restock);

/** A client's answer that is an error of the dialect, with these words in it. */
function refused({ data, error, status }, expectedStatus, code, words = {}) {
  assert.deepEqual([data, status, error?.code], [null, expectedStatus, code], JSON.stringify(error));
  assert.deepEqual(Object.keys(error).sort(), ["code", "details", "hint", "message"]);
  for (const [part, pattern] of Object.entries(words)) assert.match(error[part], pattern);
}

describe("insert", () => {
  test("one, nothing asked back", async () => {
    const { data, error, status, statusText } = await products.insert(LAMP);
    assert.deepEqual([data, error, status, statusText], [null, null, 201, "Created"]);
    assert.deepEqual(product(20), { ...LAMP, best: 0 });
  });
  test("one, asked back with some columns", async () => {
    const { data, status } = await products.insert({ asin: "N030", title: "Key made by the database" }).select("id,asin,best").single();
    assert.equal(status, 201);
    assert.deepEqual(data, { id: sql("SELECT max(id) AS id FROM products")[0].id, asin: "N030", best: false });
  });
  test("many, asked back, counted", async () => {
    const { data, count, status } = await products.insert([LAMP, BOWL], { count: "exact" }).select();
    assert.deepEqual([count, status, data.map((row) => row.title)], [2, 201, [LAMP.title, BOWL.title]]);
    assert.equal(product(21).title, BOWL.title);
  });
  test("many with different columns: what is missing becomes null", async () => {
    await products.insert([{ ...LAMP, best: true }, { id: 21, asin: "N021", title: "Bowl" }]).throwOnError();
    assert.deepEqual([product(20).best, product(21).best, product(21).price], [1, null, null]);
  });
  test("defaultToNull: false: what is missing takes its default", async () => {
    await products.insert([{ ...LAMP, best: true }, { id: 21, asin: "N021", title: "Bowl" }], { defaultToNull: false }).throwOnError();
    assert.deepEqual([product(20).best, product(21).best], [1, 0]);
  });
  test("every type", async () => {
    const row = { id: 22, asin: "N022", title: "Kettle", price: 1234.5, stars: 3.25, best: true, added: "2024-05-06T07:08:09",
                  extra: { volts: [110, 230], note: null }, category_id: null };
    assert.deepEqual((await products.insert(row).select().single()).data, row);
    assert.deepEqual(JSON.parse(sql("SELECT extra FROM products WHERE id = 22")[0].extra), row.extra);
  });
  test("a bigint, a Date and texts for numbers, as JavaScript sends them", async () => {
    const added = new Date(Date.UTC(2024, 4, 6, 7, 8, 9, 123));
    const { data } = await products.insert({ ...LAMP, id: 9007199254740993n, price: "14.20", added }).select("id,price,added").single();
    assert.deepEqual(sql("SELECT CAST(id AS TEXT) AS id, price FROM products WHERE asin = 'N020'"), [{ id: "9007199254740993", price: 14.2 }]);
    assert.equal(new Date(data.added).getTime(), added.getTime());
    assert.deepEqual((await products.select("asin").eq("added", added.toISOString())).data, [{ asin: "N020" }]);
  });
  test("a decimal is rounded to its declared places", async () =>
    assert.deepEqual((await products.insert({ ...LAMP, price: 3.14159 }).select("price").single()).data, { price: 3.14 }));
  test("an empty list", async () => {
    const { data, error } = await products.insert([]).select();
    assert.deepEqual([data, error], [[], null]);
  });
  test("500 rows at once", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ asin: `M${i}`, title: `Row ${i}`, price: i / 100 }));
    assert.equal((await products.insert(rows, { count: "exact" })).count, 500);
    assert.deepEqual(sql("SELECT count(*) AS rows, sum(price) AS sum FROM products WHERE asin LIKE 'M%'"), [{ rows: 500, sum: 1247.5 }]);
  });
  test("one wrong row of many: none is stored", () =>
    unchanged(async () => refused(await products.insert([LAMP, { ...BOWL, asin: "A001" }]), 409, "23505")));
});

describe("upsert", () => {
  test("by the primary key, over a row that is there", async () => {
    const { data, status } = await products.upsert({ id: 2, asin: "A002", title: "Loudspeaker" }).select("id,title");
    assert.deepEqual([status, data], [200, [{ id: 2, title: "Loudspeaker" }]]);
    assert.deepEqual([product(2).title, product(2).price], ["Loudspeaker", 25]);
  });
  test("by the primary key, a new row", async () => {
    assert.equal((await products.upsert(LAMP)).status, 201);
    assert.deepEqual(product(20), { ...LAMP, best: 0 });
  });
  test("onConflict, rows old and new", async () => {
    const rows = [{ asin: "A003", title: "Novel", price: 9 }, { asin: "N040", title: "Atlas", price: 40 }];
    const { data, status } = await products.upsert(rows, { onConflict: "asin" }).select("asin,title,price").order("asin");
    assert.deepEqual([status, data], [201, rows]);
    assert.deepEqual([product(3).title, product(3).price], ["Novel", 9]);
  });
  test("ignoreDuplicates", async () => {
    const rows = [{ asin: "A003", title: "Novel" }, { asin: "N040", title: "Atlas" }];
    const { data } = await products.upsert(rows, { onConflict: "asin", ignoreDuplicates: true }).select("asin");
    assert.deepEqual(data, [{ asin: "N040" }]);
    assert.equal(product(3).title, 'Novel, "The Lake" (second)');
  });
  test("defaultToNull: false", async () => {
    const rows = [{ asin: "N040", title: "Atlas", best: true }, { asin: "N041", title: "Map" }];
    const { data } = await products.upsert(rows, { onConflict: "asin", defaultToNull: false }).select("asin,best").order("asin");
    assert.deepEqual(data, [{ asin: "N040", best: true }, { asin: "N041", best: false }]);
  });
  test("of pairs", async () => {
    const pairs = new PostgrestClient(api).from("product_tags");
    const rows = [{ product_id: 1, tag_id: 2, note: "until June" }, { product_id: 2, tag_id: 2, note: null }];
    await pairs.upsert(rows).throwOnError();
    assert.deepEqual(sql("SELECT * FROM product_tags WHERE tag_id = 2 AND product_id < 3 ORDER BY product_id"), rows);
  });
});

describe("update", () => {
  test("nothing asked back", async () => {
    const { data, error, status } = await products.update({ price: 26, best: true }).eq("id", 2);
    assert.deepEqual([data, error, status], [null, null, 204]);
    assert.deepEqual([product(2).price, product(2).best], [26, 1]);
  });
  test("asked back and counted", async () => {
    const { data, count, status } = await products.update({ stars: 5 }, { count: "exact" }).eq("category_id", 1).select("id,stars").order("id");
    assert.deepEqual([status, count, data], [200, 2, [{ id: 1, stars: 5 }, { id: 2, stars: 5 }]]);
  });
  test("to null", async () => {
    await products.update({ category_id: null }).eq("id", 1).throwOnError();
    assert.equal(product(1).category_id, null);
  });
  test("to nothing", () => unchanged(async () => assert.equal((await products.update({}).eq("id", 1)).status, 204)));
  test("of nothing", async () => {
    assert.equal((await products.update({ price: 1 }).eq("id", 99)).status, 204);
    const { data, status } = await products.update({ price: 1 }).eq("id", 99).select();
    assert.deepEqual([data, status], [[], 200]);
  });
  test("single, where nothing or several rows are found, changes nothing", () =>
    unchanged(async () => {
      refused(await products.update({ price: 1 }).eq("id", 99).select().single(), 406, "PGRST116", { details: /0 rows/ });
      refused(await products.update({ price: 1 }).eq("category_id", 1).select().single(), 406, "PGRST116", { details: /2 rows/ });
    }));
  test("by every kind of filter", async () => {
    await products.update({ stars: 1 }).or("price.lt.10,title.ilike.*mixer*").throwOnError();
    assert.deepEqual(sql("SELECT id FROM products WHERE stars = 1 ORDER BY id"), [{ id: 6 }, { id: 8 }]);
  });
  test("without a filter is refused", () => unchanged(async () => refused(await products.update({ price: 1 }), 400, "21000", { message: /WHERE/ })));
});

describe("delete", () => {
  test("nothing asked back", async () => {
    const { data, error, status } = await products.delete().eq("id", 8);
    assert.deepEqual([data, error, status, product(8)], [null, null, 204, undefined]);
  });
  test("asked back and counted", async () => {
    const { data, count, status } = await products.delete({ count: "exact" }).in("id", [5, 6]).select("id,asin").order("id");
    assert.deepEqual([status, count, data], [200, 2, [{ id: 5, asin: "A005" }, { id: 6, asin: "A006" }]]);
    assert.deepEqual(sql("SELECT id FROM products WHERE category_id = 3"), []);
  });
  test("of nothing", async () => assert.deepEqual((await products.delete().eq("id", 99).select()).data, []));
  test("without a filter is refused", () => unchanged(async () => refused(await products.delete(), 400, "21000", { message: /WHERE/ })));
});

describe("safety", () => {
  test("maxAffected keeps a change from touching more rows", () =>
    unchanged(async () => {
      refused(await products.update({ price: 1 }).eq("category_id", 1).maxAffected(1), 400, "PGRST124", { details: /2 rows/ });
      refused(await products.delete().gte("id", 4).maxAffected(3), 400, "PGRST124", { details: /5 rows/ });
    }));
  test("maxAffected lets a smaller change pass", async () => {
    assert.equal((await products.update({ price: 1 }).eq("category_id", 1).maxAffected(2)).status, 204);
    assert.equal(product(2).price, 1);
  });
  test("rollback answers as if it were done", () =>
    unchanged(async () => {
      assert.deepEqual(ids(await products.insert(LAMP).select("id").rollback()), [20]);
      assert.deepEqual((await products.update({ price: 1 }).eq("id", 1).select("price").rollback()).data, [{ price: 1 }]);
      assert.deepEqual(ids(await products.delete().eq("id", 8).select("id").rollback()), [8]);
    }));
});

describe("errors", () => {
  const cases = [
    ["a key that is there", () => products.insert({ ...LAMP, id: 1 }), 409, "23505",
      { message: /duplicate key value violates unique constraint "products_pkey"/, details: /Key \(id\)=\(1\) already exists\./ }],
    ["a unique value that is there", () => products.insert({ ...LAMP, asin: "A001" }), 409, "23505",
      { message: /duplicate key value violates unique constraint "products_asin_key"/, details: /Key \(asin\)=\(A001\) already exists\./ }],
    ["a reference to nothing", () => products.insert({ ...LAMP, category_id: 99 }), 409, "23503",
      { message: /violates foreign key constraint "products_category_id_fkey"/, details: /Key \(category_id\)=\(99\) is not present in table "categories"\./ }],
    ["an update to a reference to nothing", () => products.update({ category_id: 99 }).eq("id", 1), 409, "23503", { message: /foreign key/ }],
    ["a deleted row that others refer to", () => categories.delete().eq("id", 1), 409, "23503",
      { message: /violates (a )?foreign key constraint/, details: /still referenced/ }],
    ["a null where a value is needed", () => products.insert({ asin: "N020" }), 400, "23502",
      { message: /null value in column "title" of relation "products" violates not-null constraint/ }],
    ["a value that breaks a check", () => products.update({ price: -1 }).eq("id", 1), 400, "23514", { message: /relation "products" violates check constraint/ }],
    ["no such column", () => products.insert({ ...LAMP, colour: "red" }), 400, "PGRST204", { message: /colour/ }],
    ["no such column, in one of many", () => products.insert([LAMP, { ...BOWL, colour: "red" }]), 400, "PGRST204", { message: /colour/ }],
    ["no such column in select", () => products.insert(LAMP).select("colour"), 400, "PGRST204", { message: /colour/ }],
    ["a text for a number", () => products.insert({ ...LAMP, price: "cheap" }), 400, "22P02", { message: /invalid input syntax for type numeric: "cheap"/ }],
    ["a number that is too large", () => products.insert({ ...LAMP, price: 123456.78 }), 400, "22003", { message: /numeric field overflow/ }],
    ["onConflict without such a key", () => products.upsert(LAMP, { onConflict: "title" }), 400, "42P10", { message: /ON CONFLICT/ }],
    ["an empty body", () => products.insert({}), 400, "23502", {}],
  ];
  for (const [name, act, status, code, words] of cases) {
    test(name, () => unchanged(async () => refused(await act(), status, code, words)));
  }
  test("throwOnError", () =>
    unchanged(() => assert.rejects(async () => products.insert({ ...LAMP, asin: "A001" }).throwOnError(),
      (error) => error instanceof PostgrestError && error.code === "23505" && /A001/.test(error.details))));
});

test("a change through the API shows in the next answer", async () => {
  const cheap = async () => ids(await products.select("id").lt("price", 10).order("id"));
  assert.deepEqual(await cheap(), [6]);
  await products.update({ price: 5 }).eq("id", 1).throwOnError();
  assert.deepEqual(await cheap(), [1, 6]);
  await products.delete().eq("id", 6).throwOnError();
  assert.deepEqual(await cheap(), [1]);
  await products.insert({ ...LAMP, price: 1 }).throwOnError();
  assert.deepEqual(await cheap(), [1, 20]);
});
