import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Input, Method, Output } from '#src/shared/contract';
import type { EventOf } from '#src/shared/contract/event';
import type { Envelope } from '#src/shared/contract/method';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';

/** A window in a browser: the contract over HTTP. */
export class Window {
  private readonly api: Api;

  private constructor(api: Api) {
    this.api = api;
  }

  static async of(host: TestHost): Promise<Window> {
    const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
    const { body } = await new Api(host, null).post(WEB.signIn, { ticket });
    return new Window(new Api(host, body.token));
  }

  async envelope<M extends Method>(method: M, input: Input<M>): Promise<Envelope<Output<M>>> {
    return (await this.api.post(`${WEB.rpc}/${method}`, input)).body;
  }

  /** Fails when the method does. */
  async call<M extends Method>(method: M, input: Input<M>): Promise<Output<M>> {
    const envelope = await this.envelope(method, input);
    if (!envelope.ok) throw new Error(`${method}: ${envelope.error.code}: ${envelope.error.message}`);
    return envelope.value;
  }

  /** Code and sentence of the failure. */
  async refusal<M extends Method>(method: M, input: Input<M>): Promise<{ code: string; message: string }> {
    const envelope = await this.envelope(method, input);
    if (envelope.ok) throw new Error(`${method} was expected to fail`);
    const { code, message } = envelope.error;
    return { code, message };
  }
}

/** Tests with a whole Holdfast and a window on it. */
export const windowTest = hostTest.extend('window', ({ host }) => Window.of(host));

export const fileOf = (host: TestHost): string => join(host.folder, 'servers.json');
export const textOf = (host: TestHost): string => readFileSync(fileOf(host), 'utf8');
export const write = (host: TestHost, text: string): void => writeFileSync(fileOf(host), text);

type Configured = EventOf<'server_configured'>['payload'];

/** The next change of the configuration that fits. Ask for it before what causes it. */
export function configured(host: TestHost, expected: Partial<Configured> = {}): Promise<Configured> {
  return new Promise((resolve) => {
    const end = host.services.bus.subscribe((events) => {
      for (const { kind, payload } of events) {
        if (kind !== 'server_configured') continue;
        if (expected.server !== undefined && payload.server !== expected.server) continue;
        if (expected.change !== undefined && payload.change !== expected.change) continue;
        end();
        resolve(payload);
      }
    });
  });
}

/** Resolves when the file has become usable, or has ceased to be. Ask for it before what causes it. */
export function fileChanged(host: TestHost): Promise<{ usable: boolean }> {
  return new Promise((resolve) => {
    const end = host.services.bus.subscribe((events) => {
      for (const event of events) {
        if (event.kind !== 'servers_file_changed') continue;
        end();
        resolve(event.payload);
      }
    });
  });
}

/** All changes of the configuration so far, oldest first, as `name change`. */
export function changesOf(host: TestHost): string[] {
  const { events } = host.services.store.events.between(0, Number.MAX_SAFE_INTEGER, ['server_configured'], 500);
  return [...events]
    .sort((a, b) => a.seq - b.seq)
    .flatMap((event) => (event.kind === 'server_configured' ? `${event.payload.server} ${event.payload.change}` : []));
}

/** Everything in the data folder that is not there to hold secrets. */
export function contentsOf(folder: string): { path: string; text: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'secrets') return [];
    return statSync(path).isDirectory() ? contentsOf(path) : [{ path, text: readFileSync(path, 'latin1') }];
  });
}
