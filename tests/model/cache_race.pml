/* The races between commits, fills and look-ups, and what the cache promises of them (docs/cache.md): every way in which these
 * processes can interleave is tried. cache_race.py runs it, and then once for each macro below, which puts in a bug that must be found.
 *
 * One address is asked for. `value` stands for its answer: the number of the last commit that altered it, so that the older of two
 * answers is the smaller. The header of the WAL index is the number of the last commit, since only equality is asked of it.
 *
 * Taken for granted: memory is sequentially consistent, and a Frontier is one word (its seqlock is tried under tsan, feed_test.cc).
 * Left out: eviction and clear(), which only take entries away; errors of a read, which serve nothing.
 */
#define COMMITS (API_COMMITS + OUTSIDE_COMMITS)
#define REQUESTS (FIRST_REQUESTS + SECOND_REQUESTS)
#define NONE 255

#define MATTERS 1           /* logged, and its row touches the footprint */
#define HARMLESS 2          /* logged, and touches it not */
#define UNLOGGED 3          /* altered the answer, and no log tells */

/* ---- the database ---- */
byte version;               /* SqliteDatabase::snapshot */
byte value;
byte kind[COMMITS + 1];     /* of each commit, by its number; what the log holds */

/* ---- the feed: cache/feed.h ---- */
bit feed_locked;            /* mutex_ */
byte frontier;              /* frontier_ */
byte position = 1;          /* position_; Follower::start made the first look, which begins with a flush */
byte floor_position = 1;    /* floor_ */
byte heard_position;        /* heard_ with heard_max = 1, so that the floor rises too */
bit heard_matters;

/* ---- the follower: serve/follower.cc, store/sqlite/change_reader.cc ---- */
bit follower_locked;        /* Follower::mutex_; guards all of these */
byte last;                  /* last_: what was read up to */
byte looked;                /* the same, as soon as it is sure what the look under way reads */
byte previous;              /* previous_->snapshot */
byte stamp;
byte seen;
byte row;
bit is_whole;
byte killed;

/* ---- the entries, one for each request that fills; 0 is none ---- */
#define ENTRIES (REQUESTS + 1)
byte entry_value[ENTRIES];
byte entry_snapshot[ENTRIES];
bit is_alive[ENTRIES];      /* Entry::watch_ is alive, and the postings have it */
bit has_landed[ENTRIES];    /* Flight: the gate is open */

/* ---- the slot of the address: cache/cache.cc ---- */
bit slot_locked;            /* Shard::mutex_ */
byte slot_entry;
byte slot_flight;
byte memo;                  /* serve/memo.h */

/* ---- what the world knows: no answer to a request that arrives later may be older ---- */
byte known;

inline learn(what) {
  if
  :: what > known -> known = what
  :: else
  fi
}

inline serve(what) {
  assert(what >= must); learn(what)
}

/* Feed::match and Feed::keep of one logged row. */
inline hear(n) {
  if
  :: kind[n] == MATTERS ->
    e = 1;
    do
    :: e < ENTRIES ->
      if
      :: is_alive[e] -> is_alive[e] = 0; killed = killed | (1 << e)
      :: else
      fi;
      e++
    :: else -> break
    od;
    e = 0
  :: else
  fi;
  if
  :: kind[n] != UNLOGGED ->
    if
    :: heard_position != 0 -> floor_position = heard_position
    :: else
    fi;
    heard_position = position;
    heard_matters = (kind[n] == MATTERS)
  :: else
  fi
}

/* Feed::flush */
inline flush() {
  e = 1;
  do
  :: e < ENTRIES -> is_alive[e] = 0; killed = killed | (1 << e); e++
  :: else -> break
  od;
  e = 0;
  heard_position = 0;
  heard_matters = 0;
  floor_position = position
}

/* ChangeReader::read: stamp, transaction, stamp again; Stamp::early after some tries is not whole. */
inline look() {
  do
  :: true ->
#ifdef LOOK_STAMPED_LATE
    seen = version;
    atomic { stamp = version; is_whole = 1; looked = seen };
    break
#else
    stamp = version;
    seen = version;
    if
    :: atomic { stamp == version -> is_whole = 1; looked = seen }; break
    :: stamp != version                                      /* tried again */
    :: atomic { stamp != version -> is_whole = 0; looked = seen }; break
    fi
#endif
  od;
  skip;  /* a loop may not end in a d_step */
  d_step {
    /* has_explanation: a row of the log, or nothing was committed at all. */
    row = last + 1;
    do
    :: row <= seen && kind[row] == UNLOGGED -> row++
    :: else -> break
    od;
#ifndef UNEXPLAINED_IS_WHOLE
    is_whole = is_whole && (row <= seen || previous == stamp);
#endif
    row = last + 1
  }
}

/* Feed::apply */
inline apply() {
  atomic {
    !feed_locked ->
    feed_locked = 1;
#if !defined(COUNTED_BEFORE_LOOK) && !defined(COUNTED_LAST)
    position++
#endif
  };
#ifdef FRONTIER_BEFORE_KILLS
  frontier = stamp;
#endif
  if
  :: is_whole ->
    do
    :: row <= seen -> d_step { hear(row); row++ }
    :: else -> break
    od
  :: else -> d_step { flush() }
  fi;
  atomic {
    frontier = stamp;
#ifdef COUNTED_LAST
    position++;
#endif
    feed_locked = 0
  }
}

/* Cache::apply: Shard::release of what was killed, when no lock of the feed is held. Follower::advance: last_. What is not looked at again is forgotten. */
inline release() {
  atomic {
    !slot_locked ->
    if
    :: slot_entry != 0 && (killed & (1 << slot_entry)) -> slot_entry = 0
    :: else
    fi;
    do
    :: last < seen -> kind[last] = 0; last++
    :: else -> break
    od;
    previous = (stamp == seen && is_whole -> stamp : NONE);
    stamp = 0; seen = 0; row = 0; is_whole = 0; killed = 0;
    follower_locked = 0
  }
}

/* Follower::advance. A look that fails leaves all as it was: as if it had not been tried. */
inline advance() {
  if
  :: atomic { !follower_locked && frontier == version -> skip }
  :: atomic { !follower_locked && frontier != version -> follower_locked = 1 };
#ifdef COUNTED_BEFORE_LOOK
    position++;
#endif
    look();
    apply();
    release()
  fi
}

/* Feed::admit. The entry is seen by nobody before it stands in the slot. */
inline admit() {
  atomic {
#ifndef ADMITTED_WITHOUT_LOCK
    !feed_locked ->
#endif
    entry_value[me] = read_value;
    entry_snapshot[me] = read_stamp;
    is_fresh = 1;
#ifndef FLOOR_IGNORED
    is_fresh = is_fresh && noted >= floor_position;
#endif
#ifndef ADMITTED_BLINDLY
    is_fresh = is_fresh && !(heard_position > noted && heard_matters);
#endif
#ifdef ADMITTED_WITHOUT_LOCK
  };
  atomic {
    true ->
#endif
    is_alive[me] = is_fresh;
    is_fresh = 0;
    noted = 0
  }
}

/* Feed::is_fresh in its two steps, each with what of the caller's no other process can tell from it: taking a lock before, leaving it after. */
inline first_look(entry) {
  if
  :: entry == 0 -> is_fresh = 0
  :: entry != 0 && entry_snapshot[entry] == arrival -> is_fresh = 1; was_read_in = 1
  :: entry != 0 && entry_snapshot[entry] != arrival ->
#if defined(ENTRY_BEFORE_FRONTIER) || defined(FRONTIER_UNASKED)
    is_fresh = is_alive[entry]
#else
    is_fresh = (frontier == arrival)
#endif
  fi
}

inline second_look(entry) {
  if
  :: was_read_in -> was_read_in = 0
  :: else ->
#ifdef ENTRY_BEFORE_FRONTIER
    is_fresh = is_fresh && frontier == arrival
#else
    is_fresh = is_fresh && is_alive[entry]
#endif
  fi
}

/* Answers::arrive. One try stands for three: whoever is behind after the last goes on as one who finds the pool full. */
inline arrive() {
#ifdef ARRIVAL_BORROWED
  if
  :: arrival == NONE -> arrival = version
  :: arrival != NONE
  fi;
#else
  arrival = version;
#endif
  if
  :: frontier != arrival -> advance(); arrival = version
  :: true
  fi
}

/* Answers::fill: Answers::read_rows, SqliteDatabase::run, Shard::land. */
inline fill() {
#ifndef POSITION_NOTED_LATE
  noted = position;
#endif
#ifdef READ_STAMPED_LATE
  read_value = value;
  read_stamp = version;
#else
  read_stamp = version;
  read_value = value;
#endif
#ifdef POSITION_NOTED_LATE
  noted = position;
#endif
  admit();
  atomic {
    !slot_locked ->
    assert(slot_flight == me);
    slot_flight = 0;
    slot_entry = me;
    has_landed[me] = 1;
    serve(read_value)
  }
}

/* Answers::find, for the requests from `me` until `until`, one after the other. */
proctype reader(byte me; byte until) {
  byte must, arrival, flight, noted, read_stamp, read_value, e;
  bit is_fresh, was_read_in;
  arrival = NONE;
  do
  :: me > until -> break
  :: atomic { me <= until -> must = known; flight = memo };
    /* Answers::answer_now */
    if
    :: flight != 0 ->
      arrival = version;
      atomic { first_look(flight) };
      atomic { second_look(flight) }
    :: flight == 0
    fi;
    if
    :: atomic { is_fresh -> serve(entry_value[flight]) }
    :: !is_fresh ->
      arrive();
      do
      :: true ->
        /* Shard::lookup */
        atomic { !slot_locked -> slot_locked = 1; first_look(slot_entry) };
        atomic {
          second_look(slot_entry);
          slot_locked = 0;
          if
          :: is_fresh -> memo = slot_entry; serve(entry_value[slot_entry]); break
          :: !is_fresh && slot_flight == 0 -> slot_flight = me; flight = 0
          :: !is_fresh && slot_flight != 0 -> flight = slot_flight
          fi
        };
        if
        :: flight == 0 ->
          fill();
          break
        :: flight != 0 ->
          has_landed[flight];
#ifdef JOINED_BLINDLY
          atomic { serve(entry_value[flight]) };
          break
#else
          /* Shard::peek */
          atomic { !slot_locked -> slot_locked = 1; first_look(slot_entry) };
          atomic { second_look(slot_entry); slot_locked = 0 };
          if
          :: is_fresh
          :: !is_fresh -> arrive()
          fi
#endif
        fi
      od
    fi;
    skip;
    d_step { me++; must = 0; flight = 0; noted = 0; read_stamp = 0; read_value = 0; is_fresh = 0;
#ifndef ARRIVAL_BORROWED
      arrival = NONE
#endif
    }
  od
}

/* A commit. The one thing that is not noticed (docs/cache.md), one without a log entry between the same two looks as one with, is kept out. */
inline commit(what) {
  atomic {
    version == looked || (kind[version] == UNLOGGED) == (what == UNLOGGED) ->
    version++;
    kind[version] = what;
    if
    :: what != HARMLESS -> value = version
    :: else
    fi;
    mine = version;
    altered = value
  }
}

/* Writes::start: a change through the API is acknowledged when the cache has heard of it. */
proctype api_writer() {
  byte mine, altered, e;
end_unheard:                /* an unlogged commit before it, and nobody looks */
  if
  :: commit(MATTERS)
  :: commit(HARMLESS)
  fi;
#ifndef ACKNOWLEDGED_UNHEARD
  advance();
#endif
  atomic { assert(frontier >= mine); learn(altered) }
}

/* Another program, which knows nothing of the cache. */
proctype outside_writer() {
  byte commits, mine, altered;
  do
  :: commits < OUTSIDE_COMMITS ->
    if
    :: commit(MATTERS)
    :: commit(HARMLESS)
    :: commit(UNLOGGED)
    fi;
    atomic { learn(altered); commits++; mine = 0; altered = 0 }
  :: commits == OUTSIDE_COMMITS -> break
  od
}

init {
  atomic {
    if
    :: API_COMMITS == 1 -> run api_writer()
    :: else
    fi;
    run outside_writer();
    run reader(1, FIRST_REQUESTS);
    run reader(FIRST_REQUESTS + 1, REQUESTS)
  }
}
