-- 0018_alerts_held - alerts that wait for consent.
-- Why:  whoever looks at what waits sees them first; they are few among all alerts of all years, which would be walked through.
-- Undo: restore the copy that was made before this step (PATH.before-version-18); what was written since is lost.

CREATE INDEX alerts_held ON alerts (id) WHERE state = 'held';
