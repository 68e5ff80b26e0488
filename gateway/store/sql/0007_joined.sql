-- 0007_joined - the cases that were joined to another.
-- Why:  the messages of a joined case are shown with those of the case that stays, so they are looked for at every reading; the
--       index holds joined cases alone.
-- Undo: restore the copy that was made before this step (PATH.before-version-7); what was written since is lost.

CREATE INDEX cases_joined ON cases (joined_to) WHERE joined_to IS NOT NULL;
