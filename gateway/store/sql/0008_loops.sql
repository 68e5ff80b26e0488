-- 0008_loops - tests of the line itself: a coded SMS from one channel to the number of another, and how long it took.
-- Why:  each test has a row of its own, so that a text is known as a test by a keyed tag of its code alone, and is no message of
--       anybody's. Its text leaves through the outbox as a kind of its own; SQLite cannot widen a CHECK, so that table is made anew
--       (nothing refers to it).
-- Undo: restore the copy that was made before this step (PATH.before-version-8); what was written since is lost.

CREATE TABLE outbox_new (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind = 'alert' OR kind = 'reply' OR kind = 'notice' OR kind = 'loop'),
    case_id         INTEGER REFERENCES cases (id),
    alert_id        INTEGER REFERENCES alerts (id),
    message_id      INTEGER REFERENCES messages (id),
    contact         TEXT NOT NULL,
    address         INTEGER NOT NULL,
    channel         TEXT NOT NULL,
    urgency         TEXT NOT NULL CHECK (urgency = 'critical' OR urgency = 'urgent' OR urgency = 'soon' OR urgency = 'routine'),
    state           TEXT NOT NULL CHECK (state = 'queued' OR state = 'leased' OR state = 'sent' OR state = 'delivered'
                        OR state = 'dead' OR state = 'cancelled'),
    due_at          INTEGER NOT NULL,
    lease_until     INTEGER NOT NULL,
    attempt         INTEGER NOT NULL CHECK (attempt >= 0),
    worker          TEXT NOT NULL,
    may_be_repeated INTEGER NOT NULL CHECK (may_be_repeated = 0 OR may_be_repeated = 1),
    outcome         TEXT CHECK (outcome = 'sent' OR outcome = 'retry_network' OR outcome = 'retry_throttled' OR outcome = 'rejected'
                        OR outcome = 'bad_config' OR outcome = 'opted_out' OR outcome = 'uncertain' OR outcome = 'unparseable'),
    provider_code   TEXT NOT NULL,
    remote_id       TEXT CHECK (remote_id <> ''),
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER NOT NULL,
    delivered_at    INTEGER NOT NULL,
    payload         BLOB,
    priority        INTEGER GENERATED ALWAYS AS
        (CASE urgency WHEN 'critical' THEN 3 WHEN 'urgent' THEN 2 WHEN 'soon' THEN 1 WHEN 'routine' THEN 0 END) VIRTUAL,
    CHECK (alert_id IS NULL OR case_id IS NOT NULL),
    CHECK ((state = 'leased') = (lease_until > 0))
) STRICT;
INSERT INTO outbox_new (id, kind, case_id, alert_id, message_id, contact, address, channel, urgency, state, due_at, lease_until,
        attempt, worker, may_be_repeated, outcome, provider_code, remote_id, created_at, sent_at, delivered_at, payload)
    SELECT id, kind, case_id, alert_id, message_id, contact, address, channel, urgency, state, due_at, lease_until,
        attempt, worker, may_be_repeated, outcome, provider_code, remote_id, created_at, sent_at, delivered_at, payload
    FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_queued ON outbox (channel, priority DESC, due_at) WHERE state = 'queued';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'leased';
CREATE INDEX outbox_dead ON outbox (channel) WHERE state = 'dead';
CREATE INDEX outbox_remote ON outbox (remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX outbox_case ON outbox (case_id, alert_id) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_auto ON outbox (created_at) WHERE kind = 'reply' AND contact = '';

CREATE TABLE loops (
    id           INTEGER PRIMARY KEY,
    from_channel TEXT NOT NULL,
    to_channel   TEXT NOT NULL,
    outbox_id    INTEGER NOT NULL,
    tag          BLOB NOT NULL CHECK (length(tag) = 16),
    dedupe       BLOB CHECK (length(dedupe) = 16),
    state        TEXT NOT NULL CHECK (state = 'waiting' OR state = 'passed' OR state = 'missed' OR state = 'late'),
    started_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX loops_tag ON loops (tag);
CREATE UNIQUE INDEX loops_outbox ON loops (outbox_id);
CREATE INDEX loops_pair ON loops (from_channel, to_channel, state, id);
CREATE INDEX loops_newest ON loops (from_channel, to_channel, id);
CREATE INDEX loops_waiting ON loops (due_at) WHERE state = 'waiting';
CREATE INDEX loops_started ON loops (started_at);
