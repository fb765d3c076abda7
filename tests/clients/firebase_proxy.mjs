// Sign-up, sign-in and what is around them, passed on by aljibe to the real Firebase Authentication emulator; rows with its tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, origin } from "./shop.mjs";

const emulator = `http://127.0.0.1:${process.env.SHOP_FREE_PORT}`;
const ann = { email: "ann@example.org", password: "correct horse" };

async function ask(path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${origin}/auth/v1/${path}`, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}
const rows = async (token) => (await fetch(`${api}/products?select=id&limit=1`, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
const mailed = async () => (await (await fetch(`${emulator}/emulator/v1/projects/demo-shop/oobCodes`)).json()).oobCodes.at(-1).oobCode;

test("sign up, read with Firebase's token, be refused without", async () => {
  const { status, body } = await ask("sign-up", ann);
  assert.deepEqual([status, body.user.email, body.expires_in], [200, ann.email, 3600]);
  assert.equal(await rows(body.access_token), 200);
  assert.equal(await rows(), 401);
  assert.equal(JSON.parse(atob(body.access_token.split(".")[1])).iss, "https://securetoken.google.com/demo-shop");
});

test("sign in, refresh, who am I, sign out", async () => {
  const { body } = await ask("sign-in", ann);
  const refreshed = await ask("refresh", { refresh_token: body.refresh_token });
  assert.equal(refreshed.body.user.id, body.user.id);
  assert.equal((await ask("me", undefined, refreshed.body.access_token)).body.email, ann.email);
  assert.equal((await ask("sign-out", {}, refreshed.body.access_token)).status, 204);
});

test("an unknown address and a wrong password are one answer", async () => {
  const wrong = await ask("sign-in", { ...ann, password: "wrong horse" });
  assert.deepEqual([wrong.status, wrong.body.code], [401, "ALJ140"]);
  assert.deepEqual(await ask("sign-in", { email: "nobody@example.org", password: "wrong horse" }), wrong);
});

test("refusals have aljibe's codes", async () => {
  const code = async (...asked) => (({ status, body }) => [status, body.code])(await ask(...asked));
  assert.deepEqual(await code("sign-up", ann), [409, "ALJ141"]);
  assert.deepEqual(await code("sign-up", { email: "bob@example.org", password: "12345" }), [422, "ALJ142"]);
  assert.deepEqual(await code("sign-up", { email: "bob", password: "correct horse" }), [422, "ALJ143"]);
  assert.deepEqual(await code("refresh", { refresh_token: "made up" }), [401, "ALJ146"]);
  assert.deepEqual(await code("me", undefined, "a.b.c"), [401, "PGRST301"]);
});

test("a new password by the code of a message", async () => {
  assert.equal((await ask("password-reset", { email: "nobody@example.org" })).status, 200);
  assert.equal((await ask("password-reset", { email: ann.email })).status, 200);
  const code = await mailed();
  assert.equal((await ask("password-reset", { code, password: "battery staple" })).status, 200);
  assert.deepEqual((await ask("password-reset", { code, password: "battery staple" })).body.code, "ALJ147");
  assert.equal((await ask("sign-in", { ...ann, password: "battery staple" })).status, 200);
});

test("who is disabled there is refused here", async () => {
  const { body } = await ask("sign-in", { ...ann, password: "battery staple" });
  const headers = { "content-type": "application/json", authorization: "Bearer owner" };
  await fetch(`${emulator}/identitytoolkit.googleapis.com/v1/projects/demo-shop/accounts:update`, { method: "POST", headers, body: JSON.stringify({ localId: body.user.id, disableUser: true }) });
  assert.deepEqual((await ask("sign-in", { ...ann, password: "battery staple" })).status, 403);
});
