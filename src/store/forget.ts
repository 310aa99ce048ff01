import type { AccountKey, ChatKey, ContactKey } from '../domain/ids.ts'
import type { Database } from './database.ts'

/**
 * Every place where a person or a chat may stand. Event ids stay: they carry nothing and keep late duplicates out.
 * A silence for stop words stays too: forgetting must not make the bot speak again. ?1 is the account, ?2 the key.
 */
const STATEMENTS = [
  // What was said in a room, or to the owner, because of them.
  `DELETE FROM runs WHERE account = ?1 AND event IN (SELECT id FROM inbox
    WHERE account = ?1 AND (chat = ?2 OR contact = ?2))`,
  `DELETE FROM traces WHERE seq IN (SELECT seq FROM inbox WHERE account = ?1 AND (chat = ?2 OR contact = ?2))`,
  `UPDATE inbox SET body = NULL, chat = NULL, contact = NULL, is_handled = 1
    WHERE account = ?1 AND (chat = ?2 OR contact = ?2)`,
  `DELETE FROM runs WHERE account = ?1 AND seq IN (SELECT run_seq FROM steps
    WHERE account = ?1 AND (chat = ?2 OR target = ?2))`,
  `DELETE FROM hits WHERE account = ?1 AND instr(key, ?2) > 0`,
  `DELETE FROM cooldowns WHERE account = ?1 AND instr(key, ?2) > 0`,
  `DELETE FROM remembered WHERE account = ?1 AND owner = ?2`,
  `DELETE FROM mutes WHERE account = ?1 AND chat = ?2 AND reason <> 'stop-words'`,
  `DELETE FROM flows WHERE account = ?1 AND (chat = ?2 OR contact = ?2)`,
  `DELETE FROM chat_activity WHERE account = ?1 AND chat = ?2`,
  `DELETE FROM contact_activity WHERE account = ?1 AND contact = ?2`,
  `DELETE FROM pauses WHERE account = ?1 AND chat = ?2`,
  `DELETE FROM contacts WHERE account = ?1 AND key = ?2`,
]

/** Removes a person or chat from the database; what was freed is overwritten (secure_delete), the journal emptied. */
export function forgetIn(db: Database, account: AccountKey, key: ContactKey | ChatKey): number {
  const rows = db.cleaning(() =>
    STATEMENTS.reduce((sum, sql) => sum + db.prepare(sql).run(account, key).changes, 0),
  )
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  return rows
}
