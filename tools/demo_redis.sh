# shellcheck shell=bash
# The cache with a second tier in Redis, and each part of it killed. Sourced by demo.sh, whose words it uses.
#
# Nine pages, three of each of three categories. Every answer is held against what sqlite3 says; after each blow aljibe is killed
# and started again, so that nothing but Redis can know a page: those that no change touched must come from there, the others must not.
port=${port:?} products=${products:-} database=${database:-} base=${base:-} admin=${admin:-} program=${program:?} folder=${folder:?}

add_redis() {
  command -v redis-server >/dev/null || fail "no redis-server: install the packages redis-server and redis-tools"
  redis_port=$((port + 2000))
  while port_taken "$redis_port"; do redis_port=$((redis_port + 1)); done
  mkdir -p redis
  say "a Redis of its own, which forgets what was asked for least lately"
  start_redis
  printf '$ echo "redis: redis://127.0.0.1:%s" >>aljibe.yaml\n' "$redis_port"
  echo "redis: redis://127.0.0.1:$redis_port" >>aljibe.yaml
}

start_redis() {
  printf '$ redis-server --port %s --dir redis --save "" --maxmemory 64mb --maxmemory-policy allkeys-lru\n' "$redis_port"
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir redis --save '' --maxmemory 64mb --maxmemory-policy allkeys-lru >>redis.log 2>&1 </dev/null &
  redis=$!
  await "Redis to answer" redis_answers
}
await_connection() { await "the server to be connected to Redis" health_says '"redis":"ok"'; }
redis_answers() { [[ $(redis-cli -p "$redis_port" ping 2>/dev/null) == PONG ]]; }

# What is done behind an answer comes some milliseconds later: looked for again and again, for 20 s.
await() { # what, command…
  local what=$1 tries
  shift
  for ((tries = 0; tries < 400; ++tries)); do
    if "$@"; then return; fi
    sleep 0.05
  done
  fail "waited in vain for $what"
}

redis_do() {
  printf '$ redis-cli -p %s%s\n' "$redis_port" "$(for word; do [[ $word != *[*\&]* ]] && printf ' %s' "$word" || printf " '%s'" "$word"; done)"
  redis-cli -p "$redis_port" "$@"
}
change() {
  printf '$ sqlite3 %s "%s"\n' "$database" "$1"
  sqlite3 "$database" "$1"
}
# A product that is dear enough for the first page of its category; with stars it is among the good ones, too.
product() { # asin, category, price, stars
  change "insert into $products (asin, title, price, category_id, stars) values ('$1', 'by sqlite3', $3, $2, ${4:-null})"
}

metric() { curl -fsS "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 == name { print $2 }'; }
lookups() { metric "aljibe_redis_lookups_total{outcome=\"$1\"}"; }
# What is not put because Redis was not asked at that time counts, too; so much of it there was.
puts() { echo $(($(metric 'aljibe_redis_puts_total{outcome="put"}') + $(drops))); }
drops() { metric 'aljibe_redis_puts_total{outcome="dropped"}'; }
have_put() { (($(puts) >= $1)); }
await_put() {
  await "the pages in Redis" have_put "$1"
  dropped=$((dropped + $(drops)))
}
dropped=0 changed=0
health() { curl -sS "http://127.0.0.1:$port/health/ready"; }
health_says() { [[ $(health) == *"$1"* ]]; }
expect_health() {
  await "/health/ready to say $1" health_says "$1"
  printf '✓ /health/ready: %s\n' "$(health)"
}

keys() { redis-cli -p "$redis_port" --scan --pattern "*:$products?*" | sort; }
key_of() { keys | grep -F ":$products?$(filter_of "$@")"; }
has_key() { key_of "$@" >/dev/null; }
lacks_key() { ! has_key "$@"; }

# Pages are named by a kind and a category; as aljibe writes their filters and order, and as sqlite3 reads them.
kinds=(dearest cheapest good)
filter_of() {
  case $1 in
    dearest) echo "category_id=eq.$2&limit=5&order=price.desc&" ;;
    cheapest) echo "category_id=eq.$2&limit=5&order=price.asc&" ;;
    good) echo "category_id=eq.$2&stars=gte.4.5&limit=5&order=price.desc&" ;;
  esac
}
target_of() { printf '/rest/v1/%s?%sselect=asin,price' "$products" "$(filter_of "$@")"; }
sql_of() {
  local good='' order='desc nulls first'
  [[ $1 != good ]] || good='and stars >= 4.5'
  [[ $1 != cheapest ]] || order='asc nulls last'
  echo "select asin, price from $products where category_id = $2 $good order by price $order, asin limit 5"
}

# kind, category, what the cache must say (a pattern): the rows must be sqlite3's.
read_page() {
  local answer expected
  answer=$(fetch "http://127.0.0.1:$port$(target_of "$1" "$2")" | canonical)
  expected=$(sqlite3 -json "$database" "$(sql_of "$1" "$2")" | canonical)
  [[ $answer == "${expected:-[]}" ]] || fail "$1 of category $2: sqlite3 says
$expected
and the API says
$answer"
  [[ $(cache_status) =~ $3 ]] || fail "$1 of category $2: the cache says $(cache_status), not $3"
}
tell_page() {
  read_page "$@"
  printf '✓ %-8s of category %-4s as in the database: %s\n' "$1" "$2" "$(cache_status)"
}
from_memory='^aljibe; hit$' from_redis='^aljibe; hit; detail=redis$' from_database='fwd=(miss|stale)'

each_page() { # command…: with kind and category behind it
  local kind category
  for category in "$one" "$two" "$three"; do
    for kind in "${kinds[@]}"; do "$@" "$kind" "$category"; done
  done
}

# "kind category" …: these are read anew, the others are in memory.
expect_memory_but() {
  local stored
  stored=$(($(puts) + $#))
  each_page expect_memory_of "$@"
  printf '✓ %d from memory, as in the database\n' $((9 - $#))
  await_put "$stored"
}
expect_memory_of() {
  local kind=${*: -2:1} category=${*: -1} page
  for page in "${@:1:$#-2}"; do
    [[ $page != "$kind $category" ]] || { tell_page "$kind" "$category" "$from_database"; return; }
  done
  read_page "$kind" "$category" "$from_memory"
}

kill_aljibe() {
  printf '$ kill -9 %s   # aljibe\n' "$server"
  kill_hard "$server"
  server=''
}
launch_again() {
  launch
  await_connection
}

# "kind category" …: these must not come from Redis now, all others must. Nobody waits long for Redis where the database is quick: on
# a busy machine it is late for some, which are then read and put there again; until each page has come from Redis, all is tried again.
expect_redis_but() {
  local attempt
  declare -A come=()
  for ((attempt = 1; attempt <= 20; ++attempt)); do
    anew=0
    each_page expect_redis_of "$@"
    ((${#come[@]} < 9 - changed)) || break
    ((dropped + $(metric 'aljibe_redis_calls_total{outcome="refused"}') + $(lookups late) > 0)) || fail "$((anew - $#)) pages did not come from Redis, which was not late"
    printf '  Redis was too slow for %d; once more\n' "$((9 - changed - ${#come[@]}))"
    await_put "$anew"
    kill_aljibe
    launch_again
    set --
  done
  ((attempt <= 20)) || fail "Redis was too slow each time"
  printf '✓ %d from Redis, as in the database\n' "${#come[@]}"
  await_put "$anew"
  dropped=0 changed=0
}
expect_redis_of() {
  local kind=${*: -2:1} category=${*: -1} page
  for page in "${@:1:$#-2}"; do
    [[ $page != "$kind $category" ]] || { tell_page "$kind" "$category" 'fwd=miss; stored'; anew=$((anew + 1)) changed=$((changed + 1)); return; }
  done
  read_page "$kind" "$category" "$from_redis|fwd=miss; stored"
  if [[ $(cache_status) =~ $from_redis ]]; then come["$kind $category"]=yes; else anew=$((anew + 1)); fi
}

warm() {
  say "three pages of three categories, twice each: the five dearest, the five cheapest, the five dearest of the good ones"
  printf "$ curl -i 'http://127.0.0.1:%s%s'\n" "$port" "$(target_of dearest "$one")"
  each_page read_all_of 'fwd=miss; stored'
  printf '✓ 9 read from the database\n'
  each_page read_all_of "$from_memory"
  printf '✓ 9 from memory\n'
  fill_redis

  say "what Redis has of category $one"
  redis_do --scan --pattern "*:$products?*category_id=eq.$one&*"
  same "so many keys in all" 9 "$(keys | wc -l)"
}
fill_redis() {
  local attempt
  for ((attempt = 1; attempt <= 10; ++attempt)); do
    await_put 9
    (($(keys | wc -l) < 9)) || { dropped=0; return; }
    ((dropped > 0)) || fail "not all pages are in Redis"
    kill_aljibe
    launch_again
    each_page read_all_of "$from_redis|fwd=miss; stored"
  done
  fail "Redis was too slow each time"
}
read_all_of() { read_page "$2" "$3" "$1"; }

# before, how many must be gone
show_gone() {
  local gone
  gone=$(comm -23 <(echo "$1") <(keys))
  printf '  gone: %s\n' "${gone//$'\n'/$'\n  gone: '}"
  same "so many keys went" "$2" "$(wc -l <<<"$gone")"
}
why() {
  printf "$ aljibe cache explain '%s'\n" "$(target_of "$@")"
  "$program" cache explain "$(target_of "$@")"
}

changes() {
  local before
  say "a product comes into category $one through the API, dear enough for one of its pages"
  await_connection
  before=$(keys)
  local row="{\"asin\":\"DEMO1\",\"title\":\"by the API\",\"price\":9990,\"category_id\":$one}"
  printf "$ curl -X POST '%s' -H 'Content-Type: application/json' -d '%s'\n" "$base" "$row"
  curl -fsS -X POST "$base" -H 'Content-Type: application/json' -d "$row"
  await "its page to leave Redis" lacks_key dearest "$one"
  show_gone "$before" 1
  why dearest "$one"
  expect_memory_but "dearest $one"

  say "another one into category $two by sqlite3, and it is good; aljibe hears of it with whatever is asked next"
  await_connection
  before=$(keys)
  product DEMO2 "$two" 9991 5
  tell_page cheapest "$three" "$from_memory"
  await "one page to leave Redis" lacks_key dearest "$two"
  await "the other page to leave Redis" lacks_key good "$two"
  show_gone "$before" 2
  why good "$two"
  expect_memory_but "dearest $two" "good $two"
}

kills_of_aljibe() {
  say "aljibe is killed and started: it has nothing in memory, and reads nothing from the database"
  kill_aljibe
  launch_again
  expect_redis_but

  say "it is killed, and while it is away a product comes into category $three"
  kill_aljibe
  product DEMO3 "$three" 9992
  key_of dearest "$three" | sed 's/^/  still in Redis: /'
  launch_again
  expect_redis_but "dearest $three"
}

kills_of_redis() {
  say "Redis writes its memory to a file, a product comes into category $one, and Redis is killed"
  redis_do save
  product DEMO4 "$one" 9993
  expect_memory_but "dearest $one"
  printf '$ kill -9 %s   # redis-server\n' "$redis"
  kill_hard "$redis"
  expect_health '"status":"degraded"'
  product DEMO5 "$two" 9994
  expect_memory_but "dearest $two"

  say "Redis comes back with what it had before: two of its pages are from another time"
  start_redis
  expect_health '"redis":"ok"'
  key_of dearest "$one" | sed 's/^/  in Redis again: /'
  key_of dearest "$two" | sed 's/^/  in Redis again: /'
  kill_aljibe
  launch_again
  expect_redis_but "dearest $one" "dearest $two"
}

stuck_redis() {
  say "Redis is there and does not answer: nobody waits for it for long, and soon nobody asks it"
  printf '$ kill -STOP %s   # redis-server\n' "$redis"
  kill -STOP "$redis"
  local limit seconds
  for limit in 1 2 3 4 6 7; do
    seconds=$(curl -fsS -o /dev/null -w '%{time_total}' "$base?category_id=eq.$one&order=price.desc&limit=$limit&select=asin,price")
    awk -v seconds="$seconds" 'BEGIN { exit !(seconds < 1) }' || fail "an answer took $seconds s"
  done
  printf '✓ six other pages, the last in %s s\n' "$seconds"
  expect_health '"status":"degraded"'
  printf '$ kill -CONT %s\n' "$redis"
  kill -CONT "$redis"
  expect_health '"redis":"ok"'
}

flushed_redis() {
  say "Redis is emptied"
  redis_do flushall
  expect_memory_but
  kill_aljibe
  launch_again
  each_page read_all_of 'fwd=miss; stored'
  printf '✓ 9 read from the database\n'
  fill_redis
}

poisoned_redis() {
  say "somebody who can write to Redis puts one page in another's place, and changes a byte of a third"
  local right wrong
  right=$(key_of dearest "$two") wrong=$(key_of dearest "$one")
  redis_do copy "$right" "$wrong" replace
  redis_do setrange "$(key_of dearest "$three")" 200 x
  kill_aljibe
  launch_again
  expect_redis_but "dearest $one" "dearest $three"
}

older_database() {
  say "aljibe is killed and a copy of the database is made; aljibe is started, products come and are shown, and it is killed"
  kill_aljibe
  change 'pragma wal_checkpoint(truncate)'
  printf '$ cp %s older.db\n' "$database"
  cp "$database" older.db
  launch_again
  expect_redis_but
  product LOST1 "$one" 9998
  product LOST2 "$two" 9999 5
  expect_memory_but "dearest $one" "dearest $two" "good $two"
  kill_aljibe
  say "the older copy is put back, and goes on another way: nothing of the lost time is served"
  printf '$ rm -f %s-wal %s-shm; cp older.db %s\n' "$database" "$database" "$database"
  rm -f "$database-wal" "$database-shm"
  cp older.db "$database"
  product DEMO6 "$three" 9995
  product DEMO7 "$three" 9996
  key_of dearest "$one" | sed 's/^/  in Redis, with LOST1: /'
  launch_again
  expect_redis_but "dearest $one" "dearest $two" "good $two" "dearest $three"
}

redis() {
  local categories
  mapfile -t categories < <(sqlite3 "$database" "select category_id from $products where price > 0 group by 1 having count(*) > 9 order by count(*) desc, 1 limit 3")
  ((${#categories[@]} == 3)) || fail "the demo wants three categories of ten products"
  one=${categories[0]} two=${categories[1]} three=${categories[2]}
  await_connection
  warm
  changes
  kills_of_aljibe
  kills_of_redis
  stuck_redis
  flushed_redis
  poisoned_redis
  older_database
}

show_redis() {
  cat <<TEXT

Redis and the API go on; in another terminal:

  curl -i 'http://127.0.0.1:$port$(target_of dearest "$one")'
  redis-cli -p $redis_port --scan
  curl -s http://127.0.0.1:$port/metrics | grep aljibe_redis
  sqlite3 $folder/$database "update $products set price = 0.01 where category_id = $one and price > 9000"
  cd $folder && $program cache explain '$(target_of dearest "$one")'

Stop with Ctrl-C
TEXT
}
