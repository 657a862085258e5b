import type { ImportPreview, Server, ServerInput, Servers, ServerTest } from '../../../shared/contract/server';

/** How an entry is saved. */
export interface SaveOptions {
  /** Name of the server that the entry takes the place of; a new one is added when left out. */
  readonly replaces?: string | undefined;
  /**
   * Whoever saves it has seen the whole command and wants it to run. It counts for no value that is kept unseen and decides
   * what runs, such as a PATH that was written into the file: that is confirmed when it is shown.
   */
  readonly confirmed: boolean;
  /** Take it even if something that it refers to is missing: it is a broken entry until that is there. */
  readonly incomplete?: boolean;
}

/**
 * Everything about servers that a person or a program may see and do: the window's contract and the REST routes are doors to
 * it. Nothing it answers holds a value of an environment or of a header.
 */
export interface ServerAdmin {
  list(): Promise<Servers>;
  /** @throws HoldfastError `server_not_found` */
  get(name: string): Promise<Server>;
  /** @throws HoldfastError `invalid_input`, `server_exists`, `server_not_found` */
  save(input: ServerInput, options: SaveOptions): Promise<Server>;
  /** @throws HoldfastError `server_not_found`, `invalid_input` */
  setEnabled(name: string, enabled: boolean): Promise<Server>;
  /**
   * Confirms the command that is shown under this fingerprint.
   * @throws HoldfastError `server_not_found`, `server_changed`
   */
  trust(name: string, fingerprint: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found` */
  remove(name: string): Promise<{ undo_id: string }>;
  /**
   * Puts back what was removed.
   * @param name - whoever says which server it was gets that one or none
   * @throws HoldfastError `not_found`, `server_exists`
   */
  undoRemove(undoId: string, name?: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found`, `server_untrusted`, `invalid_input` for a broken entry */
  test(name: string): Promise<ServerTest>;
  /** @throws HoldfastError `server_not_found`, `server_untrusted`, `invalid_input` for one that is broken or disabled */
  retry(name: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found` */
  stderr(name: string): Promise<{ lines: string[] }>;
  importPreview(): Promise<ImportPreview>;
  /** @throws HoldfastError `invalid_input` for an id that is no candidate, or one that cannot be taken */
  importEntries(ids: readonly string[]): Promise<{ servers: Server[] }>;
}
