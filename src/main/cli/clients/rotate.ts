import { homedir } from 'node:os';
import type { Client, RenewedKey } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { visible } from '../../../shared/visible-text';
import { Connector } from '../../connect/connector';
import { KNOWN_CLIENTS, type KnownClient } from '../../connect/known-clients';
import type { EndpointFile } from '../../platform/endpoint-file';
import type { Admin } from '../admin';
import { cliTarget } from '../connect/cli-target';
import { dataFolder } from '../find';
import { printJson, printLine } from '../print';

export interface RotateWish {
  readonly client: Client;
  readonly running: EndpointFile;
  /** Prints the key even if it could be written into the client's file. */
  readonly print: boolean;
  readonly json: boolean;
}

/**
 * Gives a client a new key: written into its file if Holdfast wrote that, otherwise printed, this once.
 * @throws HoldfastError `settings_left_alone` when the file does not allow it; the key stays as it is then
 */
export async function rotate(admin: Admin, { client, running, print, json }: RotateWish): Promise<void> {
  const folder = dataFolder();
  const connector = new Connector(folder, { home: homedir(), platform: process.platform, environment: process.env });
  const program = print ? undefined : programOf(connector, client);
  const target = cliTarget(running, folder);
  // Whatever stands against writing is said before the key is renewed.
  const variable = program ? connector.plan(program, { ...target, key: null }).variable : null;
  const path = `/api/mcp/clients/${client.client_id}/rotate`;
  const { client_key, old_key_until } = (await admin.ask(path, { method: 'POST', body: {} })) as RenewedKey;
  const file =
    program && variable === null ? written(connector, program, { ...target, key: client_key }, client) : null;
  const isShown = file === null;
  const until = new Date(old_key_until);
  if (json) {
    const key = isShown ? { client_key, ...(variable === null ? {} : { variable }) } : {};
    printJson({ ok: true, client_id: client.client_id, ...key, file, old_key_until });
    return;
  }
  if (isShown) printLine(variable === null ? client_key : `export ${variable}=${client_key}`);
  else printLine(`${client.name}: ${file} has a new key. ${program?.next ?? ''}`);
  printLine(
    `The old key works until ${until.toLocaleTimeString()}. "holdfast clients end-old-key ${client.client_id}" ends it before.`,
  );
}

/** The program whose file has the key of a client. */
const programOf = (connector: Connector, { client_id }: Client): KnownClient | undefined =>
  KNOWN_CLIENTS.find(
    (known) => connector.records.read(known.id)?.client_id === client_id && connector.state(known).connected,
  );

/** The file that was written; null when it could not be, which is said. The key must not be lost then. */
function written(
  connector: Connector,
  program: KnownClient,
  target: ReturnType<typeof cliTarget> & { readonly key: string },
  { client_id }: Client,
): string | null {
  try {
    const change = connector.plan(program, target);
    connector.connect(program, change, client_id);
    return change.snapshot.file;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    process.stderr.write(`${visible(error.message)} The new key is printed instead.\n`);
    return null;
  }
}
