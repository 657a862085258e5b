import type { ImportCandidate, ImportPreview, Server } from '../../../shared/contract/server';
import { HoldfastError } from '../../../shared/errors';
import { PROGRAM_NAMES } from '../../../shared/model/program-names';
import { servedEntries } from '../../../shared/model/served-entries';
import type { Connector } from '../../connect/connector';
import type { KnownClient } from '../../connect/known-clients';
import type { Admin } from '../admin';
import type { Given } from '../command';
import { printLine } from '../print';

const IMPORT = '/api/mcp/import';

/** What became of a client's own servers. */
interface Moved {
  readonly takenOver: readonly string[];
  /** Names of entries that are no longer in the client's file. */
  readonly takenOut: readonly string[];
  /** Those whose command does not run before somebody has confirmed it. */
  readonly toConfirm: readonly string[];
  readonly difference: string;
}

const isTakeable = ({ verdict }: ImportCandidate): boolean => verdict === 'new' || verdict === 'renamed';

/** @throws HoldfastError `invalid_input` when the servers of a client cannot be read, or are to be taken over at undo */
export function requireServers({ id, name }: KnownClient, given: Given): void {
  if (given.flag('undo')) throw new HoldfastError('invalid_input', '--undo puts everything back, without --servers.');
  if (Object.hasOwn(PROGRAM_NAMES, id)) return;
  throw new HoldfastError('invalid_input', `The servers of ${name} cannot be read. Connect it without --servers.`);
}

/** A client's own servers, on their way behind Holdfast. */
export class OwnServers {
  private readonly admin: Admin;
  private readonly connector: Connector;
  private readonly client: KnownClient;

  constructor(admin: Admin, connector: Connector, client: KnownClient) {
    this.admin = admin;
    this.connector = connector;
    this.client = client;
  }

  /** Names, in the client's files, of those that can be taken over. */
  async takeable(): Promise<string[]> {
    return (await this.candidates()).filter(isTakeable).map(({ original_name }) => original_name);
  }

  /**
   * Takes over what can be, then takes out of the client's file what runs behind Holdfast by now. The client is connected.
   * @throws HoldfastError
   */
  async move(): Promise<Moved> {
    const { admin, connector, client } = this;
    const ids = (await this.candidates()).filter(isTakeable).map(({ id }) => id);
    const { servers } = (await admin.ask(IMPORT, { method: 'POST', body: { ids } })) as { servers: Server[] };
    const known = (await admin.ask('/api/mcp/servers')) as { servers: Server[] };
    const { file } = connector.state(client);
    const served = servedEntries(await this.candidates(), known.servers, { source: client.id, file });
    const change = connector.planTakeOut(client, served);
    if (change.taken.length > 0) connector.takeOut(client, change);
    return {
      takenOver: servers.map(({ name }) => name),
      takenOut: change.taken,
      toConfirm: servers.filter(({ trusted }) => !trusted).map(({ name }) => name),
      difference: change.difference,
    };
  }

  private async candidates(): Promise<ImportCandidate[]> {
    const { candidates } = (await this.admin.ask(IMPORT)) as ImportPreview;
    return candidates.filter(({ source }) => source === this.client.id);
  }
}

/** Says what became of a client's own servers. */
export function printMoved({ name, id }: KnownClient, { takenOver, takenOut, toConfirm, difference }: Moved): void {
  if (takenOver.length === 0 && takenOut.length === 0) printLine(`${name} has no servers of its own to take over.`);
  if (takenOver.length > 0) printLine(`Taken over: ${takenOver.join(', ')}.`);
  if (toConfirm.length > 0)
    printLine(`Not confirmed yet: ${toConfirm.join(', ')}. Look at each with "holdfast servers trust NAME".`);
  if (takenOut.length === 0) return;
  for (const line of difference.split('\n')) printLine(line);
  printLine(`Taken out of the file: ${takenOut.join(', ')}. "holdfast connect ${id} --undo" puts everything back.`);
}
