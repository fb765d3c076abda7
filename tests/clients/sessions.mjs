// @supabase/supabase-js, unmodified: its authentication, against the built-in accounts of aljibe, and rows with what it gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { ids, origin } from "./shop.mjs";

const key = process.env.SHOP_KEY; // of the role anonymous: what a page has before anybody signs in
const client = () => createClient(origin, key, { auth: { persistSession: false, autoRefreshToken: false } });
const supabase = client();
const email = "ann@example.org";
const first = { email, password: "correct horse" };

test("nothing without a session", async () => {
  const { status, error } = await supabase.from("products").select("id");
  assert.deepEqual([status, error.code], [403, "42501"]);
  assert.equal((await fetch(`${origin}/rest/v1/products`)).status, 401);
});

test("sign up, rows, sign out", async () => {
  const { data, error } = await supabase.auth.signUp({ ...first, options: { data: { role: "admin" } } });
  assert.equal(error, null);
  assert.deepEqual([data.user.email, data.user.role, data.session.token_type, data.session.expires_in], [email, "authenticated", "bearer", 900]);
  assert.deepEqual(ids(await supabase.from("products").select("id").order("id").limit(2)), [1, 2]);
  const token = data.session.access_token;
  assert.equal((await supabase.auth.signOut()).error, null);
  assert.equal((await fetch(`${origin}/rest/v1/products`, { headers: { authorization: `Bearer ${token}` } })).status, 401);
  assert.equal((await supabase.from("products").select("id")).status, 403);
});

test("sign in, who am I, refresh, reuse", async () => {
  const { data } = await supabase.auth.signInWithPassword(first);
  assert.equal((await supabase.auth.getUser()).data.user.email, email);
  const { claims } = (await supabase.auth.getClaims()).data;
  assert.deepEqual([claims.sub, claims.role, claims.iss], [data.user.id, "authenticated", "aljibe"]);
  const { data: next } = await supabase.auth.refreshSession();
  assert.notEqual(next.session.refresh_token, data.session.refresh_token);
  const { error } = await client().auth.refreshSession({ refresh_token: data.session.refresh_token });
  assert.deepEqual([error.status, error.code], [401, "refresh_token_not_found"]);
  assert.equal((await supabase.auth.getUser()).error.status, 401, "the session has ended for both who had the token");
});

test("jose finds the tokens good, by the keys that are published", async () => {
  const { data } = await client().auth.signInWithPassword(first);
  const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`));
  const { payload, protectedHeader } = await jwtVerify(data.session.access_token, keys, { issuer: "aljibe", algorithms: ["ES256"], typ: "at+jwt" });
  assert.deepEqual([payload.sub, payload.email, protectedHeader.alg], [data.user.id, email, "ES256"]);
  const [head, body, signature] = data.session.access_token.split(".");
  const forged = Buffer.from(JSON.stringify({ ...payload, role: "admin" })).toString("base64url");
  await assert.rejects(jwtVerify([head, forged, signature].join("."), keys));
  assert.equal((await fetch(`${origin}/rest/v1/products`, { headers: { authorization: `Bearer ${[head, forged, signature].join(".")}` } })).status, 401);
  assert.equal((await fetch(`${origin}/rest/v1/products`, { headers: { authorization: `Bearer ${[head, body, signature].join(".")}` } })).status, 200);
});

test("another password keeps the session that made it", async () => {
  await supabase.auth.signInWithPassword(first);
  const other = client();
  await other.auth.signInWithPassword(first);
  assert.equal((await supabase.auth.updateUser({ password: "battery staple" })).error, null);
  assert.equal((await supabase.auth.getUser()).error, null);
  assert.equal((await other.auth.getUser()).error.status, 401);
});

test("refusals have the words that supabase-js knows", async () => {
  const words = async (asked) => [(await asked).error.status, (await asked).error.code];
  assert.deepEqual(await words(supabase.auth.signUp({ email, password: "correct horse" })), [409, "user_already_exists"]);
  assert.deepEqual(await words(supabase.auth.signUp({ email: "bob@example.org", password: "short" })), [422, "weak_password"]);
  assert.deepEqual(await words(supabase.auth.signInWithPassword({ email, password: "wrong horse" })), [401, "invalid_credentials"]);
  assert.deepEqual(await words(supabase.auth.signInWithPassword({ email: "nobody@example.org", password: "wrong horse" })), [401, "invalid_credentials"]);
  assert.equal((await supabase.auth.resetPasswordForEmail("nobody@example.org")).error, null);
});
