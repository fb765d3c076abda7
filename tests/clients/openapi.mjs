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
