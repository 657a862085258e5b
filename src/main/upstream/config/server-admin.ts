import type { LoginBegun } from '../../../shared/contract/login';
import type {
  ImportPreview,
  ListedTools,
  Server,
  ServerInput,
  Servers,
  ServerTest,
} from '../../../shared/contract/server';
import type { ToolChanges } from '../../../shared/contract/tool-change';

/** Options of {@link ServerAdmin.save}. */
export interface SaveOptions {
  /** Name of the server to replace; when left out, a new one is added. */
  readonly replaces?: string | undefined;
  /**
   * The person who saves has seen the whole command and wants it to run. This does not cover a value that decides what runs
   * and was kept unseen, such as a PATH written into the file: that one is confirmed once it has been shown.
   */
  readonly confirmed: boolean;
  /** Accept an entry even if something it refers to is missing; it stays broken until that exists. */
  readonly incomplete?: boolean;
}

/**
 * Everything that people and programs can see of servers and do with them; the window and the REST routes both call it. No
 * answer contains the value of a header, or of a variable other than those that decide which code runs.
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
   * Confirms the command that was shown with this fingerprint.
   * @throws HoldfastError `server_not_found`, `server_changed` if the command is a different one by now
   */
  trust(name: string, fingerprint: string): Promise<Server>;
  /**
   * Removes a server. It can be restored until Holdfast exits.
   * @param options - `logOut`: log out of it first, for at most five seconds; that never keeps it from being removed
   * @throws HoldfastError `server_not_found`
   */
  remove(name: string, options?: { readonly logOut: boolean }): Promise<{ undo_id: string }>;
  /**
   * Restores a removed server.
   * @param name - when given, the server must have had this name
   * @throws HoldfastError `not_found`, `server_exists`
   */
  undoRemove(undoId: string, name?: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found`, `server_untrusted`, `invalid_input` for a broken entry */
  test(name: string): Promise<ServerTest>;
  /** @throws HoldfastError `server_not_found`, `server_untrusted`, `invalid_input` for one that is broken or disabled */
  retry(name: string): Promise<Server>;
  /**
   * Ends what runs of a server and starts it anew, for all sessions; calls in progress get an error. One that is down is tried
   * again now. What nobody uses stays stopped.
   * @throws HoldfastError as {@link retry}
   */
  restart(name: string): Promise<Server>;
  /**
   * Ends what runs of a server, within seconds. Sessions stay; calls in progress get an error. What is used next starts it
   * again, a server that always runs as well.
   * @param instanceId - ends only this one, if it still runs
   * @throws HoldfastError as {@link retry}
   */
  stop(name: string, instanceId?: string): Promise<Server>;
  /**
   * The tools that a server listed last. Starts nothing.
   * @throws HoldfastError `server_not_found`
   */
  tools(name: string): Promise<ListedTools>;
  /**
   * What tools of a server say of themselves that they did not say when they were used, and its version.
   * @throws HoldfastError `server_not_found`
   */
  changes(name: string): Promise<ToolChanges>;
  /**
   * Notes that somebody has looked at the changes, so that nobody is told of them any more.
   * @throws HoldfastError `server_not_found`
   */
  lookAtChanges(name: string): Promise<Server>;
  /**
   * Takes a change for all right.
   * @param tool - the tool; without it, all changes of the server
   * @throws HoldfastError `server_not_found`, `not_found` when this tool has not changed
   */
  acceptChanges(name: string, tool?: string): Promise<Server>;
  /**
   * Begins a login and says where to go with a browser. Nothing is opened.
   * @throws HoldfastError `server_not_found`, `server_untrusted`, `invalid_input` for a broken entry, `login_impossible`
   */
  logIn(name: string, how?: 'browser' | 'device'): Promise<LoginBegun>;
  /**
   * Finishes the login that these parameters of a redirect address belong to.
   * @param of - name of the server that it must belong to
   * @throws HoldfastError `login_unknown`, `login_impossible`
   */
  finishLogin(parameters: URLSearchParams, of?: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found`, `login_impossible` for a server without logins */
  cancelLogin(name: string): Promise<Server>;
  /**
   * Revokes the tokens where the authorization server offers that, and forgets them in any case.
   * @throws HoldfastError `server_not_found`, `login_impossible` for a server without logins
   */
  logOut(name: string): Promise<Server>;
  /** @throws HoldfastError `server_not_found` */
  stderr(name: string): Promise<{ lines: string[] }>;
  /** What removes all known secrets, and values of servers, from texts that are to leave the machine. */
  secretsRemover(): (text: string) => string;
  importPreview(): Promise<ImportPreview>;
  /** @throws HoldfastError `invalid_input` for an id that is not a candidate, or one that cannot be imported */
  importEntries(ids: readonly string[]): Promise<{ servers: Server[] }>;
}
