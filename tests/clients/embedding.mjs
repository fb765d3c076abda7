// @supabase/postgrest-js, unmodified: rows with the rows that refer to them or that they refer to.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { PostgrestClient } from "@supabase/postgrest-js";
import postgrest from "@raphiniert/ra-data-postgrest";
import { fetchUtils } from "ra-core";
import { api, ids, restock, sql } from "./shop.mjs";

const client = new PostgrestClient(api);
const select = (table, columns, options) => client.from(table).select(columns, options);

before(restock);

function rows({ data, error }) {
  assert.equal(error, null);
  return data;
}

describe("to one", () => {
  test("the row referred to, or null", async () =>
    assert.deepEqual(rows(await select("products", "id,categories(name)").in("id", [1, 8]).order("id")),
      [{ id: 1, categories: { name: "Audio" } }, { id: 8, categories: null }]));
  test("every column, and a name of one's own", async () =>
    assert.deepEqual(rows(await select("products", "id,category:categories(*)").eq("id", 3)), [{ id: 3, category: { id: 2, name: "Books" } }]));
  test("by the column that refers", async () =>
    assert.deepEqual(rows(await select("products", "id,category:category_id(name)").eq("id", 3)), [{ id: 3, category: { name: "Books" } }]));
  test("a hint after an exclamation mark", async () =>
    assert.deepEqual(rows(await select("products", "id,categories!category_id(name)").eq("id", 3)), [{ id: 3, categories: { name: "Books" } }]));
  test("inner leaves out rows without one", async () =>
    assert.deepEqual(ids(await select("products", "id,categories!inner(name)").gte("id", 6).order("id")), [6, 7]));
  test("a filter on it nulls it", async () =>
    assert.deepEqual(rows(await select("products", "id,categories(name)").in("id", [1, 3]).eq("categories.name", "Books").order("id")),
      [{ id: 1, categories: null }, { id: 3, categories: { name: "Books" } }]));
  test("a filter on it with inner chooses rows, and the count follows", async () => {
    const answer = await select("products", "id,categories!inner(name)", { count: "exact" }).eq("categories.name", "Books").order("id");
    assert.deepEqual([ids(answer), answer.count], [[3, 4], 2]);
  });
  test("ordered by a column of it", async () =>
    assert.deepEqual(ids(await select("products", "id,categories(name)").lte("id", 7).order("categories(name)", { ascending: false }).order("id")),
      [7, 5, 6, 3, 4, 1, 2]));
  test("spread among the columns", async () =>
    assert.deepEqual(rows(await select("products", "id,...categories(category:name)").in("id", [1, 8]).order("id")),
      [{ id: 1, category: "Audio" }, { id: 8, category: null }]));
  test("one row of the table that is asked for", async () =>
    assert.deepEqual(rows(await select("products", "asin,categories(name)").eq("id", 7).single()), { asin: "A007", categories: { name: "Kitchen" } }));
});

describe("to many", () => {
  test("the rows that refer to it, or an empty list", async () =>
    assert.deepEqual(rows(await select("categories", "name,products(id)").in("id", [1, 5]).order("id").order("id", { referencedTable: "products" })),
      [{ name: "Audio", products: [{ id: 1 }, { id: 2 }] }, { name: "Toys", products: [] }]));
  test("order and limit of them", async () =>
    assert.deepEqual(rows(await select("categories", "id,products(asin)").lte("id", 2).order("id")
      .order("price", { referencedTable: "products", ascending: false }).limit(1, { referencedTable: "products" })),
      [{ id: 1, products: [{ asin: "A001" }] }, { id: 2, products: [{ asin: "A004" }] }]));
  test("a part of them", async () =>
    assert.deepEqual(rows(await select("categories", "id,products(id)").eq("id", 1).order("id", { referencedTable: "products" })
      .range(1, 1, { referencedTable: "products" })), [{ id: 1, products: [{ id: 2 }] }]));
  test("filters and or on them", async () =>
    assert.deepEqual(rows(await select("categories", "id,products(id)").lte("id", 3).order("id").order("id", { referencedTable: "products" })
      .gte("products.price", 12).or("best.is.true,stars.is.null", { referencedTable: "products" })),
      [{ id: 1, products: [{ id: 1 }] }, { id: 2, products: [{ id: 3 }, { id: 4 }] }, { id: 3, products: [] }]));
  test("inner leaves out rows without any", async () =>
    assert.deepEqual(ids(await select("categories", "id,products!inner(id)").gt("products.price", 50).order("id")), [1, 4]));
  test("null filters: with some, with none", async () => {
    assert.deepEqual(ids(await select("categories", "id,products()").not("products", "is", null).order("id")), [1, 2, 3, 4]);
    assert.deepEqual(ids(await select("categories", "id,products()").is("products", null).order("id")), [5]);
  });
  test("two levels", async () =>
    assert.deepEqual(rows(await select("categories", "name,products(id,tags(name))").eq("id", 4).order("name", { referencedTable: "products.tags" })),
      [{ name: "Kitchen", products: [{ id: 7, tags: [{ name: "gift" }, { name: "sale" }] }] }]));
});

describe("many to many", () => {
  test("through the table of pairs", async () =>
    assert.deepEqual(rows(await select("products", "id,tags(name)").in("id", [1, 2]).order("id").order("name", { referencedTable: "tags" })),
      [{ id: 1, tags: [{ name: "new" }, { name: "sale" }] }, { id: 2, tags: [] }]));
  test("from the other side, with a filter and inner", async () =>
    assert.deepEqual(rows(await select("tags", "name,products!inner(id)").eq("products.id", 7).order("name")),
      [{ name: "gift", products: [{ id: 7 }] }, { name: "sale", products: [{ id: 7 }] }]));
  test("the pairs themselves", async () =>
    assert.deepEqual(rows(await select("products", "id,product_tags(note,tags(name))").eq("id", 1).order("tag_id", { referencedTable: "product_tags" })),
      [{ id: 1, product_tags: [{ note: null, tags: { name: "new" } }, { note: "until May", tags: { name: "sale" } }] }]));
});

describe("after a change", () => {
  test("insert answers with the row referred to", async () => {
    const made = await client.from("products").insert({ asin: "N080", title: "Atlas", category_id: 2 }).select("asin,categories(name)").single();
    assert.deepEqual([made.status, rows(made)], [201, { asin: "N080", categories: { name: "Books" } }]);
  });
  test("update and delete as well", async () => {
    const changed = await client.from("products").update({ category_id: 5 }).eq("asin", "N080").select("categories(name)");
    assert.deepEqual(rows(changed), [{ categories: { name: "Toys" } }]);
    assert.deepEqual(rows(await client.from("products").delete().eq("asin", "N080").select("asin,categories(name)")), [{ asin: "N080", categories: { name: "Toys" } }]);
  });
  test("a change of what is embedded shows in the next answer", async () => {
    const name = async () => rows(await select("products", "categories(name)").eq("id", 1).single()).categories.name;
    assert.equal(await name(), "Audio");
    sql("UPDATE categories SET name = 'Sound' WHERE id = 1");
    assert.equal(await name(), "Sound");
    await client.from("categories").update({ name: "Audio" }).eq("id", 1).throwOnError();
    assert.equal(await name(), "Audio");
  });
});

describe("refusals", () => {
  test("no relationship between the two", async () => {
    const { error, status } = await select("categories", "id,tags(name)");
    assert.deepEqual([status, error.code], [400, "PGRST200"]);
  });
  test("no such column there", async () => {
    const { error, status } = await select("products", "id,categories(nome)");
    assert.deepEqual([status, error.code], [400, "PGRST204"]);
  });
  test("a filter on what is not embedded", async () => {
    const { error, status } = await select("products", "id").eq("categories.name", "Books");
    assert.deepEqual([status, error.code], [400, "PGRST108"]);
  });
  test("aggregates are off unless turned on", async () => {
    const { error, status } = await select("products", "price.sum()");
    assert.deepEqual([status, error.code], [400, "PGRST123"]);
  });
});

describe("react-admin's provider", () => {
  before(restock);
  const provider = postgrest.default({ apiUrl: api, httpClient: fetchUtils.fetchJson, defaultListOp: "eq", primaryKeys: new Map(), schema: () => "public" });
  test("embed", async () => {
    const { data } = await provider.getOne("products", { id: 1, meta: { embed: ["categories"] } });
    assert.deepEqual(data.categories, { id: 1, name: "Audio" });
  });
  test("prefetch", async () => {
    const { data, meta } = await provider.getList("products", {
      pagination: { page: 1, perPage: 2 }, sort: { field: "id", order: "ASC" }, filter: {}, meta: { prefetch: ["categories"] } });
    assert.deepEqual([data.map((row) => row.id), meta.prefetched], [[1, 2], { categories: [{ id: 1, name: "Audio" }] }]);
  });
});
