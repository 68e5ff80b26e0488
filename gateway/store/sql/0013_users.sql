-- 0013_users - people who come into the console: accounts, recovery codes, who is in, failures of coming in.
-- Why:  an account outlives a restart, and so must the delay after failures: who can make the daemon restart would else guess anew.
--       The password is an Argon2id string, the secret of the time codes is sealed by the vault at (users, secret, id), codes and
--       cookies are keyed tags. signins holds also who came in by a pass of the host and has no account, so it names people by name.
--       A try is counted under a tag of what was tried (a typed name may be anything, even a password); object says in words whom it
--       concerns, and only for accounts that exist and for networks.
-- Undo: restore the copy that was made before this step (PATH.before-version-13); what was written since is lost.

CREATE TABLE users (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    role         TEXT NOT NULL CHECK (role = 'viewer' OR role = 'caseworker' OR role = 'supervisor' OR role = 'auditor'),
    is_enabled   INTEGER NOT NULL CHECK (is_enabled = 0 OR is_enabled = 1),
    contact      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    enrolled_at  INTEGER NOT NULL,
    signed_in_at INTEGER NOT NULL,
    password     TEXT NOT NULL,
    secret       BLOB,
    last_step    INTEGER NOT NULL,
    CHECK ((enrolled_at > 0) = (password <> '' AND secret IS NOT NULL))
) STRICT;

CREATE TABLE recovery (
    user INTEGER NOT NULL REFERENCES users (id),
    tag  BLOB NOT NULL CHECK (length(tag) = 16),
    PRIMARY KEY (user, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE signins (
    tag      BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    name     TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role = 'viewer' OR role = 'caseworker' OR role = 'supervisor' OR role = 'auditor'),
    source   TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    fresh_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signins_name ON signins (name);

CREATE TABLE tries (
    tag      BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    object   TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_old ON tries (last_at);
