// firebase, unmodified: its authentication, against the built-in accounts of aljibe.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { initializeApp } from "firebase/app";
import * as fb from "firebase/auth";
import { api, origin } from "./shop.mjs";

const auth = fb.getAuth(initializeApp({ apiKey: "any", projectId: "aljibe" }));
fb.connectAuthEmulator(auth, origin, { disableWarnings: true });

const folder = `${process.env.SHOP_PICTURES}/mail`;

/** The code in the newest message with this subject; messages come when they come. */
async function mailed(subject) {
  for (let tries = 0; tries < 200; ++tries, await pause(25)) {
    const names = readdirSync(folder, { withFileTypes: true }).map((entry) => entry.name).filter((name) => name.endsWith(".eml")).sort();
    const texts = names.map((name) => readFileSync(`${folder}/${name}`, "utf8")).filter((text) => text.includes(`Subject: ${subject}\n`));
    const code = texts.at(-1)?.match(/^[A-Za-z0-9_-]{43}$/m);
    if (code) return code[0];
  }
  throw new Error(`no message about "${subject}"`);
}

const refused = (promise, code) => assert.rejects(promise, { code: `auth/${code}` });
const readable = async (token) => (await fetch(`${api}/products?select=id&limit=1`, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;

test("sign up, read with the token, sign out", async () => {
  const { user } = await fb.createUserWithEmailAndPassword(auth, "Ann@example.org", "correct horse");
  assert.equal(user.email, "Ann@example.org");
  assert.equal(user.emailVerified, false);
  const { claims } = await user.getIdTokenResult();
  assert.deepEqual([claims.sub, claims.role, claims.email], [user.uid, "authenticated", "Ann@example.org"]);
  assert.equal(await readable(await user.getIdToken()), 200);
  assert.equal(await readable(), 401);
  await fb.signOut(auth);
  assert.equal(auth.currentUser, null);
});

test("sign in and refresh", async () => {
  const { user } = await fb.signInWithEmailAndPassword(auth, "ann@example.org", "correct horse");
  const first = await user.getIdToken();
  const next = await user.getIdToken(true);
  assert.notEqual(next, first);
  assert.equal(await readable(next), 200);
  assert.notEqual(await user.getIdToken(true), next);
});

test("a profile", async () => {
  await fb.updateProfile(auth.currentUser, { displayName: "Ann", photoURL: "https://example.org/ann.png" });
  await auth.currentUser.reload();
  assert.deepEqual([auth.currentUser.displayName, auth.currentUser.photoURL], ["Ann", "https://example.org/ann.png"]);
});

test("verification by the code of a message", async () => {
  await fb.sendEmailVerification(auth.currentUser);
  await fb.applyActionCode(auth, await mailed("Is this your address?"));
  await auth.currentUser.reload();
  assert.equal(auth.currentUser.emailVerified, true);
});

test("another password, and another address", async () => {
  const old = await auth.currentUser.getIdToken();
  await fb.updatePassword(auth.currentUser, "battery staple");
  assert.equal(await readable(old), 401);
  assert.equal(await readable(await auth.currentUser.getIdToken()), 200);
  await fb.reauthenticateWithCredential(auth.currentUser, fb.EmailAuthProvider.credential("ann@example.org", "battery staple"));
});

test("a new password by the code of a message", async () => {
  await fb.sendPasswordResetEmail(auth, "ann@example.org");
  const code = await mailed("A new password");
  assert.equal(await fb.verifyPasswordResetCode(auth, code), "Ann@example.org");
  await fb.confirmPasswordReset(auth, code, "third password");
  await refused(fb.confirmPasswordReset(auth, code, "fourth password"), "invalid-action-code");
  await fb.sendPasswordResetEmail(auth, "nobody@example.org");
  await fb.signInWithEmailAndPassword(auth, "ann@example.org", "third password");
});

test("refusals have the SDK's words", async () => {
  await refused(fb.createUserWithEmailAndPassword(auth, "ann@example.org", "correct horse"), "email-already-in-use");
  await refused(fb.createUserWithEmailAndPassword(auth, "bob@example.org", "short"), "weak-password");
  await refused(fb.createUserWithEmailAndPassword(auth, "no address", "correct horse"), "invalid-email");
  await refused(fb.signInWithEmailAndPassword(auth, "ann@example.org", "wrong horse"), "invalid-credential");
  await refused(fb.signInWithEmailAndPassword(auth, "nobody@example.org", "wrong horse"), "invalid-credential");
  await refused(fb.signInAnonymously(auth), "admin-restricted-operation");
});

test("a removed account", async () => {
  const token = await auth.currentUser.getIdToken();
  await fb.deleteUser(auth.currentUser);
  assert.equal(await readable(token), 401);
  await refused(fb.signInWithEmailAndPassword(auth, "ann@example.org", "third password"), "invalid-credential");
});

test("who guesses waits", async () => {
  await fb.createUserWithEmailAndPassword(auth, "eve@example.org", "correct horse");
  await fb.signOut(auth);
  const guesses = [];
  for (let i = 0; i < 8; ++i) guesses.push(await fb.signInWithEmailAndPassword(auth, "eve@example.org", `guess number ${i}`).catch((error) => error.code));
  assert.equal(guesses[0], "auth/invalid-credential");
  assert.equal(guesses.at(-1), "auth/too-many-requests");
});

test("a browser may ask beforehand", async () => {
  const headers = { origin: "https://shop.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type,x-client-version,x-firebase-client,x-firebase-gmpid" };
  const answer = await fetch(`${origin}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any`, { method: "OPTIONS", headers });
  assert.equal(answer.status, 200);
  for (const name of ["content-type", "x-client-version", "x-firebase-client"]) assert.ok(answer.headers.get("access-control-allow-headers").includes(name), name);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
});
