# shellcheck shell=bash
# Accounts of aljibe's own: only who has signed in reads the products. Sourced by demo.sh, whose words it uses.
port=${port:?} page=${page:-} page_sql=${page_sql:-} database=${database:-} folder=${folder:?}

# Nobody reads products without a token.
add_accounts() {
  say "only who has signed in reads the products"
  sed -i '/^  [^ ]*product[^ ]*:$/,/anonymous/ s/anonymous: *\[read\]/authenticated: [read]/' aljibe.yaml
  grep -q 'authenticated: \[read\]' aljibe.yaml || fail "no table of products in aljibe.yaml that anonymous may read"
  printf '\nauth: {built_in: auth.db}\n' >>aljibe.yaml
  grep -nE 'authenticated|auth:' aljibe.yaml
}

# path, body [, more words of curl]
ask() {
  local path=$1 body=$2
  shift 2
  printf "$ curl http://127.0.0.1:%s%s -H 'Content-Type: application/json' -d '%s'\n" "$port" "$path" "$body" >&2
  curl -sS "http://127.0.0.1:$port$path" -H 'Content-Type: application/json' -d "$body" "$@"
}

status_of() { curl -s -o /dev/null -w '%{http_code}' "$@"; }

expect_status() { # what, status, words of curl
  local what=$1 expected=$2 got
  shift 2
  got=$(status_of "$@")
  [[ $got == "$expected" ]] || fail "$what: status $got, not $expected"
  printf '✓ %s: %s\n' "$what" "$got"
}

# The page with a token must be what sqlite3 sees.
expect_rows() { # what, token
  local answer expected
  answer=$(fetch -H "Authorization: Bearer $2" "$page" | canonical)
  expected=$(sqlite3 -json "$database" "$page_sql" | canonical)
  same "$1" "$expected" "$answer"
  printf '  the cache says: %s\n' "$(cache_status)"
}

auth() {
  local session token
  expect_status "the two dearest products, without a token" 401 "$page"

  say "sign up"
  session=$(ask /auth/v1/sign-up '{"email": "ann@example.org", "password": "correct horse"}')
  jq '{token_type, expires_in, user: {id: .user.id, email: .user.email, role: .user.role}}' <<<"$session"
  token=$(jq -re .access_token <<<"$session") || fail "no token: $session"
  expect_rows "the two dearest products, with the token" "$token"
  expect_rows "the same again" "$token"
  [[ $(cache_status) == *hit* ]] || fail "the second answer was no hit: $(cache_status)"

  say "a wrong password, and one of nobody: the same answer"
  same "word for word" "$(ask /auth/v1/sign-in '{"email": "ann@example.org", "password": "a guess"}')" "$(ask /auth/v1/sign-in '{"email": "bob@example.org", "password": "a guess"}')"

  say "sign in, sign out"
  session=$(ask /auth/v1/sign-in '{"email": "ann@example.org", "password": "correct horse"}')
  token=$(jq -re .access_token <<<"$session") || fail "no token: $session"
  expect_rows "with the new token, which shares the cached answer of the first" "$token"
  [[ $(cache_status) == *hit* ]] || fail "no hit: $(cache_status)"
  expect_status "sign out" 204 -X POST "http://127.0.0.1:$port/auth/v1/sign-out" -H "Authorization: Bearer $token"
  expect_status "the token at once after that" 401 -H "Authorization: Bearer $token" "$page"

  say "a key for a machine"
  run keys add nightly --role authenticated --expires 90d >key.txt
  sed 's/\(alj_[0-9a-f]*_\).*/\1…/' key.txt
  expect_rows "with the key" "$(grep -om1 '^alj_.*' key.txt)"
}

show_auth() {
  cat <<TEXT

With Firebase instead, here with its emulator, three lines of aljibe.yaml are others:

  auth:
    firebase:
      {project: demo-shop, emulator: "127.0.0.1:9099"}

And the firebase SDK signs in at aljibe as it would there:

  connectAuthEmulator(getAuth(initializeApp({apiKey: "any", projectId: "aljibe"})), "http://127.0.0.1:$port")

Messages with codes lie in $folder/mail · aljibe users list · stop with Ctrl-C
TEXT
}
