-- 0016_added_words - words that staff added to the lexicon from the console or by helplinectl.
-- Why:  the shipped words lie in files that the daemon may not write and an upgrade replaces; what staff adds must outlive both, be in
--       the backups, and stand in the record with who added it. A row is read as an entry of the file of its language. A word is of the
--       language, never of a person.
-- Undo: restore the copy that was made before this step (PATH.before-version-16); what was written since is lost.

CREATE TABLE added_words (
    id       INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    section  TEXT NOT NULL,
    label    TEXT NOT NULL,
    words    TEXT NOT NULL,
    weight   INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 3),
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    UNIQUE (language, section, label, words)
) STRICT;
