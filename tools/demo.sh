#!/usr/bin/env bash
# From files to an API: generates (or takes) the catalogue, loads it, serves it, and prints three commands to try.
# With --check it runs the three itself, compares each answer with what sqlite3 says, and stops everything.
# With --cache it shows what a change drops from the cache, and what it leaves there; then it stops everything, too.
# With --auth only who has signed in reads anything (demo_auth.sh); with --check it stops then, too.
# With --redis it does that with a Redis behind the cache, and kills each part (demo_redis.sh); with --check it stops then, too.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

program=$root/build/release/aljibe folder=$root/demo data='' rows=100000 port=8080 mode=show is_checked=''
while (($#)); do
  case $1 in
    --program) program=$2; shift 2 ;;
    --folder) folder=$2; shift 2 ;;
    --data) data=$(cd "$2" && pwd); shift 2 ;;
    --rows) rows=$2; shift 2 ;;
    --port) port=$2; shift 2 ;;
    --check) is_checked=yes; shift ;;
    --cache) mode=cache; shift ;;
    --redis) mode=redis; shift ;;
    --auth) mode=auth; shift ;;
    *) echo "demo: unknown option $1 (--data DIR, --rows N, --port N, --check, --cache, --redis, --auth)" >&2; exit 2 ;;
  esac
done
[[ $mode$is_checked != showyes ]] || mode=check

say() { printf '\n▸ %s\n' "$*"; }
fail() { printf '\n✗ %s\n' "$*" >&2; exit 1; }

server='' redis=''
stop() {
  [[ -z $redis ]] || kill_hard "$redis"
  redis=''
  [[ -n $server ]] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=''
}
kill_hard() {
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The shell's commands are shown before they run, as a person would type them.
run() { printf '$ %s\n' "aljibe ${*/#$data\//…/}"; "$program" "$@"; }

prepare() {
  [[ -x $program ]] || fail "no program at $program: ./dev build first"
  rm -rf "$folder"
  mkdir -p "$folder"
  cd "$folder"
  if [[ -z $data ]]; then
    say "a catalogue of $rows products, in the shape of the Amazon Products dataset"
    run generate --rows "$rows" --seed 1 --out .
    data=$folder
  fi
  local files=()
  mapfile -t files < <(find "$data" -maxdepth 1 -name '*.csv' -o -maxdepth 1 -name '*.jsonl' | sort)
  ((${#files[@]})) || fail "no .csv or .jsonl file in $data"
  say "look at the files and write aljibe.yaml"
  run init "${files[@]}"
  say "load them"
  run load
}

serve() {
  while port_taken "$port"; do port=$((port + 1)); done
  say "serve"
  launch
  cat serve.log
}

launch() {
  printf '$ aljibe serve --listen 127.0.0.1:%s\n' "$port"
  "$program" serve --listen "127.0.0.1:$port" >serve.log 2>&1 </dev/null &
  server=$!
  local tries
  for ((tries = 0; tries < 200; ++tries)); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready" && break
    kill -0 "$server" 2>/dev/null || { cat serve.log; fail "the server stopped"; }
    sleep 0.05
  done
  ((tries < 200)) || { cat serve.log; fail "the server did not become ready"; }
}

# The table of products, under whatever name its file gave it, and its database, as aljibe.yaml says.
choose() {
  database=$(sed -nE 's/^database: *"?sqlite:([^" #]*).*/\1/p' aljibe.yaml)
  products=$(sqlite3 "$database" "select name from sqlite_schema where type = 'table' and name like '%product%' order by length(name) limit 1")
  [[ -n $products ]] || fail "no table of products in $database"
  base=http://127.0.0.1:$port/rest/v1/$products
  category=$(sqlite3 "$database" "select category_id from $products where price > 0 group by 1 order by count(*) desc, 1 limit 1")
  page="$base?category_id=eq.$category&order=price.desc&limit=2&select=asin,title,price"
  count="$base?stars=gte.4.5&price=lt.20&limit=1"
  local where="from $products where category_id = $category order by price desc nulls first, asin limit 2"
  page_sql="select asin, title, price $where"
  dearest=$(sqlite3 "$database" "select asin $where" | head -1)
  count_sql="select count(*) from $products where stars >= 4.5 and price < 20"
  update_sql="update $products set price = 0.01 where asin = '$dearest'"
}

show() {
  cat <<TEXT

Three commands to try, in another terminal:

  1. The two dearest products of a category. The second time, Cache-Status says hit.
     curl -i '$page'

  2. How many are good and cheap, without reading them: see Content-Range.
     curl -sI -H 'Prefer: count=exact' '$count'

  3. Change a row behind its back; the very next answer to the first command has it.
     sqlite3 $folder/$database "$update_sql"

Documentation of this very API: http://127.0.0.1:$port/docs · stop with Ctrl-C
TEXT
}

same() { # what, expected, got
  [[ $2 == "$3" ]] || fail "$1: sqlite3 says
$2
and the API says
$3"
  printf '✓ %s\n' "$1"
}

fetch() { curl -fsS -D headers.txt "$@"; }
canonical() { jq -cS 'map(with_entries(.value |= (if type == "number" then tostring else . end)))'; }
cache_status() { sed -nE 's/^cache-status: *(.*[^\r]).*/\1/Ip' headers.txt; }

# The first command, its answer and sqlite3's.
compare_page() {
  local answer expected
  answer=$(fetch "$page" | canonical)
  expected=$(sqlite3 -json "$database" "$page_sql" | canonical)
  same "$1" "$expected" "$answer"
}

check() {
  say "run the three commands and compare"
  compare_page "the two dearest of category $category"
  compare_page "the same again"
  [[ $(cache_status) == *hit* ]] || fail "the second answer was no hit: $(cache_status)"
  printf '✓ the second came from the cache: %s\n' "$(cache_status)"

  local total
  total=$(curl -fsSI -H 'Prefer: count=exact' "$count" | sed -nE 's/^content-range: *[^\/]*\/([0-9]+).*/\1/Ip')
  same "the count of the good and cheap" "$(sqlite3 "$database" "$count_sql")" "$total"

  sqlite3 "$database" "$update_sql"
  compare_page "the first again, after sqlite3 changed the price of $dearest"
  [[ $(cache_status) != *hit* ]] || fail "a changed page came from the cache: $(cache_status)"
  printf '✓ and it was read anew: %s\n' "$(cache_status)"
  stop
  say "the demo holds"
}

# Everybody may insert, and operators may ask.
open_up() {
  sed -i '/^  [^ ]*product[^ ]*:$/,/anonymous/ s/\[read\]/[read, insert]/' aljibe.yaml
  admin=$((port + 1000))
  while port_taken "$admin"; do admin=$((admin + 1)); done
  printf '\nadmin: {port: %s}\n' "$admin" >>aljibe.yaml
}

counter() { curl -fsS "http://127.0.0.1:$admin/admin/v1/cache" | jq -r ".$1"; }
page_of() { printf '%s?category_id=eq.%s&order=price.desc&limit=5&select=asin,title,price' "$base" "$1"; }

# category, what the cache must say (a pattern); the rows must be those that sqlite3 sees.
expect_page() {
  local answer expected
  answer=$(fetch "$(page_of "$1")" | canonical)
  expected=$(sqlite3 -json "$database" "select asin, title, price from $products where category_id = $1 order by price desc nulls first, asin limit 5" | canonical)
  [[ $answer == "$expected" ]] || fail "category $1: sqlite3 says
$expected
and the API says
$answer"
  [[ $(cache_status) =~ $2 ]] || fail "category $1: the cache says $(cache_status), not $2"
  printf '✓ category %s: the rows of the database, and %s\n' "$1" "$(cache_status)"
}

cache() {
  local categories one two three dropped
  mapfile -t categories < <(sqlite3 "$database" "select category_id from $products where price > 0 group by 1 having count(*) > 9 order by count(*) desc, 1 limit 3")
  one=${categories[0]} two=${categories[1]} three=${categories[2]}
  say "the five dearest of three categories, twice each"
  for category in "${categories[@]}"; do expect_page "$category" 'fwd=miss; stored'; done
  for category in "${categories[@]}"; do expect_page "$category" 'hit'; done
  dropped=$(counter dropped)

  say "a product comes into category $one through the API, dear enough to show"
  curl -fsS -X POST "$base" -H 'Content-Type: application/json' -d "{\"asin\":\"DEMO1\",\"title\":\"by the API\",\"price\":9998.5,\"category_id\":$one}"
  printf '$ curl "http://127.0.0.1:%s/admin/v1/cache/explain?url=…"\n' "$admin"
  curl -fsS --get "http://127.0.0.1:$admin/admin/v1/cache/explain" --data-urlencode "url=$(page_of "$one" | sed 's|^http://[^/]*||')" | jq .
  expect_page "$two" 'hit'
  expect_page "$three" 'hit'
  expect_page "$one" 'fwd=stale; stored; detail=row-changed'

  say "another one into category $two, by sqlite3"
  sqlite3 "$database" "insert into $products (asin, title, price, category_id) values ('DEMO2', 'by sqlite3', 9999.5, $two)"
  expect_page "$one" 'hit'
  expect_page "$three" 'hit'
  expect_page "$two" 'fwd=stale; stored; detail=row-changed'

  say "and one into category $three, too cheap for its page"
  sqlite3 "$database" "insert into $products (asin, title, price, category_id) values ('DEMO3', 'cheap', 0.01, $three)"
  for category in "${categories[@]}"; do expect_page "$category" 'hit'; done

  say "the counters"
  same "two answers were dropped by three changed rows" 2 $(($(counter dropped) - dropped))
  same "none was dropped for want of knowledge" 0 "$(counter dropped_unsure)"
  stop
  say "the demo holds"
}

# shellcheck source=tools/demo_redis.sh
source "$root/tools/demo_redis.sh"
# shellcheck source=tools/demo_auth.sh
source "$root/tools/demo_auth.sh"

prepare
[[ $mode != cache && $mode != redis ]] || open_up
[[ $mode != redis ]] || add_redis
[[ $mode != auth ]] || add_accounts
serve
choose
if [[ $mode == check ]]; then
  check
elif [[ $mode == cache ]]; then
  cache
elif [[ ($mode == redis || $mode == auth) && -n $is_checked ]]; then
  "$mode"
  stop
  say "the demo holds"
else
  case $mode in
    redis) redis && show_redis ;;
    auth) auth && show_auth ;;
    *) show ;;
  esac
  wait "$server" || true
  server=''
fi
