-- 0006_callbacks - which acts of contacts came back from chats and pagers.
-- Why:  a provider repeats what it thinks was not heard, and somebody may repeat what was: an acceptance that comes again after the
--       contact gave the case back must not take it anew. Only keyed tags of the providers' ids are kept, for some days.
-- Undo: restore the copy that was made before this step (PATH.before-version-6); what was written since is lost.

CREATE TABLE callbacks (
    tag BLOB PRIMARY KEY CHECK (length(tag) = 16),
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX callbacks_at ON callbacks (at);
