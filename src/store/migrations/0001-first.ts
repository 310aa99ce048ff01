import type { Migration } from '../migrate.ts'

/**
 * The first layout. Habits: every row carries its account; times are epoch milliseconds; what is still to be done is
 * found through partial indexes, so that no question on the path of a message grows with what is merely kept.
 */
export const first: Migration = {
  version: 1,
  reason: 'first layout: inbox, runs and steps, facts, traces, contacts, schedules',
  sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Accepted events. body is JSON; NULL once its time is over, while the id stays to drop late duplicates.
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  chat TEXT,
  contact TEXT,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  body TEXT,
  is_handled INTEGER NOT NULL DEFAULT 0,
  decision TEXT,
  reason TEXT,
  rule TEXT,
  rules_version TEXT,
  handled_at INTEGER
) STRICT;
CREATE INDEX inbox_unhandled ON inbox (account, seq) WHERE is_handled = 0;
CREATE INDEX inbox_messages ON inbox (account, chat, seq) WHERE is_handled = 1 AND kind = 'message.received';
CREATE INDEX inbox_bodies ON inbox (received_at) WHERE body IS NOT NULL;

CREATE TABLE cursors (
  account TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- seq gives the order of runs in a chat; AUTOINCREMENT keeps it rising after a purge (mutes point at it).
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  event TEXT NOT NULL,
  message_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  rule_name TEXT NOT NULL,
  rules_version TEXT,
  chat TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- A step's id is its run's id and position, hence unique per (event, rule, index). born_mono and epoch date it without
-- the wall clock while the process that made it lives. text_key finds the step that an echo proves.
CREATE TABLE steps (
  seq INTEGER PRIMARY KEY,
  run_seq INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  rule TEXT NOT NULL,
  effect TEXT NOT NULL,
  target TEXT NOT NULL,
  text TEXT,
  text_key TEXT,
  delay_kind TEXT NOT NULL,
  delay_ms INTEGER NOT NULL,
  on_uncertain TEXT NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  generation INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL DEFAULT '',
  echo_message_id TEXT NOT NULL DEFAULT '',
  client_msg_id TEXT UNIQUE,
  id_generation INTEGER,
  tried_at INTEGER,
  ended_at INTEGER,
  born_at INTEGER NOT NULL,
  born_mono REAL NOT NULL,
  epoch TEXT NOT NULL,
  ttl_ms INTEGER NOT NULL,
  is_forced INTEGER NOT NULL DEFAULT 0,
  UNIQUE (run_seq, position)
) STRICT;
CREATE INDEX steps_open ON steps (account, chat, run_seq, position) WHERE is_open = 1;
CREATE INDEX steps_open_rule ON steps (account, rule, chat) WHERE is_open = 1;
CREATE INDEX steps_open_born ON steps (born_at) WHERE is_open = 1;
CREATE INDEX steps_state ON steps (account, state);
CREATE INDEX steps_tried ON steps (account, tried_at) WHERE tried_at IS NOT NULL;
CREATE INDEX steps_replies ON steps (account, target, seq) WHERE effect = 'reply' AND text IS NOT NULL;
CREATE INDEX steps_said ON steps (account, target, text_key) WHERE text_key IS NOT NULL;
CREATE INDEX steps_message ON steps (account, message_id) WHERE message_id <> '';
CREATE INDEX steps_texts ON steps (born_at) WHERE is_open = 0 AND text IS NOT NULL;

-- Server ids of our own words as they came back in the stream; more than one per step after a resend.
CREATE TABLE echoes (
  account TEXT NOT NULL,
  message_id TEXT NOT NULL,
  step_seq INTEGER NOT NULL REFERENCES steps (seq) ON DELETE CASCADE,
  PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX echoes_step ON echoes (step_seq);

-- chat '' is everything; until NULL is until a person resumes.
CREATE TABLE pauses (
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY (account, chat)
) STRICT, WITHOUT ROWID;

CREATE TABLE cooldowns (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX cooldowns_until ON cooldowns (until);

-- One row per instant; n counts the hits of the same millisecond.
CREATE TABLE hits (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  n INTEGER NOT NULL,
  keep_until INTEGER NOT NULL,
  PRIMARY KEY (account, key, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX hits_keep ON hits (keep_until);

CREATE TABLE remembered (
  account TEXT NOT NULL,
  scope TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  until INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, scope, owner, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_until ON remembered (until) WHERE until IS NOT NULL;
CREATE INDEX remembered_updated ON remembered (updated_at);

-- after_run: the newest run that existed when the silence fell; runs up to it are silenced, later ones knew about it.
CREATE TABLE mutes (
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  after_run INTEGER NOT NULL,
  PRIMARY KEY (account, chat)
) STRICT, WITHOUT ROWID;

CREATE TABLE flows (
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  contact TEXT NOT NULL,
  state TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, chat, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_activity (
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  message_at INTEGER,
  reply_at INTEGER,
  owner_at INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, chat)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_activity (
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  message_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, contact)
) STRICT, WITHOUT ROWID;

-- seq is the event's place in the inbox.
CREATE TABLE traces (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;

CREATE TABLE contacts (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_marks (
  account TEXT NOT NULL,
  schedule TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (account, schedule, due_at)
) STRICT, WITHOUT ROWID;
`,
}
