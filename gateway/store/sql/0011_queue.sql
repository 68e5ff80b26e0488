-- 0011_queue - the case log as a queue of work: what is unread, what is unanswered; the views that a person keeps.
-- Why:  which texts a person has seen and answered is asked at every look at the queue, so the case says it itself: read_at is the
--       last reading by a person, answered_at the last time that words of a person reached her. Rows of before take both from the
--       audit. The two lists are walked in indexes that hold all that a filter asks, so a filter that finds little reads no rows.
-- Undo: restore the copy that was made before this step (PATH.before-version-11); what was written since is lost.

ALTER TABLE cases ADD COLUMN read_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN answered_at INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET
    read_at = coalesce((SELECT max(at) FROM audit INDEXED BY audit_case
        WHERE case_id = cases.id AND action = 'case.read'), 0),
    answered_at = coalesce((SELECT max(at) FROM audit INDEXED BY audit_case
        WHERE case_id = cases.id AND (action = 'person.say' OR action = 'person.say_override' OR action = 'case.contacted')), 0);

DROP INDEX cases_live;
DROP INDEX cases_closed;
CREATE INDEX cases_live ON cases (priority DESC, opened_at, id, state, owner, last_message_at, read_at, answered_at, country, language,
    categories, flags) WHERE state <> 'closed';
CREATE INDEX cases_log ON cases (id, state, priority, owner, last_message_at, read_at, answered_at, country, language, categories,
    flags);

-- A filter of the queue that somebody gave a name: no number and no text of a person.
CREATE TABLE views (
    user  TEXT NOT NULL,
    name  TEXT NOT NULL,
    query TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;
