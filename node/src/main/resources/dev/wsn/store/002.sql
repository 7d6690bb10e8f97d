-- Who a record is counted against, and a mark of this node that it was verified before it was written.
ALTER TABLE record ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0; -- 1 if it has no endpoints
ALTER TABLE record ADD COLUMN source INTEGER NOT NULL DEFAULT 0; -- number of a /24 or /48; 0: this node itself
ALTER TABLE record ADD COLUMN seal BLOB NOT NULL DEFAULT x''; -- HMAC over the other columns; empty: verify the signature
