-- 0003_parts - a long SMS that arrives in pieces, and an SMS that arrives by two paths.
-- Why:  each piece is durable before its answer, so it has a row of its own; their message has a row in joins that says what is
--       still to be told, and when. A piece of text is emptied as soon as the message holds the whole. The key that finds the
--       message of a piece, and the tag of a text in echoes, are keyed tags; echoes are forgotten after a day.
-- Undo: restore the copy that was made before this step (PATH.before-version-3); what was written since is lost.

CREATE TABLE joins (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id),
    key        BLOB CHECK (length(key) = 16),
    total      INTEGER NOT NULL CHECK (total > 1),
    newest_at  INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    is_told    INTEGER NOT NULL CHECK (is_told = 0 OR is_told = 1),
    is_rise    INTEGER NOT NULL CHECK (is_rise = 0 OR is_rise = 1)
) STRICT;
CREATE INDEX joins_key ON joins (key) WHERE key IS NOT NULL;
CREATE INDEX joins_due ON joins (due_at) WHERE due_at > 0;

CREATE TABLE parts (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES messages (id),
    part        INTEGER NOT NULL CHECK (part > 0),
    dedupe      BLOB NOT NULL CHECK (length(dedupe) = 16),
    content     BLOB NOT NULL CHECK (length(content) = 16),
    text        BLOB,
    received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX parts_dedupe ON parts (dedupe);
CREATE INDEX parts_message ON parts (message_id, part);

-- The further arrivals of a message by other channels; the first stands in messages.
CREATE TABLE origins (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    channel    TEXT NOT NULL,
    dedupe     BLOB NOT NULL CHECK (length(dedupe) = 16),
    at         INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX origins_dedupe ON origins (dedupe);
CREATE INDEX origins_message ON origins (message_id);

-- What number said what by which channel in the last hours.
CREATE TABLE echoes (
    tag        BLOB NOT NULL CHECK (length(tag) = 16),
    message_id INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (tag, message_id, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX echoes_at ON echoes (at);
