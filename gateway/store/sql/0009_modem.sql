-- 0009_modem - what a modem's worker may forget: which SMS of a message went out, which PIN was tried, a part's octets.
-- Why:  one message of ours is several SMS, and the modem may be lost between two of them: each has a row, written with its lease,
--       so that a further try sends only what surely did not go. A network counts its references to 255, so a report is matched by
--       reference and recipient; of the recipient and of the SMS only keyed tags are kept, for some days. A PIN may be tried once,
--       ever. A character may lie across two parts of a text of hers, so their octets are kept, sealed, until the text is whole.
-- Undo: restore the copy that was made before this step (PATH.before-version-9); what was written since is lost.

CREATE TABLE outbox_parts (
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    part      INTEGER NOT NULL CHECK (part > 0),
    total     INTEGER NOT NULL CHECK (total >= part),
    channel   TEXT NOT NULL,
    recipient BLOB NOT NULL CHECK (length(recipient) = 16),
    content   BLOB NOT NULL CHECK (length(content) = 16),
    state     TEXT NOT NULL CHECK (state = 'given' OR state = 'doubtful' OR state = 'sent' OR state = 'delivered' OR state = 'failed'),
    remote_id TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (outbox_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_parts_recipient ON outbox_parts (recipient, channel, at);
CREATE INDEX outbox_parts_at ON outbox_parts (at);

CREATE TABLE pins (
    channel TEXT NOT NULL PRIMARY KEY,
    tag     BLOB NOT NULL CHECK (length(tag) = 16),
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE parts ADD COLUMN raw BLOB;
