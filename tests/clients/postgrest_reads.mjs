// @supabase/postgrest-js, unmodified: everything that reads one table.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { PostgrestClient, PostgrestError } from "@supabase/postgrest-js";
import { api, ids, restock, sql } from "./shop.mjs";

const client = new PostgrestClient(api);
const products = (columns = "id", options = {}) => client.from("products").select(columns, options).order("id");

before(restock);

/** Each filter must select these products, in the order of their ids. */
const FILTERS = [
  ["eq, a number", (q) => q.eq("id", 3), [3]],
  ["eq, a text with a comma and a percent sign", (q) => q.eq("title", "Garden hose, 20% longer"), [5]],
  ["eq, a text with quotes and brackets", (q) => q.eq("title", 'Novel, "The Lake" (second)'), [3]],
  ["eq, a text with an apostrophe", (q) => q.eq("title", "Chef's knife"), [7]],
  ["eq, a boolean", (q) => q.eq("best", true), [1, 3, 7]],
  ["eq, a decimal", (q) => q.eq("price", 59.9), [1]],
  ["eq, a timestamp", (q) => q.eq("added", "2024-01-05T10:00:00"), [1]],
  ["neq, which leaves null out", (q) => q.neq("category_id", 1), [3, 4, 5, 6, 7]],
  ["gt", (q) => q.gt("price", 30), [1, 7]],
  ["gte", (q) => q.gte("price", 30), [1, 4, 7]],
  ["lt", (q) => q.lt("price", 12.5), [6]],
  ["lte", (q) => q.lte("price", 12.5), [3, 6]],
  ["gt and lt of one column", (q) => q.gt("price", 12.5).lt("price", 30), [2, 5]],
  ["gte, a timestamp", (q) => q.gte("added", "2024-03-01"), [5, 6, 7]],
  ["like", (q) => q.like("title", "Garden%"), [5, 6]],
  ["like, which heeds case", (q) => q.like("title", "garden%"), []],
  ["like, an underscore taken as it is", (q) => q.like("title", "Garden\\_%"), [6]],
  ["like, a percent sign taken as it is", (q) => q.like("title", "%20\\%%"), [5]],
  ["like, one character", (q) => q.like("title", "Garden_gnom_"), [6]],
  ["likeAllOf", (q) => q.likeAllOf("title", ["Garden%", "%hose%"]), [5]],
  ["likeAnyOf", (q) => q.likeAnyOf("title", ["Chef%", "Cook%"]), [4, 7]],
  ["ilike", (q) => q.ilike("title", "%bLUEtooth%"), [2]],
  ["ilikeAllOf", (q) => q.ilikeAllOf("title", ["gARDEN%", "%GNOME"]), [6]],
  ["ilikeAnyOf", (q) => q.ilikeAnyOf("title", ["CHEF%", "COOK%"]), [4, 7]],
  ["regexMatch", (q) => q.regexMatch("title", "^Garden[ _]g"), [6]],
  ["regexMatch, which heeds case", (q) => q.regexMatch("title", "^garden"), []],
  ["regexIMatch", (q) => q.regexIMatch("title", "^garden"), [5, 6]],
  ["is null", (q) => q.is("price", null), [8]],
  ["is true", (q) => q.is("best", true), [1, 3, 7]],
  ["is false", (q) => q.is("best", false), [2, 4, 5, 6, 8]],
  ["isDistinct, null counting as a value", (q) => q.isDistinct("category_id", 1), [3, 4, 5, 6, 7, 8]],
  ["in, numbers", (q) => q.in("id", [1, 3, 99]), [1, 3]],
  ["in, texts with reserved characters", (q) => q.in("title", ["Mixer, steel", "Cookbook"]), [4, 8]],
  ["in, nothing", (q) => q.in("id", []), []],
  ["notIn", (q) => q.notIn("id", [1, 2, 3]), [4, 5, 6, 7, 8]],
  ["or", (q) => q.or("price.lt.10,stars.gte.4.9"), [3, 6]],
  ["or with and inside", (q) => q.or("id.eq.8,and(price.gt.20,category_id.eq.1)"), [1, 2, 8]],
  ["or with not inside", (q) => q.or("price.is.null,title.not.like.*a*"), [4, 7, 8]],
  ["or with a quoted value", (q) => q.or('title.eq."Mixer, steel",id.in.(1,2)'), [1, 2, 8]],
  ["two ors, both of which must hold", (q) => q.or("id.eq.1,id.eq.2").or("best.is.true,id.eq.9"), [1]],
  ["not in", (q) => q.not("id", "in", "(1,2,3)"), [4, 5, 6, 7, 8]],
  ["not is null", (q) => q.not("category_id", "is", null), [1, 2, 3, 4, 5, 6, 7]],
  ["not like", (q) => q.not("title", "like", "%e%"), [4]],
  ["not eq, null selecting nothing", (q) => q.not("stars", "eq", 4.5), [2, 3, 5, 6, 7]],
  ["filter", (q) => q.filter("price", "gte", 59.9), [1, 7]],
  ["filter with in", (q) => q.filter("id", "in", "(6,7)"), [6, 7]],
  ["eq, inside of JSON", (q) => q.eq("extra->>color", "red"), [2]],
  ["not is null, deep inside of JSON", (q) => q.not("extra->ports->>usb", "is", null), [1]],
  ["match", (q) => q.match({ category_id: 1, best: true }), [1]],
];

describe("filters", () => {
  for (const [name, filter, expected] of FILTERS) {
    test(name, async () => assert.deepEqual(ids(await filter(products())), expected));
  }
});

/** What PostgreSQL alone can evaluate is refused by name, never ignored. */
const BEYOND_SQLITE = [
  ["contains", (q) => q.contains("extra", { color: "red" })],
  ["containedBy", (q) => q.containedBy("extra", { color: "red" })],
  ["overlaps", (q) => q.overlaps("title", ["a"])],
  ["rangeGt", (q) => q.rangeGt("price", "[1,2)")],
  ["rangeGte", (q) => q.rangeGte("price", "[1,2)")],
  ["rangeLt", (q) => q.rangeLt("price", "[1,2)")],
  ["rangeLte", (q) => q.rangeLte("price", "[1,2)")],
  ["rangeAdjacent", (q) => q.rangeAdjacent("price", "[1,2)")],
  ["textSearch", (q) => q.textSearch("title", "garden")],
];

describe("filters that SQLite cannot evaluate", () => {
  for (const [name, filter] of BEYOND_SQLITE) {
    test(name, async () => {
      const { error, status } = await filter(products());
      assert.deepEqual([status, error.code], [400, "PGRST127"]);
    });
  }
});

describe("columns", () => {
  test("every value as its declared type", async () => {
    const { data } = await client.from("products").select().eq("id", 1).single();
    assert.deepEqual(data, { id: 1, asin: "A001", title: "Wireless headphones", price: 59.9, stars: 4.5, best: true,
                             added: "2024-01-05T10:00:00", extra: { color: "black", ports: { usb: 1 } }, category_id: 1 });
  });
  test("renamed and cast, with blanks between", async () => {
    const { data } = await client.from("products").select("id, name:title , price::text").eq("id", 1);
    assert.deepEqual(data, [{ id: 1, name: "Wireless headphones", price: "59.90" }]);
  });
  test("parts of JSON", async () => {
    const { data } = await products("id,extra->>color,usb:extra->ports->usb").lte("id", 2);
    assert.deepEqual(data, [{ id: 1, color: "black", usb: 1 }, { id: 2, color: "red", usb: null }]);
  });
  test("stripNulls of a list and of one row", async () => {
    const list = await products("id,price,stars").gte("id", 7).stripNulls();
    assert.deepEqual(list.data, [{ id: 7, price: 89, stars: 4.7 }, { id: 8 }]);
    const one = await products("id,price").eq("id", 8).single().stripNulls();
    assert.deepEqual(one.data, { id: 8 });
  });
  test("csv", async () => {
    const { data, error } = await products("id,title,price").gte("id", 7).csv();
    assert.equal(error, null);
    assert.equal(data.trimEnd().replaceAll("\r\n", "\n"), "id,title,price\n7,Chef's knife,89.00\n8,\"Mixer, steel\",");
  });
});

describe("order and part", () => {
  const ordered = (column, options) => client.from("products").select("id").order(column, options).order("id");
  test("ascending, nulls last", async () => assert.deepEqual(ids(await ordered("stars")), [6, 2, 5, 1, 7, 3, 4, 8]));
  test("descending, nulls first", async () => assert.deepEqual(ids(await ordered("stars", { ascending: false })), [4, 8, 3, 7, 1, 5, 2, 6]));
  test("nullsFirst", async () => assert.deepEqual(ids(await ordered("stars", { nullsFirst: true })), [4, 8, 6, 2, 5, 1, 7, 3]));
  test("nullsFirst: false", async () =>
    assert.deepEqual(ids(await ordered("stars", { ascending: false, nullsFirst: false })), [3, 7, 1, 5, 2, 6, 4, 8]));
  test("two columns", async () =>
    assert.deepEqual(ids(await client.from("products").select("id").order("best", { ascending: false }).order("price").limit(4)), [3, 1, 7, 6]));
  test("limit", async () => assert.deepEqual(ids(await products().limit(3)), [1, 2, 3]));
  test("range", async () => assert.deepEqual(ids(await products().range(2, 4)), [3, 4, 5]));
  test("range past the end, without a count", async () => assert.deepEqual(ids(await products().range(6, 20)), [7, 8]));
  test("limit 0", async () => assert.deepEqual(ids(await products().limit(0)), []));
});

describe("counts", () => {
  test("exact, rows and total", async () => {
    const { data, count, status } = await products("id", { count: "exact" }).range(0, 2);
    assert.deepEqual([data.length, count, status], [3, 8, 206]);
  });
  test("exact, everything fits", async () => {
    const { count, status } = await products("id", { count: "exact" });
    assert.deepEqual([count, status], [8, 200]);
  });
  test("exact, filtered, the head alone", async () => {
    const { data, count, status, error } = await client.from("products").select("*", { count: "exact", head: true }).eq("best", true);
    assert.deepEqual([data, count, status, error], [null, 3, 200, null]);
  });
  test("exact, nothing found", async () => {
    const { data, count } = await products("id", { count: "exact" }).eq("id", 99);
    assert.deepEqual([data, count], [[], 0]);
  });
  for (const kind of ["planned", "estimated"]) {
    test(kind, async () => {
      const { count, error } = await client.from("products").select("*", { count: kind, head: true });
      assert.equal(error, null);
      assert.ok(Number.isInteger(count) && count >= 0, `${count}`);
    });
  }
  test("a range past the end", async () => {
    const { error, status } = await products("id", { count: "exact" }).range(100, 110);
    assert.deepEqual([status, error.code], [416, "PGRST103"]);
  });
});

describe("one row", () => {
  test("single", async () => assert.deepEqual((await products("id,asin").eq("id", 2).single()).data, { id: 2, asin: "A002" }));
  test("single, none there", async () => {
    const { data, error, status, statusText } = await products().eq("id", 99).single();
    assert.deepEqual([data, status, statusText, error.code], [null, 406, "Not Acceptable", "PGRST116"]);
    assert.match(error.details, /0 rows/);
    assert.ok(error.message.length > 0);
  });
  test("single, several there", async () => {
    const { error, status } = await products().eq("category_id", 1).single();
    assert.deepEqual([status, error.code], [406, "PGRST116"]);
    assert.match(error.details, /2 rows/);
  });
  test("maybeSingle", async () => {
    assert.deepEqual((await products().eq("id", 2).maybeSingle()).data, { id: 2 });
    const none = await products().eq("id", 99).maybeSingle();
    assert.deepEqual([none.data, none.error, none.status], [null, null, 200]);
    const several = await products().eq("category_id", 1).maybeSingle();
    assert.deepEqual([several.error.code, several.status], ["PGRST116", 406]);
  });
});

describe("errors", () => {
  const parts = ["code", "details", "hint", "message"];
  test("a value that does not fit its column", async () => {
    const { data, error, status } = await products().eq("id", "abc");
    assert.deepEqual([data, status, error.code], [null, 400, "22P02"]);
    assert.deepEqual(Object.keys(error).sort(), parts);
    assert.match(error.message, /invalid input syntax for type \w+: "abc"/);
  });
  test("no such column", async () => {
    const { error, status } = await products("prise");
    assert.deepEqual([status, error.code, Object.keys(error).sort()], [400, "PGRST204", parts]);
    assert.match(error.hint, /price/);
  });
  test("no such table", async () => {
    const { error, status } = await client.from("product").select();
    assert.deepEqual([status, error.code, Object.keys(error).sort()], [404, "PGRST205", parts]);
  });
  test("a filter that cannot be parsed", async () => {
    const { error, status } = await products().filter("id", "equals", 1);
    assert.deepEqual([status, error.code], [400, "PGRST100"]);
  });
  test("no such function", async () => {
    const { error, status } = await client.rpc("hello", { name: "you" });
    assert.deepEqual([status, error.code], [404, "PGRST202"]);
  });
  test("no such function, called with GET", async () => {
    const { error, status } = await client.rpc("hello", { name: "you" }, { get: true });
    assert.deepEqual([status, error.code], [404, "PGRST202"]);
  });
  test("schemas: public is served, others are not", async () => {
    assert.deepEqual(ids(await client.schema("public").from("products").select("id").eq("id", 1)), [1]);
    const { error, status } = await client.schema("private").from("products").select();
    assert.deepEqual([status, error.code], [406, "PGRST106"]);
  });
  for (const kind of ["explain", "geojson"]) {
    test(`${kind} is not served`, async () => {
      const { error, status } = await products()[kind]();
      assert.deepEqual([status, error.code], [406, "PGRST107"]);
    });
  }
  test("throwOnError", async () => {
    await assert.rejects(async () => products().eq("id", "abc").throwOnError(), (error) => error instanceof PostgrestError && error.code === "22P02");
    assert.deepEqual((await products().eq("id", 1).throwOnError()).data, [{ id: 1 }]);
  });
});

describe("timestamps as SQLAlchemy stores them, with a blank and six digits", () => {
  before(() => sql("UPDATE products SET added = '2024-05-06 23:00:00.000000' WHERE id = 8"));
  const time = "2024-05-06T23:00:00";
  for (const [name, filter] of [["eq", (q) => q.eq("added", time)], ["in", (q) => q.in("added", [time])],
    ["gte and lte", (q) => q.gte("added", time).lte("added", time)], ["eq, as stored", (q) => q.eq("added", "2024-05-06 23:00:00.000000")]]) {
    test(name, async () => assert.deepEqual(ids(await filter(products())), [8]));
  }
});

test("a change by somebody else shows in the next answer", async () => {
  const price = async () => (await products("price").eq("id", 2).single()).data.price;
  for (const expected of [1.25, 2.5, 3.75]) {
    sql("UPDATE products SET price = ? WHERE id = 2", expected);
    assert.equal(await price(), expected);
    assert.equal(await price(), expected);
  }
});
