// /docs in Chromium: requests made from the page, each read back from the database; and how the page looks.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { visit } from "./browser.mjs";
import { origin, restock, sql } from "./shop.mjs";

let page, complaints, close;
before(async () => {
  ({ page, complaints, close } = await visit(`${origin}/docs`, { permissions: ["clipboard-read", "clipboard-write"] }));
});
after(() => close?.());
beforeEach(restock);

const picture = (name, of = page) => of.screenshot({ path: join(process.env.SHOP_PICTURES, `${name}.png`), fullPage: true });
const status = () => page.getByRole("status").innerText();
const answer = async () => JSON.parse(await page.locator("#answer-body").innerText());

/** Opens a table's method by the links that a person has. */
async function choose(table, method) {
  await page.getByRole("navigation", { name: "Tables" }).getByRole("link", { name: table, exact: true }).click();
  await page.getByRole("navigation", { name: "Methods" }).getByRole("link", { name: method, exact: true }).click();
  await page.getByRole("button", { name: `Send ${method}` }).waitFor();
}

async function filter(column, operator, value) {
  await page.getByLabel("Column", { exact: true }).last().selectOption(column);
  await page.getByLabel("Operator").last().selectOption(operator);
  await page.getByLabel("Value").last().fill(value);
}

async function send(method) {
  await page.getByRole("button", { name: `Send ${method}` }).click();
  await page.locator("#answer").waitFor();
}

test("read rows", async () => {
  await choose("products", "GET");
  await filter("price", "lt", "20");
  await page.getByLabel("select").fill("asin,price");
  await page.getByLabel("order").fill("price.desc");
  await page.getByLabel("count").selectOption("exact");
  await send("GET");
  assert.equal(await status(), "200 OK");
  assert.deepEqual(await answer(), sql("SELECT asin, price FROM products WHERE price < 20 ORDER BY price DESC"));
  assert.match(await page.locator("#answer-body").innerText(), /12\.50/, "as it was sent");
  assert.match(await page.locator("#answer-headers").innerText(), /content-range\s+0-2\/3/);
  await picture("read");
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(command, `curl -i '${origin}/rest/v1/products?price=lt.20&select=asin,price&order=price.desc&limit=5' \\\n  -H 'Prefer: count=exact'`);
  assert.deepEqual(complaints, []);
});

test("read related rows", async () => {
  await choose("categories", "GET");
  await page.getByLabel("select").fill("name,products(asin)");
  await page.getByText("More parameters and headers").click();
  await page.getByLabel("more of the query string").fill("products.price=gt.50&name=in.(Audio,Books)&order=id");
  await send("GET");
  assert.deepEqual(await answer(), [{ name: "Audio", products: [{ asin: "A001" }] }, { name: "Books", products: [] }]);
});

test("insert a row", async () => {
  await choose("products", "POST");
  await page.getByLabel("Rows", { exact: true }).fill('{"asin": "N1", "title": "Lantern, it\'s bright", "price": 4.5}');
  await page.getByLabel("return").selectOption("representation");
  await send("POST");
  assert.equal(await status(), "201 Created");
  assert.deepEqual(sql("SELECT title, price FROM products WHERE asin = 'N1'"), [{ title: "Lantern, it's bright", price: 4.5 }]);
  assert.equal((await answer())[0].asin, "N1");
  assert.match(await page.locator("#command").innerText(), /-X POST .* --data-raw '\{"asin": "N1", "title": "Lantern, it'\\''s bright"/s);
  await picture("insert");
  assert.deepEqual(complaints, []);
});

test("replace, change and delete a row", async () => {
  await choose("tags", "PUT");
  await page.getByLabel("Value").fill("7");
  await page.getByLabel("Rows", { exact: true }).fill('{"id": 7, "name": "rare"}');
  await send("PUT");
  assert.equal(await status(), "201 Created");
  await choose("tags", "PATCH");
  await filter("id", "eq", "7");
  await page.getByLabel("Rows", { exact: true }).fill('{"name": "very rare"}');
  await send("PATCH");
  assert.equal(await status(), "204 No Content");
  assert.deepEqual(sql("SELECT name FROM tags WHERE id = 7"), [{ name: "very rare" }]);
  await choose("tags", "DELETE");
  await filter("name", "eq", "very rare");
  await send("DELETE");
  assert.equal(await status(), "204 No Content");
  assert.deepEqual(sql("SELECT name FROM tags WHERE id = 7"), []);
  assert.deepEqual(complaints, []);
});

test("rows as CSV", async () => {
  await choose("tags", "POST");
  await page.getByLabel("Content-Type").selectOption("text/csv");
  assert.equal(await page.getByLabel("Rows", { exact: true }).inputValue(), "name\n");
  await page.getByLabel("Rows", { exact: true }).fill("id,name\n8,soft\n9,loud\n");
  await send("POST");
  assert.equal(await status(), "201 Created");
  assert.deepEqual(sql("SELECT name FROM tags WHERE id > 7"), [{ name: "soft" }, { name: "loud" }]);
});

test("what is refused is told", async () => {
  await choose("tags", "DELETE");
  await send("DELETE");
  assert.equal(await status(), "400 Bad Request");
  assert.equal((await answer()).code, "21000");
  assert.deepEqual(sql("SELECT count(*) AS rows FROM tags"), [{ rows: 3 }]);
  complaints.splice(0, complaints.length); // the browser itself reports the 400
});

test("a named endpoint", async () => {
  await page.getByRole("navigation", { name: "Endpoints" }).getByRole("link", { name: "/categories/{id}/products" }).click();
  await page.getByRole("spinbutton", { name: "id", exact: true }).fill("2");
  await page.getByLabel("select").fill("asin");
  await send("GET");
  assert.deepEqual(await answer(), [{ asin: "A004" }, { asin: "A003" }]);
  await picture("endpoint");
});

test("with the keyboard alone", async () => {
  await page.goto(`${origin}/docs#categories:post`);
  await page.reload();
  await page.getByRole("button", { name: "Send POST" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // the skip link
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type('{"name": "Typed"}');
  await page.keyboard.press("Control+Enter");
  await page.locator("#answer").waitFor();
  assert.equal(await status(), "201 Created");
  assert.deepEqual(sql("SELECT count(*) AS rows FROM categories WHERE name = 'Typed'"), [{ rows: 1 }]);
});

for (const scheme of ["light", "dark"]) {
  for (const width of [400, 1400]) {
    test(`fits ${width} pixels, ${scheme}`, async () => {
      const other = await visit(`${origin}/docs#products:patch`, { viewport: { width, height: 900 }, colorScheme: scheme });
      try {
        await other.page.getByLabel("Column", { exact: true }).selectOption("asin");
        await other.page.getByLabel("Value").fill("A001");
        await other.page.getByLabel("Rows", { exact: true }).fill('{"price": 61.5}');
        await other.page.getByLabel("return").selectOption("representation");
        await other.page.getByRole("button", { name: "Send PATCH" }).click();
        await other.page.locator("#answer").waitFor();
        await picture(`${scheme}-${width}`, other.page);
        assert.equal(await other.page.evaluate(() => document.documentElement.scrollWidth), width, "nothing sticks out");
        assert.deepEqual(other.complaints, []);
      } finally {
        await other.close();
      }
    });
  }
}

test("the first page lists the tables that may be read", async () => {
  await page.goto(origin);
  await page.getByRole("link", { name: "cheap_products" }).waitFor();
  assert.deepEqual(await page.locator("#tables tr td:first-child").allTextContents(), ["categories", "cheap_products", "product_tags", "products", "tags"]);
  assert.deepEqual(complaints, []);
});
