-- 0012_figures - the cases of a period, for figures.
-- Why:  counts over a month or a year must not walk through all the years; the index holds all that is counted, so no row is read.
--       A case that was joined to another is the same person, so it is not in it. It grows at its end alone.
-- Undo: restore the copy that was made before this step (PATH.before-version-12); what was written since is lost.

CREATE INDEX cases_opened ON cases (opened_at, state, priority, categories, language, country) WHERE joined_to IS NULL;
