-- 0004_polls - how far a provider's listing was read, channel by channel.
-- Why:  what a webhook did not bring is fetched from the provider's own list. Where that was taken up last must outlive the daemon,
--       or an outage of the daemon itself would hide what came meanwhile; it is written in the transaction that takes the
--       messages in. A row a channel, so there are few; they hold no number and no text.
-- Undo: restore the copy that was made before this step (PATH.before-version-4); what was written since is lost.

INSERT INTO counters (name, value) VALUES ('poll', 0);

CREATE TABLE polls (
    channel     TEXT NOT NULL PRIMARY KEY,
    number      INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    cursor      TEXT NOT NULL,
    page        TEXT NOT NULL,
    pages       INTEGER NOT NULL CHECK (pages >= 0),
    since_at    INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    covered_at  INTEGER NOT NULL,
    polled_at   INTEGER NOT NULL,
    ok_at       INTEGER NOT NULL,
    failures    INTEGER NOT NULL CHECK (failures >= 0),
    error       TEXT NOT NULL,
    late_found  INTEGER NOT NULL CHECK (late_found >= 0)
) STRICT, WITHOUT ROWID;
