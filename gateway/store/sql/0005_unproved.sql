-- 0005_unproved - a text that a channel in shadow mode took in without a proof of its origin.
-- Why:  for the hour in which a provider is set up, such a text is taken rather than refused; it stays marked for ever, because
--       anybody could have written it. The index holds those alone, so counting them for a channel costs what there are of them.
-- Undo: restore the copy that was made before this step (PATH.before-version-5); what was written since is lost.

ALTER TABLE messages ADD COLUMN is_unproved INTEGER NOT NULL DEFAULT 0 CHECK (is_unproved = 0 OR is_unproved = 1);
CREATE INDEX messages_unproved ON messages (channel) WHERE is_unproved = 1;
