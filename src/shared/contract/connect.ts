import { z } from 'zod';
import { call } from './method';

/** The programs that Holdfast can connect by changing their settings. */
const CONNECTABLE = [
  'claude-code',
  'claude-desktop',
  'cursor',
  'vscode',
  'codex',
  'gemini',
  'windsurf',
  'zed',
  'opencode',
  'cline',
] as const;
/** Those that take a server from a link. */
const LINKED = ['cursor', 'vscode'] as const satisfies readonly (typeof CONNECTABLE)[number][];
const idSchema = z.enum(CONNECTABLE);

const byId = z.object({ id: idSchema });

/**
 * How a client of this machine stands to Holdfast. `waiting`: its file names Holdfast, and nobody has come with that key
 * since. `connected`: somebody has. `old_key`: the key in its file was renewed and ends soon. `other_key`: it belongs to nobody. `other_address`: its file leads to
 * another port than the one where this Holdfast listens.
 */
const FOUND_STATES = [
  'not_found',
  'unreadable',
  'not_connected',
  'other_key',
  'old_key',
  'other_address',
  'waiting',
  'connected',
] as const;

/** A program that Holdfast can connect by itself. Holds no key. */
const foundClientSchema = z.object({
  id: idSchema,
  name: z.string(),
  file: z
    .string()
    .nullable()
    .describe('its file of settings, with ~ for the home folder; null if it was never used here'),
  state: z.enum(FOUND_STATES),
  problem: z.string().nullable().describe('why its file cannot be read, as a sentence'),
  client_id: z.string().nullable().describe('whose key stands in its file'),
  last_seen_at: z.number().nullable().describe('when that key last came, to the millisecond'),
  key_ends_at: z.number().nullable().describe('when the key in its file ends; null: not by itself'),
  taken: z.array(z.string()).describe('names of its own entries that were taken out of its file; undo puts them back'),
});
export type FoundClient = z.infer<typeof foundClientSchema>;
export type FoundState = FoundClient['state'];

/** Where a client's key stands: in its file, or somewhere that its file refers to. */
const KEY_WAYS = ['file', 'reference'] as const;
export type KeyWay = (typeof KEY_WAYS)[number];

/**
 * What a client's file can refer to. `own_file`: a file of Holdfast's own, which is all that it takes. `environment`: a variable
 * that the user sets.
 */
const referenceSchema = z.enum(['own_file', 'environment']);
export type ReferenceKind = z.infer<typeof referenceSchema>;

const plannedSchema = z.object({
  file: z.string(),
  entries: z.array(z.string()).describe('names of its own entries that are taken out'),
  difference: z.string().describe('unified, without secrets; empty when nothing would change'),
  key: z.enum(KEY_WAYS).describe('where the key would stand'),
  reference: referenceSchema.nullable().describe('what the file could refer to instead of the key; null: nothing'),
  key_file: z.string().nullable().describe('file of Holdfast that would be written with the key'),
  fingerprint: z.string().describe('of the file as it is and as it would be; what is shown is what is carried out'),
});
export type PlannedConnection = z.infer<typeof plannedSchema>;

/** What can be done with a client's file. */
const CONNECT_ACTIONS = ['apply', 'renew', 'switch_off', 'undo'] as const;
export type ConnectAction = (typeof CONNECT_ACTIONS)[number];

const shownInput = byId.extend({ fingerprint: z.string().max(100) });
const shown = call({ input: shownInput, output: foundClientSchema });
const keyWay = z
  .enum(KEY_WAYS)
  .optional()
  .describe('where the key is to stand; as it is now, or what is safest, if left out');

/** A new key that the user has to put somewhere, this once. */
const toSetSchema = z.object({ variable: z.string(), key: z.string() });
export type KeyToSet = z.infer<typeof toSetSchema>;
const connectedSchema = foundClientSchema.extend({
  to_set: toSetSchema
    .nullable()
    .describe('variable that the client reads its new key from; null: nothing is to be done'),
});
export type ConnectedClient = z.infer<typeof connectedSchema>;
const written = call({ input: shownInput.extend({ key: keyWay }), output: connectedSchema });

const linkSchema = z.object({
  link: z.string().describe('holds no key; the program asks before it adds anything'),
  client_id: z.string(),
  key: z.string().describe('shown this once'),
  variable: z.string().nullable().describe('that the program reads the key from; null: it asks for the key'),
});
export type ConnectLink = z.infer<typeof linkSchema>;

/** The methods of connecting other programs. Nothing from a page names a file: only a client, and what was shown. */
export const connectMethods = {
  'connect.found': call({ input: z.object({}).strict(), output: z.object({ clients: z.array(foundClientSchema) }) }),
  /** What the method of that name would change. Refused with a sentence where the file does not allow it. */
  'connect.preview': call({
    input: byId.extend({ what: z.enum(CONNECT_ACTIONS), key: keyWay }),
    output: plannedSchema,
  }),
  /** Makes a key and writes it into the client's file. Refused if the file is not as it was when it was shown. */
  'connect.apply': written,
  /** Gives the client a new key and writes it into its file. The key from before works for another 15 minutes. */
  'connect.renew': written,
  /** Makes a key, and a link by which the program adds Holdfast itself. For those that take links. */
  'connect.link': call({ input: z.object({ id: z.enum(LINKED) }), output: linkSchema }),
  /**
   * Takes those of the client's own entries out of its file that run behind Holdfast by now; the rest is left there. Only in
   * a file that Holdfast has connected.
   */
  'connect.switch_off': shown,
  /** Puts the file back with all that was in it, and takes away the key that was made for it, with its sessions. */
  'connect.undo': shown,
};
