-- 0014_messages_none - texts that opened no case, by what they were taken for.
-- Why:  whoever looks for a cry for help among adverts and thanks reads one kind at a time; without the index a page of a rare kind walks
--       through all adverts of all years. Only rows without a case are in it.
-- Undo: restore the copy that was made before this step (PATH.before-version-14); what was written since is lost.

CREATE INDEX messages_none ON messages (intent, id) WHERE case_id IS NULL;
