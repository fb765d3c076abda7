// react-admin's own pages in Chromium: list, sort, search, page, edit, create, delete; each step read back from the database.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { restock, sql, stockMore } from "./shop.mjs";

let page, complaints, close;
let ended = false; // a step failed: those that follow would only wait for what cannot come
before(async () => {
  restock();
  stockMore(24);
  ({ page, complaints, close } = await open("admin/admin.jsx"));
});
after(() => close?.());

const picture = (name) => page.screenshot({ path: join(process.env.SHOP_PICTURES, `${name}.png`) });
const row = (text) => page.locator("tbody tr", { hasText: text });
const titles = () => page.locator("tbody td.column-title").allTextContents();

/** Waits until the list shows these titles, in this order. */
async function shows(expected) {
  await page.waitForFunction(
    (wanted) => JSON.stringify([...document.querySelectorAll("tbody td.column-title")].map((cell) => cell.textContent)) === JSON.stringify(wanted),
    expected,
  ).catch(async () => assert.deepEqual(await titles(), expected));
}

const expected = (tail) => sql(`SELECT title FROM products ${tail}`).map(({ title }) => title);

/** A step of the story: the picture is taken also when it fails, and what the page complained about is told. */
const step = (name, act) =>
  test(name, async () => {
    assert.ok(!ended, "an earlier step failed");
    ended = true;
    try {
      await act();
      assert.deepEqual(complaints, []);
      ended = false;
    } finally {
      await picture(name.replaceAll(/[^a-z]+/g, "-"));
    }
  });

step("list with names of categories and the total", async () => {
  await shows(expected("ORDER BY id LIMIT 10"));
  await page.getByText("1-10 of 32").waitFor();
  await row("A001").getByText("Audio").waitFor();
  await row("A007").getByText("Kitchen").waitFor();
});

step("turn the page", async () => {
  await page.getByRole("button", { name: "Go to next page" }).click();
  await page.getByText("11-20 of 32").waitFor();
  await shows(expected("ORDER BY id LIMIT 10 OFFSET 10"));
});

step("sort by price", async () => {
  await page.getByRole("button", { name: "Sort by price ascending" }).click();
  await shows(expected("ORDER BY price ASC NULLS LAST, id LIMIT 10"));
  await page.getByRole("button", { name: "Sort by price descending" }).click();
  await shows(expected("ORDER BY price DESC NULLS FIRST, id LIMIT 10"));
});

step("search", async () => {
  await page.getByRole("textbox", { name: "Search" }).fill("GARDEN");
  await page.getByText("1-2 of 2").waitFor();
  await shows(expected("WHERE id IN (5, 6) ORDER BY price DESC"));
});

step("edit a row", async () => {
  await row("A006").getByRole("link", { name: "Edit" }).click();
  const title = page.getByRole("textbox", { name: "Title" });
  await title.waitFor();
  assert.equal(await title.inputValue(), "Garden_gnome");
  await title.fill("Garden gnome, painted");
  await page.getByRole("spinbutton", { name: "Price" }).fill("11.25");
  await page.getByRole("switch", { name: "Best" }).click();
  await page.getByRole("combobox", { name: "Category" }).click();
  await page.getByRole("option", { name: "Toys" }).click();
  await picture("edit-form");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Element updated").waitFor();
  assert.deepEqual(sql("SELECT asin, title, price, best, category_id FROM products WHERE id = 6"),
    [{ asin: "A006", title: "Garden gnome, painted", price: 11.25, best: 1, category_id: 5 }]);
  await row("A006").getByText("Toys").waitFor();
});

step("create a row", async () => {
  await page.getByRole("link", { name: "Create" }).click();
  await page.getByRole("textbox", { name: "Asin" }).fill("N070");
  await page.getByRole("textbox", { name: "Title" }).fill("Garden chair");
  await page.getByRole("spinbutton", { name: "Price" }).fill("45.5");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Element created").waitFor();
  assert.deepEqual(sql("SELECT title, price, best FROM products WHERE asin = 'N070'"), [{ title: "Garden chair", price: 45.5, best: 0 }]);
  await row("N070").waitFor();
});

step("delete a row", async () => {
  await row("A005").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Element deleted").waitFor();
  await row("A005").waitFor({ state: "detached" });
  assert.deepEqual(sql("SELECT id FROM products WHERE asin = 'A005'"), []);
});

step("a category with its products", async () => {
  await page.getByRole("menuitem", { name: "Categories" }).click();
  await row("Books").getByRole("link", { name: "Edit" }).click();
  await row("Cookbook").waitFor();
  await shows(expected("WHERE category_id = 2 ORDER BY title"));
  await page.getByRole("textbox", { name: "Name" }).fill("Books and maps");
  await picture("category-form");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Element updated").waitFor();
  assert.deepEqual(sql("SELECT name FROM categories WHERE id = 2"), [{ name: "Books and maps" }]);
});

step("what the database refuses is told in its words", async () => {
  await page.getByRole("link", { name: "Create" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Toys");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("duplicate key value violates unique constraint").waitFor();
  assert.deepEqual(sql("SELECT count(*) AS rows FROM categories"), [{ rows: 5 }]);
  complaints.splice(0, complaints.length); // the browser itself reports the 409
});

test("supabase-js in a page of another origin", async () => {
  const supabase = await open("admin/supabase.js");
  try {
    const answers = await supabase.page.evaluate(async () => {
      const tags = window.supabase.from("tags");
      const list = await tags.select("id", { count: "exact" }).range(0, 1);
      const made = await tags.insert({ id: 9, name: "rare" }).select();
      const changed = await tags.update({ name: "very rare" }).eq("id", 9);
      const schema = await window.supabase.schema("public").from("tags").select("name").eq("id", 9).single();
      const gone = await tags.delete().eq("id", 9).select();
      return { count: list.count, made: made.data, changed: changed.status, name: schema.data, gone: gone.data };
    });
    assert.deepEqual(answers, { count: 3, made: [{ id: 9, name: "rare" }], changed: 204, name: { name: "very rare" }, gone: [{ id: 9, name: "very rare" }] });
    assert.deepEqual(supabase.complaints, []);
  } finally {
    await supabase.close();
  }
});
