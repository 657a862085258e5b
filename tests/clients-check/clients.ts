import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Home } from './support';

/** A client whose own command says what it makes of its settings. */
export interface CheckedClient {
  /** As `holdfast connect` calls it. */
  readonly id: 'claude-code' | 'codex' | 'gemini' | 'opencode' | 'cline';
  readonly command: string;
  /** Its file, in the home. */
  readonly file: string;
  /** What stands in the file before, as the client itself or its user wrote it. */
  readonly before: string;
  /** Makes it list its MCP servers. */
  readonly list: readonly string[];
  /** What it prints of a server that it reached, or that it knows if it reaches none to list them. */
  readonly listed: RegExp;
  /** Whether it connects in order to list. */
  readonly comes: boolean;
  /** What its user has set. */
  readonly env: Readonly<Record<string, string>>;
  /** How the key can stand elsewhere than in its file. */
  readonly reference: 'own_file' | 'environment' | null;
}

export const CHECKED: readonly CheckedClient[] = [
  {
    ...{ id: 'claude-code', command: 'claude', file: '.claude.json', env: {}, list: ['mcp', 'list'], comes: true },
    ...{ before: '{\n  "numStartups": 1\n}\n', listed: /^holdfast: .*Connected/m, reference: 'own_file' },
  },
  {
    ...{ id: 'codex', command: 'codex', file: '.codex/config.toml', env: {}, list: ['mcp', 'list'], comes: false },
    ...{ before: '# mine\nmodel = "gpt-5"\n', listed: /^holdfast\s+http.*enabled/m, reference: 'environment' },
  },
  {
    ...{
      id: 'gemini',
      command: 'gemini',
      file: '.gemini/settings.json',
      env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
      list: ['mcp', 'list'],
      comes: true,
    },
    ...{
      before: '{\n  "ui": { "theme": "Default" } // mine\n}\n',
      listed: /holdfast: .*Connected/,
      reference: 'environment',
    },
  },
  {
    ...{
      id: 'opencode',
      command: 'opencode',
      file: '.config/opencode/opencode.json',
      env: {},
      list: ['mcp', 'list'],
      comes: true,
    },
    ...{ before: '{\n  "autoupdate": false // mine\n}\n', listed: /holdfast.*connected/, reference: 'own_file' },
  },
  {
    ...{ id: 'cline', command: 'cline', file: '.cline/data/settings/cline_mcp_settings.json', env: {}, comes: false },
    ...{ before: '{\n  "mcpServers": {}\n}\n', list: ['config', 'mcp'], listed: /holdfast/, reference: null },
  },
];

/** Puts a client's file where its user has it. */
export function writeBefore({ file, before }: CheckedClient, home: Home): string {
  const path = join(home.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, before);
  return path;
}
