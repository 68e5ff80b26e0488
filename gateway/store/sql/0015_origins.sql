-- 0015_origins - where she comes from, her sex and how a case ended, as far as known; and cases counted by month as they change.
-- Why:  figures by corridor, sex and ending need them apart from sealed notes. An origin that no person stated is a guess (language, number)
--       and says so. A year of 100,000 cases is too long to be walked for a page, so the counts are kept in the same transaction as
--       the case, by triggers: no change can forget them. A case that was joined to another is the same person, counted once.
--       A column outcome was there from the first and never written; it holds a fixed word from now on.
-- Undo: restore the copy that was made before this step (PATH.before-version-15); what was written since is lost.

ALTER TABLE cases ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN is_origin_stated INTEGER NOT NULL DEFAULT 0 CHECK (is_origin_stated = 0 OR is_origin_stated = 1);
ALTER TABLE cases ADD COLUMN sex TEXT NOT NULL DEFAULT '' CHECK (sex = '' OR sex = 'female' OR sex = 'male' OR sex = 'other');
UPDATE cases SET origin = coalesce(CASE substr(language, 1, instr(language || '-', '-') - 1)
    WHEN 'tl' THEN 'PH' WHEN 'ceb' THEN 'PH' WHEN 'id' THEN 'ID' WHEN 'ne' THEN 'NP' WHEN 'bn' THEN 'BD' WHEN 'hi' THEN 'IN'
    WHEN 'te' THEN 'IN' WHEN 'ur' THEN 'PK' WHEN 'si' THEN 'LK' WHEN 'am' THEN 'ET' WHEN 'om' THEN 'ET' WHEN 'my' THEN 'MM'
    WHEN 'km' THEN 'KH' WHEN 'lo' THEN 'LA' WHEN 'th' THEN 'TH' WHEN 'vi' THEN 'VN' WHEN 'mg' THEN 'MG' END, '');

DROP INDEX cases_opened;
CREATE INDEX cases_opened ON cases (opened_at, state, priority, categories, language, country, origin, is_origin_stated, sex, outcome)
    WHERE joined_to IS NULL;

-- Every case once a kind; the sets of categories as they are stored.
CREATE VIEW case_values AS
    SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch') AS month, 'state' AS kind, state AS value FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'urgency', urgency FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'categories', categories FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'language', language || '>' || origin FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'corridor', origin || '>' || country FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'basis', CASE WHEN origin = '' THEN '' WHEN is_origin_stated THEN 'stated'
        ELSE 'probable' END FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'sex', sex FROM cases WHERE joined_to IS NULL
    UNION ALL SELECT id, strftime('%Y-%m', opened_at / 1000, 'unixepoch'), 'ending', outcome FROM cases WHERE joined_to IS NULL;

CREATE TABLE case_counts (
    month TEXT NOT NULL,
    kind  TEXT NOT NULL,
    value TEXT NOT NULL,
    cases INTEGER NOT NULL,
    PRIMARY KEY (month, kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO case_counts (month, kind, value, cases) SELECT month, kind, value, count(*) FROM case_values GROUP BY month, kind, value;

-- A new case is counted by the statement beside its INSERT (store/cases.c): a trigger there would make SQLite look through every table
-- that refers to cases at each of them. No case is ever deleted.
CREATE TRIGGER case_leaves_its_counts BEFORE UPDATE ON cases WHEN OLD.state <> NEW.state OR OLD.urgency <> NEW.urgency
    OR OLD.categories <> NEW.categories OR OLD.language <> NEW.language OR OLD.country <> NEW.country OR OLD.origin <> NEW.origin
    OR OLD.is_origin_stated <> NEW.is_origin_stated OR OLD.sex <> NEW.sex OR OLD.outcome <> NEW.outcome OR OLD.joined_to IS NOT NEW.joined_to BEGIN
    INSERT INTO case_counts (month, kind, value, cases) SELECT month, kind, value, -1 FROM case_values WHERE id = OLD.id
        ON CONFLICT (month, kind, value) DO UPDATE SET cases = cases - 1;
END;
CREATE TRIGGER case_comes_to_its_counts AFTER UPDATE ON cases WHEN OLD.state <> NEW.state OR OLD.urgency <> NEW.urgency
    OR OLD.categories <> NEW.categories OR OLD.language <> NEW.language OR OLD.country <> NEW.country OR OLD.origin <> NEW.origin
    OR OLD.is_origin_stated <> NEW.is_origin_stated OR OLD.sex <> NEW.sex OR OLD.outcome <> NEW.outcome OR OLD.joined_to IS NOT NEW.joined_to BEGIN
    INSERT INTO case_counts (month, kind, value, cases) SELECT month, kind, value, 1 FROM case_values WHERE id = NEW.id
        ON CONFLICT (month, kind, value) DO UPDATE SET cases = cases + 1;
END;
