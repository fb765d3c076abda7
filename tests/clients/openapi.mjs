// /openapi.json as another tool reads it: Redocly's linter, with its recommended rules, without a network.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { origin } from "./shop.mjs";

const cli = new URL("node_modules/@redocly/cli/bin/cli.js", import.meta.url).pathname;
const offline = new URL("offline.mjs", import.meta.url).href;
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_OPTIONS: `--import=${offline}`, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

/** The linter's word on a description: how much is wrong, and what. */
async function lint(description, name) {
  await writeFile(name, description);
  const run = promisify(execFile)(process.execPath, [cli, "lint", name, "--format=json"], { env: environment });
  const { stdout } = await run.catch((failure) => {
    if (failure.code !== 1) throw failure; // 1: there are errors, which stdout tells
    return failure;
  });
  const { totals, problems } = JSON.parse(stdout);
  return { totals, problems: problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location?.[0]?.pointer ?? ""}`) };
}

test("the linter finds nothing, not even to warn of", async () => {
  const answer = await fetch(`${origin}/openapi.json`);
  assert.equal(answer.headers.get("content-type"), "application/json");
  const { totals, problems } = await lint(await answer.text(), "openapi.json");
  assert.deepEqual(problems, []);
  assert.equal(totals.errors + totals.warnings, 0);
});

test("it would find what is wrong", async () => {
  const api = await (await fetch(`${origin}/openapi.json`)).json();
  delete api.components.schemas["rest.error"];
  api.paths["/rest/v1/tags"].get.operationId = "read_products";
  const { problems } = await lint(JSON.stringify(api), "damaged.json");
  assert.ok(problems.some((problem) => problem.startsWith("no-unresolved-refs")), problems.join("\n"));
  assert.ok(problems.some((problem) => problem.startsWith("operation-operationId-unique")), problems.join("\n"));
});

test("everything that is served is described", async () => {
  const { paths } = await (await fetch(`${origin}/openapi.json`)).json();
  assert.deepEqual(Object.keys(paths).sort(), ["/categories/{id}/products", "/cheapest/{count}", "/rest/v1/categories", "/rest/v1/cheap_products", "/rest/v1/clubs",
    "/rest/v1/notes", "/rest/v1/odd%20%7Bname%7D%20100%25", "/rest/v1/people", "/rest/v1/product_tags", "/rest/v1/products", "/rest/v1/tags", "/rest/v1/visits"]);
  for (const [path, operations] of Object.entries(paths)) {
    const address = path.replace(/\{.*?\}/g, "1");
    assert.equal((await fetch(origin + address)).status, "get" in operations ? 200 : 401, path);
  }
});

const json = (value) => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });
const tag = { id: 50, name: "fifty" };
/** Method, target, what else is sent, and the status that comes of it. */
const cases = [
  ["GET", "/rest/v1/products?limit=2", {}, 200],
  ["GET", "/rest/v1/products?limit=2", { headers: { Prefer: "count=exact" } }, 206],
  ["GET", "/rest/v1/products?price=what.1", {}, 400],
  ["GET", "/rest/v1/products?prise=eq.1", {}, 400],
  ["GET", "/rest/v1/products?select=nobody(id)", {}, 400],
  ["GET", "/rest/v1/clubs?select=people(id)", {}, 300],
  ["GET", "/rest/v1/products", { headers: { Accept: "image/png" } }, 406],
  ["GET", "/rest/v1/products?offset=99", { headers: { Prefer: "count=exact" } }, 416],
  ["GET", "/rest/v1/products?stars=gt.4.83", { headers: { "Cache-Control": "only-if-cached" } }, 504],
  ["GET", `/rest/v1/products?title=eq.${"x".repeat(70_000)}`, {}, 414],
  ["POST", "/rest/v1/tags", { ...json(tag), prefer: "return=headers-only" }, 201],
  ["POST", "/rest/v1/tags", json(tag), 409],
  ["POST", "/rest/v1/tags", { ...json(tag), prefer: "resolution=merge-duplicates" }, 200],
  ["POST", "/rest/v1/tags", { body: "{", headers: { "Content-Type": "application/json" } }, 400],
  ["POST", "/rest/v1/tags", { body: "<a/>", headers: { "Content-Type": "text/xml" } }, 415],
  ["POST", "/rest/v1/visits", { ...json({ person: null }), prefer: "return=representation" }, 401],
  ["PUT", "/rest/v1/tags?id=eq.50", json({ id: 50, name: "half a hundred" }), 204],
  ["PUT", "/rest/v1/tags", json(tag), 405],
  ["PUT", "/rest/v1/tags?id=eq.51", json(tag), 400],
  ["PATCH", "/rest/v1/tags?id=eq.50", { ...json({ name: "L" }), prefer: "return=representation" }, 200],
  ["PATCH", "/rest/v1/tags", json({ name: "all" }), 400],
  ["DELETE", "/rest/v1/tags?id=eq.50", { headers: { "If-Match": '"old"' } }, 412],
  ["DELETE", "/rest/v1/tags?id=eq.2", {}, 409],
  ["DELETE", "/rest/v1/tags?id=eq.50", {}, 204],
  ["GET", "/categories/1/products", {}, 200],
  ["GET", "/categories/x/products", {}, 400],
];
// Those of every answer of HTTP, those that tell browsers what not to do, and those that a browser's page of another origin asks for.
const unsaid = new Set(["connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "transfer-encoding", "vary",
  "content-security-policy", "cross-origin-resource-policy", "referrer-policy", "x-content-type-options"]);

test("what is answered is what is described", async () => {
  const api = await (await fetch(`${origin}/openapi.json`)).json();
  const deref = (node) => (node.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], api) : node);
  for (const [method, target, { body, headers = {}, prefer }, status] of cases) {
    const what = `${method} ${target.slice(0, 60)} ${status}`;
    const answer = await fetch(origin + target, { method, body, headers: { ...headers, ...(prefer && { Prefer: prefer }) }, redirect: "manual" });
    const text = await answer.text();
    assert.equal(answer.status, status, `${what}: ${text}`);
    const path = target.split("?")[0].replace(/^\/categories\/[^/]+/, "/categories/{id}");
    const described = api.paths[path][method.toLowerCase()].responses[status];
    assert.ok(described, what);
    const known = Object.keys(deref(described).headers).map((name) => name.toLowerCase());
    const unknown = [...answer.headers.keys()].filter((name) => !unsaid.has(name) && !known.includes(name) && !name.startsWith("access-control-"));
    assert.deepEqual(unknown, [], what);
    if (status < 300) continue;
    const codes = deref(described).content["application/json"].schema.allOf[1].properties.code.enum;
    assert.ok(codes.includes(JSON.parse(text).code), `${what}: ${text}`);
  }
});

test("a repeat is described, too", async () => {
  const send = (name) => fetch(`${origin}/rest/v1/tags`, { method: "POST", ...json({ name }), headers: { "Content-Type": "application/json", "Idempotency-Key": "one" } });
  assert.equal((await send("once")).status, 201);
  assert.equal((await send("once")).headers.get("idempotency-replayed"), "true");
  assert.equal((await send("twice")).status, 422);
});
