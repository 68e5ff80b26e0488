-- A small database of schema 18, as the program wrote it (tests/upgrade/README.md). Never edit it once released.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES('alert',2);
INSERT INTO counters VALUES('case',1003);
INSERT INTO counters VALUES('message',2);
INSERT INTO counters VALUES('note',0);
INSERT INTO counters VALUES('outbox',4);
INSERT INTO counters VALUES('outbox.cancelled',0);
INSERT INTO counters VALUES('outbox.dead',0);
INSERT INTO counters VALUES('outbox.delivered',0);
INSERT INTO counters VALUES('outbox.leased',0);
INSERT INTO counters VALUES('outbox.queued',4);
INSERT INTO counters VALUES('outbox.sent',0);
INSERT INTO counters VALUES('poll',1);
INSERT INTO counters VALUES('quarantine',0);
INSERT INTO counters VALUES('quarantine.bytes',0);
INSERT INTO counters VALUES('quarantine.rows',0);
INSERT INTO counters VALUES('reports.rows',0);
CREATE TABLE cases (
    id              INTEGER PRIMARY KEY,
    sender_tag      BLOB CHECK (length(sender_tag) = 16),
    key_wrap        BLOB,
    state           TEXT NOT NULL CHECK (state = 'open' OR state = 'taken' OR state = 'closed'),
    verification    TEXT NOT NULL CHECK (verification = 'unverified' OR verification = 'verified' OR verification = 'unfounded'),
    urgency         TEXT NOT NULL CHECK (urgency = 'critical' OR urgency = 'urgent' OR urgency = 'soon' OR urgency = 'routine'),
    categories      TEXT NOT NULL,
    flags           TEXT NOT NULL,
    language        TEXT NOT NULL,
    country         TEXT NOT NULL,
    channel         TEXT NOT NULL,
    policy          TEXT NOT NULL,
    owner           TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    opened_at       INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    closed_at       INTEGER NOT NULL,
    last_message_at INTEGER NOT NULL,
    message_count   INTEGER NOT NULL,
    purged_at       INTEGER NOT NULL DEFAULT 0,
    priority        INTEGER GENERATED ALWAYS AS
        (CASE urgency WHEN 'critical' THEN 3 WHEN 'urgent' THEN 2 WHEN 'soon' THEN 1 WHEN 'routine' THEN 0 END) VIRTUAL, consent TEXT NOT NULL DEFAULT 'none'
    CHECK (consent = 'none' OR consent = 'asked' OR consent = 'yes' OR consent = 'no' OR consent = 'override'), contacted_at INTEGER NOT NULL DEFAULT 0, safe_from_min INTEGER NOT NULL DEFAULT -1 CHECK (safe_from_min BETWEEN -1 AND 1439), safe_to_min INTEGER NOT NULL DEFAULT -1 CHECK (safe_to_min BETWEEN -1 AND 1439), joined_to INTEGER REFERENCES cases (id) CHECK (joined_to <> id), split_from INTEGER REFERENCES cases (id) CHECK (split_from <> id), split_tag BLOB CHECK (length(split_tag) = 16), read_at INTEGER NOT NULL DEFAULT 0, answered_at INTEGER NOT NULL DEFAULT 0, origin TEXT NOT NULL DEFAULT '', is_origin_stated INTEGER NOT NULL DEFAULT 0 CHECK (is_origin_stated = 0 OR is_origin_stated = 1), sex TEXT NOT NULL DEFAULT '' CHECK (sex = '' OR sex = 'female' OR sex = 'male' OR sex = 'other'),
    CHECK ((state = 'closed') = (closed_at > 0))
) STRICT;
INSERT INTO cases VALUES(1001,X'157c4a7fb979379e147d4b7eb878369f',X'07070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707','open','unverified','urgent','violence wages','','tl','SA','main','default','','referred',1764000000000,1764000000000,0,1764000000000,1,0,'none',0,-1,-1,NULL,NULL,NULL,0,0,'PH',1,'female');
INSERT INTO cases VALUES(1002,X'2af894fe72f36e3c2bf995ff73f26f3d',X'07070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707','open','unverified','urgent','violence wages','','tl','SA','main','default','','',1764000000000,1764000000000,0,1764000000000,1,0,'asked',1764000000000,1380,0,1001,NULL,NULL,1764000000000,0,'',0,'');
CREATE TABLE notes (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    at      INTEGER NOT NULL,
    author  TEXT NOT NULL,
    text    BLOB NOT NULL
) STRICT;
CREATE TABLE messages (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER REFERENCES cases (id),
    direction       TEXT NOT NULL CHECK (direction = 'in' OR direction = 'out'),
    channel         TEXT NOT NULL,
    dedupe          BLOB NOT NULL CHECK (length(dedupe) = 16),
    sender_tag      BLOB CHECK (length(sender_tag) = 16),
    key_wrap        BLOB,
    sender          BLOB,
    recipient       BLOB,
    text            BLOB,
    received_at     INTEGER NOT NULL,
    sent_at         INTEGER NOT NULL,
    language        TEXT NOT NULL,
    second_language TEXT NOT NULL,
    is_help         INTEGER NOT NULL CHECK (is_help = 0 OR is_help = 1),
    intent          TEXT NOT NULL CHECK (intent = 'help' OR intent = 'stop' OR intent = 'start' OR intent = 'safe'
                        OR intent = 'yes' OR intent = 'no' OR intent = 'thanks' OR intent = 'not_help'),
    categories      TEXT NOT NULL,
    urgency         TEXT NOT NULL CHECK (urgency = 'critical' OR urgency = 'urgent' OR urgency = 'soon' OR urgency = 'routine'),
    flags           TEXT NOT NULL,
    evidence        TEXT NOT NULL,
    is_late         INTEGER NOT NULL CHECK (is_late = 0 OR is_late = 1),
    part            INTEGER NOT NULL,
    part_total      INTEGER NOT NULL,
    copies          INTEGER NOT NULL
, author TEXT NOT NULL DEFAULT '', is_doubtful INTEGER NOT NULL DEFAULT 0 CHECK (is_doubtful = 0 OR is_doubtful = 1), is_unproved INTEGER NOT NULL DEFAULT 0 CHECK (is_unproved = 0 OR is_unproved = 1)) STRICT;
INSERT INTO messages VALUES(1,1001,'in','main',X'eb83b5804686c861ea82b4814787c960',X'157c4a7fb979379e147d4b7eb878369f',NULL,X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738',X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738',X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738393031323334353637383930313233343536373839303132333435363738393031323334353637383930313233343536373839',1764000000000,0,'tl','',1,'help','violence wages','urgent','','category:violence:12+9 category:wages:30+4',0,0,0,0,'',0,0);
INSERT INTO messages VALUES(2,1002,'in','main',X'd6076b018d0c91c3d7066a008c0d90c2',X'2af894fe72f36e3c2bf995ff73f26f3d',NULL,X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738',X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738',X'7365616c65642074657874206f662061206d6164652d7570206d6573736167652c206173206c6f6e67206173206f6e652074686174207761732070616464656420616e64207365616c656420776f756c642062653a2030313233343536373839303132333435363738393031323334353637383930313233343536373839303132333435363738393031323334353637383930313233343536373839',1764000000000,0,'tl','',1,'help','violence wages','urgent','','category:violence:12+9 category:wages:30+4',0,0,0,0,'',0,0);
CREATE TABLE alerts (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    message_id  INTEGER REFERENCES messages (id),
    contact     TEXT NOT NULL,
    policy      TEXT NOT NULL,
    step        INTEGER NOT NULL,
    public_id   TEXT NOT NULL,
    code        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state = 'open' OR state = 'held' OR state = 'acknowledged' OR state = 'declined' OR state = 'voided' OR state = 'ended'),
    wrong_tries INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    answered_at INTEGER NOT NULL
) STRICT;
INSERT INTO alerts VALUES(1,1001,1,'ngo-desk','default',0,'51c7a4f79b9773e941d7b4e78b8763f9','','open',0,1764000000000,0);
INSERT INTO alerts VALUES(2,1002,2,'ngo-desk','default',0,'a28f49ef273fe6c3b29f59ff372ff6d3','','open',0,1764000000000,0);
CREATE TABLE steps (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    policy  TEXT NOT NULL,
    step    INTEGER NOT NULL,
    state   TEXT NOT NULL CHECK (state = 'waiting' OR state = 'done' OR state = 'cancelled'),
    due_at  INTEGER NOT NULL,
    done_at INTEGER NOT NULL
) STRICT;
INSERT INTO steps VALUES(1,1001,'default',1,'waiting',1764000600000,0);
INSERT INTO steps VALUES(2,1002,'default',1,'waiting',1764000600000,0);
CREATE TABLE reports (
    id            INTEGER PRIMARY KEY,
    channel       TEXT NOT NULL,
    remote_id     TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status = 'pending' OR status = 'sent' OR status = 'delivered'
                      OR status = 'failed_temporary' OR status = 'failed' OR status = 'opted_out'),
    provider_code TEXT NOT NULL,
    at            INTEGER NOT NULL,
    kept_at       INTEGER NOT NULL,
    rank          INTEGER GENERATED ALWAYS AS
        (CASE status WHEN 'pending' THEN 0 WHEN 'sent' THEN 1 WHEN 'failed_temporary' THEN 2 WHEN 'delivered' THEN 4 ELSE 3 END) VIRTUAL
) STRICT;
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY CHECK (id > 0),
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    case_id INTEGER CHECK (case_id > 0),
    object  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    mac     BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
INSERT INTO audit VALUES(1,1764000000000,'daemon','case.open',1001,'message','',X'8efd7ac3b8be2d589cfcd91e59014288e51c13c995dc494e76534a41adf55ea6');
INSERT INTO audit VALUES(2,1764000000000,'daemon','case.open',1002,'message','',X'2350f09afdb1c4dd7fc395b11274b82d62ec14cc4cc6579aed77cc60b11a28e0');
CREATE TABLE audit_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    rows  INTEGER NOT NULL,
    mac   BLOB NOT NULL CHECK (length(mac) = 32),
    proof BLOB NOT NULL CHECK (length(proof) = 32)
) STRICT;
INSERT INTO audit_head VALUES(1,2,X'2350f09afdb1c4dd7fc395b11274b82d62ec14cc4cc6579aed77cc60b11a28e0',X'b25cd6f595356d16f8399937f8833792489155b7a84861c9b4acf3eed8dba65e');
CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state = 'kept' OR state = 'released' OR state = 'dropped'),
    request     BLOB,
    size        INTEGER NOT NULL,
    resolved_at INTEGER NOT NULL,
    resolved_by TEXT NOT NULL
) STRICT;
CREATE TABLE contacts (
    contact           TEXT NOT NULL PRIMARY KEY,
    is_on             INTEGER NOT NULL CHECK (is_on = -1 OR is_on = 0 OR is_on = 1),
    changed_at        INTEGER NOT NULL,
    last_sent_at      INTEGER NOT NULL,
    last_delivered_at INTEGER NOT NULL,
    last_answer_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE persons (
    tag                 BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    is_stopped          INTEGER NOT NULL CHECK (is_stopped = 0 OR is_stopped = 1),
    stopped_at          INTEGER NOT NULL,
    provider_blocked_at INTEGER NOT NULL,
    last_auto_at        INTEGER NOT NULL,
    asked               TEXT NOT NULL CHECK (asked = 'nothing' OR asked = 'consent' OR asked = 'who'),
    asked_at            INTEGER NOT NULL,
    asked_case_id       INTEGER REFERENCES cases (id),
    last_inbound_at     INTEGER NOT NULL,
    language            TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO persons VALUES(X'2af894fe72f36e3c2bf995ff73f26f3d',0,0,0,0,'consent',1764000000000,1002,0,'');
CREATE TABLE drills (
    id          INTEGER PRIMARY KEY,
    contact     TEXT NOT NULL,
    public_id   TEXT NOT NULL,
    code        TEXT NOT NULL,
    sent_at     INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    asked_by    TEXT NOT NULL
) STRICT;
INSERT INTO drills VALUES(1003,'ngo-desk','d1','KTRM',1764000000000,0,'uid:1000');
CREATE TABLE findings (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    object      TEXT NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    told_at     INTEGER NOT NULL,
    resolved_at INTEGER NOT NULL
) STRICT;
INSERT INTO findings VALUES(1,'case_without_step','case:1001',1764000000000,1764000000000,0,0);
CREATE TABLE joins (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id),
    key        BLOB CHECK (length(key) = 16),
    total      INTEGER NOT NULL CHECK (total > 1),
    newest_at  INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    is_told    INTEGER NOT NULL CHECK (is_told = 0 OR is_told = 1),
    is_rise    INTEGER NOT NULL CHECK (is_rise = 0 OR is_rise = 1)
) STRICT;
INSERT INTO joins VALUES(2,X'3cd61cca112378f83dd71dcb102279f9',2,1764000000000,1764000090000,0,1);
CREATE TABLE parts (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES messages (id),
    part        INTEGER NOT NULL CHECK (part > 0),
    dedupe      BLOB NOT NULL CHECK (length(dedupe) = 16),
    content     BLOB NOT NULL CHECK (length(content) = 16),
    text        BLOB,
    received_at INTEGER NOT NULL
, raw BLOB) STRICT;
INSERT INTO parts VALUES(1,2,1,X'51526749cb9caf9650536648ca9dae97',X'66ceb1c88416e73467cfb0c98517e635',X'7365616c6564',1764000000000,NULL);
CREATE TABLE origins (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    channel    TEXT NOT NULL,
    dedupe     BLOB NOT NULL CHECK (length(dedupe) = 16),
    at         INTEGER NOT NULL
) STRICT;
INSERT INTO origins VALUES(1,1,'modem',X'7b4afc473e901ed37a4bfd463f911fd2',1764000000000);
CREATE TABLE echoes (
    tag        BLOB NOT NULL CHECK (length(tag) = 16),
    message_id INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (tag, message_id, channel)
) STRICT, WITHOUT ROWID;
INSERT INTO echoes VALUES(X'7b4afc473e901ed37a4bfd463f911fd2',1,'line',1764000000000);
CREATE TABLE polls (
    channel     TEXT NOT NULL PRIMARY KEY,
    number      INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    cursor      TEXT NOT NULL,
    page        TEXT NOT NULL,
    pages       INTEGER NOT NULL CHECK (pages >= 0),
    since_at    INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    covered_at  INTEGER NOT NULL,
    polled_at   INTEGER NOT NULL,
    ok_at       INTEGER NOT NULL,
    failures    INTEGER NOT NULL CHECK (failures >= 0),
    error       TEXT NOT NULL,
    late_found  INTEGER NOT NULL CHECK (late_found >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO polls VALUES('line',1,0,1764003600000,'15071','',0,0,0,1764000000000,1764000300000,1764000000000,1,'bad_config',2);
CREATE TABLE callbacks (
    tag BLOB PRIMARY KEY CHECK (length(tag) = 16),
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO callbacks VALUES(X'66ceb1c88416e73467cfb0c98517e635',1764000000000);
CREATE TABLE IF NOT EXISTS "outbox" (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind = 'alert' OR kind = 'reply' OR kind = 'notice' OR kind = 'loop'),
    case_id         INTEGER REFERENCES cases (id),
    alert_id        INTEGER REFERENCES alerts (id),
    message_id      INTEGER REFERENCES messages (id),
    contact         TEXT NOT NULL,
    address         INTEGER NOT NULL,
    channel         TEXT NOT NULL,
    urgency         TEXT NOT NULL CHECK (urgency = 'critical' OR urgency = 'urgent' OR urgency = 'soon' OR urgency = 'routine'),
    state           TEXT NOT NULL CHECK (state = 'queued' OR state = 'leased' OR state = 'sent' OR state = 'delivered'
                        OR state = 'dead' OR state = 'cancelled'),
    due_at          INTEGER NOT NULL,
    lease_until     INTEGER NOT NULL,
    attempt         INTEGER NOT NULL CHECK (attempt >= 0),
    worker          TEXT NOT NULL,
    may_be_repeated INTEGER NOT NULL CHECK (may_be_repeated = 0 OR may_be_repeated = 1),
    outcome         TEXT CHECK (outcome = 'sent' OR outcome = 'retry_network' OR outcome = 'retry_throttled' OR outcome = 'rejected'
                        OR outcome = 'bad_config' OR outcome = 'opted_out' OR outcome = 'uncertain' OR outcome = 'unparseable'),
    provider_code   TEXT NOT NULL,
    remote_id       TEXT CHECK (remote_id <> ''),
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER NOT NULL,
    delivered_at    INTEGER NOT NULL,
    payload         BLOB,
    priority        INTEGER GENERATED ALWAYS AS
        (CASE urgency WHEN 'critical' THEN 3 WHEN 'urgent' THEN 2 WHEN 'soon' THEN 1 WHEN 'routine' THEN 0 END) VIRTUAL,
    CHECK (alert_id IS NULL OR case_id IS NOT NULL),
    CHECK ((state = 'leased') = (lease_until > 0))
) STRICT;
INSERT INTO outbox VALUES(1,'alert',1001,1,1,'ngo-desk',0,'hook','urgent','queued',1764000000000,0,0,'',0,NULL,'',NULL,1764000000000,0,0,NULL);
INSERT INTO outbox VALUES(2,'alert',1001,1,1,'ngo-desk',1,'hook','urgent','queued',1764000000000,0,0,'',0,NULL,'',NULL,1764000000000,0,0,NULL);
INSERT INTO outbox VALUES(3,'alert',1002,2,2,'ngo-desk',0,'hook','urgent','queued',1764000000000,0,0,'',0,NULL,'',NULL,1764000000000,0,0,NULL);
INSERT INTO outbox VALUES(4,'alert',1002,2,2,'ngo-desk',1,'hook','urgent','queued',1764000000000,0,0,'',0,NULL,'',NULL,1764000000000,0,0,NULL);
CREATE TABLE loops (
    id           INTEGER PRIMARY KEY,
    from_channel TEXT NOT NULL,
    to_channel   TEXT NOT NULL,
    outbox_id    INTEGER NOT NULL,
    tag          BLOB NOT NULL CHECK (length(tag) = 16),
    dedupe       BLOB CHECK (length(dedupe) = 16),
    state        TEXT NOT NULL CHECK (state = 'waiting' OR state = 'passed' OR state = 'missed' OR state = 'late'),
    started_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL
) STRICT;
INSERT INTO loops VALUES(1,'line','sim',9001,X'7b4afc473e901ed37a4bfd463f911fd2',NULL,'waiting',1764000000000,1764000300000,0);
CREATE TABLE outbox_parts (
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    part      INTEGER NOT NULL CHECK (part > 0),
    total     INTEGER NOT NULL CHECK (total >= part),
    channel   TEXT NOT NULL,
    recipient BLOB NOT NULL CHECK (length(recipient) = 16),
    content   BLOB NOT NULL CHECK (length(content) = 16),
    state     TEXT NOT NULL CHECK (state = 'given' OR state = 'doubtful' OR state = 'sent' OR state = 'delivered' OR state = 'failed'),
    remote_id TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (outbox_id, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE pins (
    channel TEXT NOT NULL PRIMARY KEY,
    tag     BLOB NOT NULL CHECK (length(tag) = 16),
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE views (
    user  TEXT NOT NULL,
    name  TEXT NOT NULL,
    query TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;
INSERT INTO views VALUES('uid:1000','children','state=open&flag=minor',1764000000000);
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
INSERT INTO users VALUES(1,'maria','caseworker',1,'ngo-desk',1764000000000,1764000001000,0,'$argon2id$v=19$m=65536,t=3,p=1$invented$invented',X'017365616c6564',58800000);
CREATE TABLE recovery (
    user INTEGER NOT NULL REFERENCES users (id),
    tag  BLOB NOT NULL CHECK (length(tag) = 16),
    PRIMARY KEY (user, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO recovery VALUES(1,X'90c646c7f709567191c747c6f6085770');
CREATE TABLE signins (
    tag      BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    name     TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role = 'viewer' OR role = 'caseworker' OR role = 'supervisor' OR role = 'auditor'),
    source   TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    fresh_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO signins VALUES(X'a5429146b1838d0fa4439047b0828c0e','maria','caseworker','',1764000000000,1764000000000,0);
CREATE TABLE tries (
    tag      BLOB NOT NULL PRIMARY KEY CHECK (length(tag) = 16),
    object   TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tries VALUES(X'babedbc56afdc4adbbbfdac46bfcc5ac','account:maria',2,1764000000000,0);
CREATE TABLE case_counts (
    month TEXT NOT NULL,
    kind  TEXT NOT NULL,
    value TEXT NOT NULL,
    cases INTEGER NOT NULL,
    PRIMARY KEY (month, kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO case_counts VALUES('2025-11','basis','',0);
INSERT INTO case_counts VALUES('2025-11','basis','stated',1);
INSERT INTO case_counts VALUES('2025-11','categories','violence wages',1);
INSERT INTO case_counts VALUES('2025-11','corridor','>SA',0);
INSERT INTO case_counts VALUES('2025-11','corridor','PH>SA',1);
INSERT INTO case_counts VALUES('2025-11','ending','',0);
INSERT INTO case_counts VALUES('2025-11','ending','referred',1);
INSERT INTO case_counts VALUES('2025-11','language','tl>',0);
INSERT INTO case_counts VALUES('2025-11','language','tl>PH',1);
INSERT INTO case_counts VALUES('2025-11','sex','',0);
INSERT INTO case_counts VALUES('2025-11','sex','female',1);
INSERT INTO case_counts VALUES('2025-11','state','open',1);
INSERT INTO case_counts VALUES('2025-11','urgency','urgent',1);
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
INSERT INTO added_words VALUES(1,'tl','categories','wages','kukurikabu',3,1764000000000,'user:maria');
CREATE TABLE glass (
    name      TEXT NOT NULL,
    case_id   INTEGER NOT NULL REFERENCES cases (id),
    broken_at INTEGER NOT NULL,
    until_at  INTEGER NOT NULL,
    PRIMARY KEY (name, case_id)
) STRICT, WITHOUT ROWID;
INSERT INTO glass VALUES('boss',1002,1764000000000,1764001800000);
CREATE UNIQUE INDEX cases_open_tag ON cases (sender_tag) WHERE state <> 'closed' AND sender_tag IS NOT NULL;
CREATE INDEX cases_closed_tag ON cases (sender_tag) WHERE state = 'closed' AND sender_tag IS NOT NULL;
CREATE INDEX notes_case ON notes (case_id);
CREATE UNIQUE INDEX messages_dedupe ON messages (dedupe);
CREATE INDEX messages_case ON messages (case_id);
CREATE UNIQUE INDEX alerts_public ON alerts (public_id);
CREATE UNIQUE INDEX alerts_code ON alerts (case_id, code) WHERE code <> '';
CREATE INDEX alerts_case ON alerts (case_id);
CREATE INDEX steps_waiting ON steps (due_at) WHERE state = 'waiting';
CREATE INDEX steps_case ON steps (case_id);
CREATE UNIQUE INDEX reports_remote ON reports (remote_id, channel);
CREATE INDEX reports_kept ON reports (kept_at);
CREATE INDEX audit_case ON audit (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX quarantine_channel ON quarantine (channel);
CREATE INDEX quarantine_at ON quarantine (at);
CREATE UNIQUE INDEX drills_public ON drills (public_id);
CREATE INDEX drills_contact ON drills (contact);
CREATE UNIQUE INDEX findings_open ON findings (kind, object) WHERE resolved_at = 0;
CREATE INDEX cases_kept ON cases (closed_at) WHERE state = 'closed' AND key_wrap IS NOT NULL;
CREATE INDEX joins_key ON joins (key) WHERE key IS NOT NULL;
CREATE INDEX joins_due ON joins (due_at) WHERE due_at > 0;
CREATE UNIQUE INDEX parts_dedupe ON parts (dedupe);
CREATE INDEX parts_message ON parts (message_id, part);
CREATE UNIQUE INDEX origins_dedupe ON origins (dedupe);
CREATE INDEX origins_message ON origins (message_id);
CREATE INDEX echoes_at ON echoes (at);
CREATE INDEX messages_unproved ON messages (channel) WHERE is_unproved = 1;
CREATE INDEX callbacks_at ON callbacks (at);
CREATE INDEX cases_joined ON cases (joined_to) WHERE joined_to IS NOT NULL;
CREATE INDEX outbox_queued ON outbox (channel, priority DESC, due_at) WHERE state = 'queued';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'leased';
CREATE INDEX outbox_dead ON outbox (channel) WHERE state = 'dead';
CREATE INDEX outbox_remote ON outbox (remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX outbox_case ON outbox (case_id, alert_id) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_auto ON outbox (created_at) WHERE kind = 'reply' AND contact = '';
CREATE UNIQUE INDEX loops_tag ON loops (tag);
CREATE UNIQUE INDEX loops_outbox ON loops (outbox_id);
CREATE INDEX loops_pair ON loops (from_channel, to_channel, state, id);
CREATE INDEX loops_newest ON loops (from_channel, to_channel, id);
CREATE INDEX loops_waiting ON loops (due_at) WHERE state = 'waiting';
CREATE INDEX loops_started ON loops (started_at);
CREATE INDEX outbox_parts_recipient ON outbox_parts (recipient, channel, at);
CREATE INDEX outbox_parts_at ON outbox_parts (at);
CREATE INDEX corrections_case ON corrections (case_id);
CREATE INDEX cases_split ON cases (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX cases_split_tag ON cases (split_tag) WHERE split_tag IS NOT NULL;
CREATE INDEX cases_live ON cases (priority DESC, opened_at, id, state, owner, last_message_at, read_at, answered_at, country, language,
    categories, flags) WHERE state <> 'closed';
CREATE INDEX cases_log ON cases (id, state, priority, owner, last_message_at, read_at, answered_at, country, language, categories,
    flags);
CREATE INDEX signins_name ON signins (name);
CREATE INDEX tries_old ON tries (last_at);
CREATE INDEX messages_none ON messages (intent, id) WHERE case_id IS NULL;
CREATE INDEX cases_opened ON cases (opened_at, state, priority, categories, language, country, origin, is_origin_stated, sex, outcome)
    WHERE joined_to IS NULL;
CREATE INDEX glass_case ON glass (case_id);
CREATE INDEX alerts_held ON alerts (id) WHERE state = 'held';
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
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
COMMIT;
PRAGMA user_version = 18;
