-- 0010_corrections - what people put right in the machine's reading, and texts that were moved into a case of their own.
-- Why:  a correction is kept with the labels before and after it, so that words can be found which the lexicon lacks; it holds no
--       word of hers. Its text may be removed later (a copy by another path), so it is named without a reference. A case that was split off is of a number that another open case may have: no text is led to it by its number,
--       but what that number asked of us (STOP) must outlive the other case, so the tag is kept in a column of its own.
-- Undo: restore the copy that was made before this step (PATH.before-version-10); what was written since is lost.

CREATE TABLE corrections (
    id             INTEGER PRIMARY KEY,
    case_id        INTEGER NOT NULL REFERENCES cases (id),
    message_id     INTEGER CHECK (message_id > 0),
    at             INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    old_language   TEXT NOT NULL,
    new_language   TEXT NOT NULL,
    old_is_help    INTEGER NOT NULL CHECK (old_is_help = 0 OR old_is_help = 1),
    new_is_help    INTEGER NOT NULL CHECK (new_is_help = 0 OR new_is_help = 1),
    old_urgency    TEXT NOT NULL CHECK (old_urgency = 'critical' OR old_urgency = 'urgent' OR old_urgency = 'soon' OR old_urgency = 'routine'),
    new_urgency    TEXT NOT NULL CHECK (new_urgency = 'critical' OR new_urgency = 'urgent' OR new_urgency = 'soon' OR new_urgency = 'routine'),
    old_categories TEXT NOT NULL,
    new_categories TEXT NOT NULL,
    old_flags      TEXT NOT NULL,
    new_flags      TEXT NOT NULL
) STRICT;
CREATE INDEX corrections_case ON corrections (case_id);

ALTER TABLE cases ADD COLUMN split_from INTEGER REFERENCES cases (id) CHECK (split_from <> id);
ALTER TABLE cases ADD COLUMN split_tag BLOB CHECK (length(split_tag) = 16);
CREATE INDEX cases_split ON cases (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX cases_split_tag ON cases (split_tag) WHERE split_tag IS NOT NULL;
