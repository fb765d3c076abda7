// Tokens that jose makes, by keys that this script publishes, against aljibe.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";

import { api, origin } from "./shop.mjs";

const port = Number(process.env.SHOP_FREE_PORT);
const issuer = `http://127.0.0.1:${port}/tenant`;
const secret = new TextEncoder().encode("0123456789abcdef0123456789abcdef");
const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];
const keys = new Map();
let asked = [];

const server = createServer((request, response) => {
  asked.push(request.url);
  const document = request.url === "/tenant/.well-known/openid-configuration"
    ? { issuer, jwks_uri: `http://127.0.0.1:${port}/keys` }
    : request.url === "/keys" ? { keys: [...keys.values()].map(({ jwk }) => jwk) } : null;
  response.writeHead(document ? 200 : 404, { "Content-Type": "application/json", "Cache-Control": "max-age=300" });
  response.end(JSON.stringify(document));
});

before(async () => {
  for (const algorithm of algorithms) {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: algorithm.toLowerCase(), use: "sig", alg: algorithm };
    keys.set(algorithm, { publicKey, privateKey, jwk });
  }
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
});
after(() => server.close());

/** A token that is good, but for what the test changes. */
const token = (algorithm, { claims = {}, header = {}, key } = {}) =>
  new SignJWT({ iss: issuer, aud: ["other", "shop"], sub: "ann", roles: ["reader"], iat: now() - 5, exp: now() + 300, ...claims })
    .setProtectedHeader({ alg: algorithm, kid: algorithm.toLowerCase(), typ: "JWT", ...header })
    .sign(key ?? keys.get(algorithm).privateKey);
const now = () => Math.floor(Date.now() / 1000);
const read = (bearer, headers = {}) => fetch(`${api}/letters?select=id&order=id`, { headers: bearer ? { Authorization: `Bearer ${bearer}`, ...headers } : headers });

async function refused(bearer, code = "PGRST301") {
  const response = await read(bearer);
  const problem = await response.json();
  assert.equal(response.status, 401, JSON.stringify(problem));
  assert.equal(problem.code, code, JSON.stringify(problem));
  assert.match(response.headers.get("www-authenticate"), /^Bearer/);
  assert.ok(!JSON.stringify(problem).includes(bearer.split(".")[2] || "\u0000"), "no part of the token comes back");
  return problem.details;
}

test("without a token there is nothing to read", async () => {
  assert.equal((await read(null)).status, 401);
});

test("each algorithm of jose is understood", async () => {
  for (const algorithm of algorithms) {
    const response = await read(await token(algorithm));
    assert.equal(response.status, 200, `${algorithm}: ${await response.clone().text()}`);
    assert.deepEqual(await response.json(), [{ id: 1 }, { id: 2 }]);
  }
  assert.deepEqual(asked.sort(), ["/keys", "/tenant/.well-known/openid-configuration"], "keys are fetched once");
});

test("a token is good as apikey too, and again from memory", async () => {
  const good = await token("ES256");
  for (let i = 0; i < 3; ++i) assert.equal((await read(null, { apikey: good })).status, 200);
});

test("a shared secret signs for its issuer alone", async () => {
  const shared = (claims, header = { alg: "HS256" }) => new SignJWT({ role: "reader", sub: "ann", exp: now() + 300, ...claims }).setProtectedHeader(header).sign(secret);
  assert.equal((await read(await shared({ iss: "supabase" }))).status, 200);
  assert.equal(await refused(await shared({})), "issuer");
  assert.equal(await refused(await shared({ iss: issuer, aud: "shop" })), "algorithm");
  assert.equal(await refused(await shared({ iss: "supabase", exp: now() - 31 }), "PGRST303"), "expired");
});

test("the public key is no shared secret", async () => {
  const { publicKey, jwk } = keys.get("RS256");
  for (const text of [await exportSPKI(publicKey), (await exportSPKI(publicKey)).trimEnd(), JSON.stringify(jwk)]) {
    const forged = await token("HS256", { header: { kid: "rs256" }, key: new TextEncoder().encode(text) });
    assert.equal(await refused(forged), "algorithm");
  }
});

test("nobody's signature is none", async () => {
  assert.equal(await refused(new UnsecuredJWT({ iss: issuer, aud: "shop", roles: ["reader"], exp: now() + 300 }).encode()), "algorithm");
});

test("claims that do not fit are refused with their reason", async () => {
  const cases = [
    [{ aud: "other" }, "audience"], [{ aud: undefined }, "audience"], [{ iss: `${issuer}/` }, "issuer"], [{ exp: undefined }, "claim_missing"], [{ exp: "soon" }, "claim"], [{ roles: [7] }, "role"],
  ];
  for (const [claims, reason] of cases) assert.equal(await refused(await token("ES256", { claims })), reason, JSON.stringify(claims));
  assert.equal(await refused(await token("ES256", { claims: { exp: now() - 31 } }), "PGRST303"), "expired");
  assert.equal(await refused(await token("ES256", { claims: { nbf: now() + 90 } }), "PGRST303"), "not_yet_valid");
  assert.equal(await refused(await token("ES256", { header: { typ: "logout+jwt" } })), "type");
});

test("keys that the token brings are never asked for", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "mine" };
  asked = [];
  for (const header of [{ jwk }, { jku: `http://127.0.0.1:${port}/evil` }, { x5u: `http://127.0.0.1:${port}/evil` }]) {
    assert.equal(await refused(await token("ES256", { header: { kid: "mine", ...header }, key: privateKey })), "key_unknown");
    assert.equal(await refused(await token("ES256", { header, key: privateKey })), "signature");
  }
  assert.deepEqual(asked, [], "nor are unknown keys looked for at once after a fetch");
});

test("a role without the right gets 403", async () => {
  const response = await read(await token("EdDSA", { claims: { roles: ["writer"] } }));
  assert.equal(response.status, 403);
});

test("refusals are counted by reason", async () => {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const value = (labels) => Number(metrics.match(new RegExp(`^aljibe_tokens_refused_total\\{reason="${labels}"\\} (\\d+)`, "m"))?.[1]);
  for (const reason of ["algorithm", "issuer", "audience", "expired", "signature", "key_unknown"]) assert.ok(value(reason) > 0, reason);
  assert.equal(value("other"), 0);
  assert.match(metrics, /^aljibe_tokens_known_total [1-9]/m);
});
