// @raphiniert/ra-data-postgrest, unmodified: every call that react-admin makes of a data provider.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import postgrest from "@raphiniert/ra-data-postgrest";
import { fetchUtils } from "ra-core";
import { api, restock, sql, unchanged } from "./shop.mjs";

const provider = postgrest.default({
  apiUrl: api,
  httpClient: fetchUtils.fetchJson,
  defaultListOp: "eq",
  primaryKeys: new Map([["product_tags", ["product_id", "tag_id"]]]),
  schema: () => "public",
});

const list = (resource, { page = 1, perPage = 25, field = "id", order = "ASC", filter = {}, meta } = {}) =>
  provider.getList(resource, { pagination: { page, perPage }, sort: { field, order }, filter, meta });
const found = async (filter) => (await list("products", { filter })).data.map((row) => row.id);

beforeEach(restock);

describe("getList", () => {
  test("a page and the total", async () => {
    const { data, total } = await list("products", { page: 2, perPage: 3, field: "price", order: "DESC" });
    assert.deepEqual([data.map((row) => row.id), total], [[4, 2, 5], 8]);
  });
  test("nothing there", async () => assert.deepEqual(await list("products", { filter: { id: 99 } }), { data: [], total: 0, meta: undefined }));
  test("a word of a search", async () => assert.deepEqual(await found({ "title@ilike": "GARDEN" }), [5, 6]));
  test("several columns", async () => assert.deepEqual(await found({ "price@gte": 20, best: false }), [2, 4]));
  // Two terms on one column leave this client as price[0]= and price[1]=, unless they stand in and or or.
  test("two terms on one column", async () => assert.deepEqual(await found({ "@and": { "price@gte": 20, "price@lt": 60 }, best: false }), [2, 4]));
  test("in", async () => assert.deepEqual(await found({ "id@in": "(1,2,99)" }), [1, 2]));
  test("is null", async () => assert.deepEqual(await found({ "category_id@is": "null" }), [8]));
  test("or", async () => assert.deepEqual(await found({ "@or": { "price@lt": 10, "stars@gte": 4.9 } }), [3, 6]));
  test("chosen columns", async () =>
    assert.deepEqual((await list("products", { filter: { id: 2 }, meta: { columns: ["id", "asin"] } })).data, [{ id: 2, asin: "A002" }]));
});

describe("reading by key", () => {
  test("getOne", async () => assert.equal((await provider.getOne("products", { id: 7 })).data.title, "Chef's knife"));
  test("getOne of nothing", () =>
    assert.rejects(provider.getOne("products", { id: 99 }), (error) => error.status === 406 && error.body.code === "PGRST116"));
  test("getMany", async () => assert.deepEqual((await provider.getMany("categories", { ids: [1, 4] })).data.map((row) => row.name), ["Audio", "Kitchen"]));
  test("getManyReference", async () => {
    const { data, total } = await provider.getManyReference("products", {
      target: "category_id", id: 2, pagination: { page: 1, perPage: 10 }, sort: { field: "title", order: "ASC" }, filter: {} });
    assert.deepEqual([data.map((row) => row.id), total], [[4, 3], 2]);
  });
});

describe("changing", () => {
  test("create", async () => {
    const { data } = await provider.create("products", { data: { asin: "N060", title: "Swing", price: 75 } });
    assert.deepEqual(sql("SELECT id, title FROM products WHERE asin = 'N060'"), [{ id: data.id, title: "Swing" }]);
  });
  test("create what is there already", () =>
    unchanged(() => assert.rejects(provider.create("products", { data: { asin: "A001", title: "Twice" } }),
      (error) => error.status === 409 && error.body.code === "23505" && error.message.includes("duplicate key"))));
  test("update sends what changed", async () => {
    const { data: previousData } = await provider.getOne("products", { id: 2 });
    const { data } = await provider.update("products", { id: 2, data: { ...previousData, price: 27.5 }, previousData });
    assert.deepEqual(data, { ...previousData, price: 27.5 });
    assert.deepEqual(sql("SELECT price, title FROM products WHERE id = 2"), [{ price: 27.5, title: "Bluetooth speaker" }]);
  });
  test("updateMany", async () => {
    const { data } = await provider.updateMany("products", { ids: [1, 2], data: { best: true } });
    assert.deepEqual(data.sort(), [1, 2]);
    assert.deepEqual(sql("SELECT id FROM products WHERE best ORDER BY id"), [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 7 }]);
  });
  test("delete", async () => {
    assert.equal((await provider.delete("products", { id: 8 })).data.title, "Mixer, steel");
    assert.deepEqual(sql("SELECT id FROM products WHERE id = 8"), []);
  });
  test("deleteMany", async () => {
    assert.deepEqual((await provider.deleteMany("products", { ids: [5, 6] })).data.sort(), [5, 6]);
    assert.deepEqual(sql("SELECT count(*) AS rows FROM products"), [{ rows: 6 }]);
  });
  test("delete what others refer to", () =>
    unchanged(() => assert.rejects(provider.delete("categories", { id: 1 }), (error) => error.status === 409 && error.body.code === "23503")));
});

describe("a key of two columns", () => {
  const note = () => sql("SELECT note FROM product_tags WHERE product_id = 1 AND tag_id = 2");
  test("getList makes an id of both and sorts by both", async () => {
    const { data, total } = await list("product_tags", { perPage: 2, order: "DESC" });
    assert.deepEqual([data.map((row) => row.id), total], [["[7,3]", "[7,2]"], 5]);
  });
  test("getOne", async () => assert.equal((await provider.getOne("product_tags", { id: "[1,2]" })).data.note, "until May"));
  test("getMany", async () =>
    assert.deepEqual((await provider.getMany("product_tags", { ids: ["[1,2]", "[7,3]"] })).data.map((row) => row.id), ["[1,2]", "[7,3]"]));
  test("update", async () => {
    const previousData = { id: "[1,2]", product_id: 1, tag_id: 2, note: "until May" };
    await provider.update("product_tags", { id: "[1,2]", data: { ...previousData, note: "until July" }, previousData });
    assert.deepEqual(note(), [{ note: "until July" }]);
  });
  test("create", async () => assert.equal((await provider.create("product_tags", { data: { product_id: 2, tag_id: 1 } })).data.id, "[2,1]"));
  test("delete", async () => {
    await provider.delete("product_tags", { id: "[1,2]" });
    assert.deepEqual(note(), []);
  });
  test("deleteMany", async () => {
    await provider.deleteMany("product_tags", { ids: ["[1,1]", "[7,3]"] });
    assert.deepEqual(sql("SELECT product_id, tag_id FROM product_tags ORDER BY 1, 2"),
      [{ product_id: 1, tag_id: 2 }, { product_id: 3, tag_id: 3 }, { product_id: 7, tag_id: 2 }]);
  });
});
