import type { FoundClient } from '#src/shared/contract/connect';
import type { Input, Output } from '#src/shared/contract/index';
import { HoldfastError } from '#src/shared/errors';
import { said } from '#src/shared/messages/said';
import { clientLink } from '#src/shared/model/client-link';

const PRESENT: readonly (readonly [id: FoundClient['id'], name: string, file: string])[] = [
  ['claude-code', 'Claude Code', '~/.claude.json'],
  ['cursor', 'Cursor', '~/.cursor/mcp.json'],
  ['vscode', 'VS Code', '~/.config/Code/User/mcp.json'],
];
const ABSENT: readonly (readonly [id: FoundClient['id'], name: string])[] = [
  ['claude-desktop', 'Claude Desktop'],
  ['codex', 'Codex'],
  ['gemini', 'Gemini CLI'],
  ['windsurf', 'Windsurf'],
  ['zed', 'Zed'],
  ['opencode', 'opencode'],
  ['cline', 'Cline'],
];

/** The programs of a machine. Their files are one number each, which changes when somebody edits them. */
export class WorldConnect {
  readonly clients: FoundClient[] = [
    ...PRESENT.map(([id, name, file]) => foundClient(id, name, file)),
    ...ABSENT.map(([id, name]) => foundClient(id, name, null)),
  ];
  edits = 0;
  /** Entries of their files that run behind Holdfast by now. */
  served: string[] = [];

  set(id: FoundClient['id'], change: Partial<FoundClient>): FoundClient {
    const index = this.clients.findIndex((client) => client.id === id);
    const changed = { ...(this.clients[index] as FoundClient), ...change };
    this.clients[index] = changed;
    return changed;
  }

  handlers() {
    const change = ({ id, fingerprint }: Input<'connect.apply'>, to: Partial<FoundClient>): FoundClient => {
      if (fingerprint !== `edits ${this.edits}`) {
        throw new HoldfastError('settings_left_alone', said('said.client.changed', { file: '~/.claude.json' }));
      }
      this.edits += 1;
      return this.set(id, to);
    };
    return {
      'connect.found': (): Output<'connect.found'> => ({ clients: [...this.clients] }),
      'connect.preview': ({ id, what, key }: Input<'connect.preview'>): Output<'connect.preview'> => ({
        file: this.clients.find((client) => client.id === id)?.file?.replace('~', '/home/dev') ?? '',
        entries: what === 'switch_off' ? [...this.served] : [],
        difference:
          what === 'switch_off' && this.served.length === 0
            ? ''
            : differenceOf(what === 'undo' || what === 'switch_off' ? '-' : '+'),
        key: key ?? (id === 'claude-code' ? 'reference' : 'file'),
        reference: id === 'claude-code' ? 'own_file' : id === 'cursor' ? 'environment' : null,
        key_file: id === 'claude-code' && key !== 'file' ? '/home/dev/.config/Holdfast/keys/claude-code' : null,
        fingerprint: `edits ${this.edits}`,
      }),
      'connect.apply': (input: Input<'connect.apply'>) => ({
        ...change(input, { state: 'waiting', client_id: `c_${input.id}`, last_seen_at: null }),
        to_set:
          input.id === 'cursor' && input.key === 'reference'
            ? { variable: 'HOLDFAST_KEY_CURSOR', key: `hf_${'v'.repeat(43)}` }
            : null,
      }),
      'connect.renew': (input: Input<'connect.renew'>) => ({
        ...change(input, { state: 'waiting', last_seen_at: null, key_ends_at: null }),
        to_set: null,
      }),
      'connect.link': ({ id }: Input<'connect.link'>): Output<'connect.link'> => ({
        link: clientLink(id, 'http://127.0.0.1:8181/mcp'),
        client_id: `c_${id}`,
        key: `hf_${'l'.repeat(43)}`,
        variable: id === 'cursor' ? 'HOLDFAST_KEY_CURSOR' : null,
      }),
      'connect.switch_off': (input: Input<'connect.switch_off'>) => change(input, { taken: this.served.splice(0) }),
      'connect.undo': (input: Input<'connect.undo'>) =>
        change(input, { state: 'not_connected', client_id: null, taken: [] }),
    };
  }
}

const foundClient = (id: FoundClient['id'], name: string, file: string | null): FoundClient => ({
  id,
  name,
  file,
  state: file === null ? 'not_found' : 'not_connected',
  problem: null,
  client_id: null,
  last_seen_at: null,
  key_ends_at: null,
  taken: [],
});

const differenceOf = (mark: string): string =>
  [
    '--- a',
    '+++ b',
    '@@ -1,5 +1,11 @@',
    ' {',
    '   "mcpServers": {',
    '     "docs": { "command": "npx", "env": { "API_KEY": "…" } },',
    `${mark}    "holdfast": {`,
    `${mark}      "url": "http://127.0.0.1:8181/mcp",`,
    `${mark}      "headers": {`,
    `${mark}        "Authorization": "Bearer hf_…"`,
    `${mark}      }`,
    `${mark}    }`,
    '   }',
    ' }',
  ].join('\n');
