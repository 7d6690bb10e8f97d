-- What a wsn node keeps on disk. Times are Unix seconds; keys, ids and events are binary.

-- The newest address record of each key that this node has to keep.
CREATE TABLE record (
  pubkey     BLOB    NOT NULL PRIMARY KEY CHECK (length(pubkey) = 32),
  created_at INTEGER NOT NULL,
  id         BLOB    NOT NULL CHECK (length(id) = 32),
  expires_at INTEGER NOT NULL,
  event      BLOB    NOT NULL CHECK (length(event) <= 512) -- compact form, PROTOCOL.md
) WITHOUT ROWID;
CREATE INDEX record_by_expiry ON record (expires_at);

-- The newest version ever seen of each key, here or in an answer, so that an older record never wins again.
CREATE TABLE remembered (
  pubkey       BLOB    NOT NULL PRIMARY KEY CHECK (length(pubkey) = 32),
  created_at   INTEGER NOT NULL,
  id           BLOB    NOT NULL CHECK (length(id) = 32),
  forget_after INTEGER NOT NULL -- from then on every older record has expired
) WITHOUT ROWID;
CREATE INDEX remembered_by_end ON remembered (forget_after);

-- Nodes that have answered this one; asked first at the next start.
CREATE TABLE contact (
  pubkey  BLOB    NOT NULL CHECK (length(pubkey) = 32),
  ip      BLOB    NOT NULL CHECK (length(ip) IN (4, 16)),
  port    INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (pubkey, ip)
) WITHOUT ROWID;
CREATE INDEX contact_by_age ON contact (seen_at);

-- Facts about this database; `network` is the name of the network that it belongs to.
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
