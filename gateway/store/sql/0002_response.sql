-- 0002_response - what the answer to her needs: consent, her hours, who wrote; persons, drills, findings.
-- Why:  the rules of a person outlive her case, so they have a table of their own, keyed by the tag alone. A new column has a
--       default that means "not known", so a row of the first schema reads as one that was never asked. The machine's own
--       replies have a partial index: the daily budget counts a day of them at every inbound text, not the years before.
-- Undo: restore the copy that was made before this step (PATH.before-version-2); what was written since is lost.

ALTER TABLE cases ADD COLUMN consent TEXT NOT NULL DEFAULT 'none'
    CHECK (consent = 'none' OR consent = 'asked' OR consent = 'yes' OR consent = 'no' OR consent = 'override');
ALTER TABLE cases ADD COLUMN contacted_at INTEGER NOT NULL DEFAULT 0;
-- Minutes of her day, -1 = she said nothing about it.
ALTER TABLE cases ADD COLUMN safe_from_min INTEGER NOT NULL DEFAULT -1 CHECK (safe_from_min BETWEEN -1 AND 1439);
ALTER TABLE cases ADD COLUMN safe_to_min INTEGER NOT NULL DEFAULT -1 CHECK (safe_to_min BETWEEN -1 AND 1439);
ALTER TABLE cases ADD COLUMN joined_to INTEGER REFERENCES cases (id) CHECK (joined_to <> id);

ALTER TABLE messages ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0 CHECK (is_doubtful = 0 OR is_doubtful = 1);

CREATE INDEX outbox_auto ON outbox (created_at) WHERE kind = 'reply' AND contact = '';

CREATE TABLE persons (
    tag                 BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    is_stopped          INTEGER NOT NULL CHECK (is_stopped = 0 OR is_stopped = 1),
    stopped_at          INTEGER NOT NULL,
    provider_blocked_at INTEGER NOT NULL,
    last_auto_at        INTEGER NOT NULL,
    asked               TEXT NOT NULL CHECK (asked = 'nothing' OR asked = 'consent' OR asked = 'who'),
    asked_at            INTEGER NOT NULL,
    asked_case_id       INTEGER REFERENCES cases (id),
    last_inbound_at     INTEGER NOT NULL,
    language            TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids are those of the sequence of cases: one answer fits both and means one thing.
CREATE TABLE drills (
    id          INTEGER PRIMARY KEY,
    contact     TEXT NOT NULL,
    public_id   TEXT NOT NULL,
    code        TEXT NOT NULL,
    sent_at     INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    asked_by    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX drills_public ON drills (public_id);
CREATE INDEX drills_contact ON drills (contact);

CREATE TABLE findings (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    object      TEXT NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    told_at     INTEGER NOT NULL,
    resolved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX findings_open ON findings (kind, object) WHERE resolved_at = 0;

-- Whose retention is over: found without looking at those that were destroyed already.
CREATE INDEX cases_kept ON cases (closed_at) WHERE state = 'closed' AND key_wrap IS NOT NULL;
