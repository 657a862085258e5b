import type { Migration } from './migration';

/** Messages and streams know their size, and messages which request they answer, so that large ones can be dropped and say so. */
export const bytesOfMessages: Migration = {
  version: 5,
  name: '0005-bytes-of-messages',
  up(db) {
    // Messages from before count as nothing. They are gone after a day.
    db.exec(`
ALTER TABLE stream_messages ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_messages ADD COLUMN answers TEXT CHECK (answers IS NULL OR json_valid(answers));
ALTER TABLE streams ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER stream_messages_removed AFTER DELETE ON stream_messages WHEN old.bytes > 0 BEGIN
  UPDATE streams SET bytes = bytes - old.bytes WHERE stream_id = old.stream_id;
END;
`);
  },
};
