-- 0017_glass - supervisors who opened the texts of one case against the rule, for a time.
-- Why:  a supervisor gives out cases without reading them. In an emergency it may break that glass with a reason; until when is a row,
--       so that a restart forgets neither the right nor that others have to hear of it. Rows that are over are dropped.
-- Undo: restore the copy that was made before this step (PATH.before-version-17); what was written since is lost.

CREATE TABLE glass (
    name      TEXT NOT NULL,
    case_id   INTEGER NOT NULL REFERENCES cases (id),
    broken_at INTEGER NOT NULL,
    until_at  INTEGER NOT NULL,
    PRIMARY KEY (name, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX glass_case ON glass (case_id);
