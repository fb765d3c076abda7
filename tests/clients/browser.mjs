// A page built by esbuild, served from an origin of its own, opened in Chromium.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { accessSync } from "node:fs";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { origin } from "./shop.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const html = await readFile(new URL("admin/index.html", import.meta.url));

function findBrowser() {
  const paths = process.env.PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = paths.find((path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`none of ${NAMES.join(", ")} is on PATH; ./dev test installs chromium`);
  return found;
}

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    write: false,
    jsx: "automatic",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0].contents;
}

/** Opens an address in Chromium; `close` ends it. What the page complains about is kept in `complaints`. */
export async function visit(address, options = {}) {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 820 }, locale: "en-US", timezoneId: "UTC", ...options });
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(address);
  return { page, complaints, close: () => browser.close() };
}

/** Serves the page of `entry` and visits it; `close` ends both. */
export async function open(entry) {
  const script = await bundle(entry);
  const server = createServer((request, response) => {
    const isScript = request.url.startsWith("/page.js");
    response.setHeader("Content-Type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(isScript ? script : html);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const visited = await visit(`http://127.0.0.1:${server.address().port}/?server=${encodeURIComponent(origin)}`);
  const close = async () => {
    await visited.close();
    server.close();
  };
  return { ...visited, close };
}
