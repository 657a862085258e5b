import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckedClient } from './clients';
import type { Home } from './support';

/** How a client is made to work with a model of our own, without a person. */
export interface Agent {
  readonly command: string;
  /** Runs one task to its end. */
  readonly args: readonly string[];
  /** Tells it where the model is. Its file may name servers already, which stay. */
  prepare(home: Home, modelUrl: string): void;
  /** Adds an MCP server by hand, as its documentation says. */
  add(home: Home, name: string, url: string): void;
  /** Sets how long it waits for a call, in milliseconds. */
  limit(home: Home, name: string, ms: number): void;
}

/** Where Cline's command line keeps its settings, in the home. */
const CLINE = join('.cline', 'data', 'settings');

export const AGENTS: Readonly<Record<CheckedClient['id'], Agent>> = {
  'claude-code': {
    command: 'claude',
    args: ['-p', 'go', '--allowedTools', 'mcp__holdfast'],
    prepare(home, modelUrl) {
      mkdirSync(join(home.folder, '.claude'), { recursive: true });
      Object.assign(home.env, {
        ANTHROPIC_BASE_URL: modelUrl,
        ANTHROPIC_API_KEY: 'for-a-scripted-model',
        // Tools are listed at once instead of being found by a search.
        ENABLE_TOOL_SEARCH: 'false',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        // On a busy machine the first turn may otherwise begin before its servers are connected.
        MCP_CONNECTION_NONBLOCKING: '0',
        CLAUDE_CODE_MCP_STARTUP_WAIT_MS: '30000',
        DISABLE_AUTOUPDATER: '1',
      });
    },
    add: (home, name, url) =>
      inJson(join(home.folder, '.claude.json'), (file) => set(file, ['mcpServers', name], { type: 'http', url })),
    limit: ({ env }, _, ms) => void Object.assign(env, { MCP_TOOL_TIMEOUT: String(ms) }),
  },
  codex: {
    command: 'codex',
    args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'go'],
    prepare(home, modelUrl) {
      Object.assign(home.env, { SCRIPTED_KEY: 'for-a-scripted-model' });
      const file = join(home.folder, '.codex', 'config.toml');
      mkdirSync(dirname(file), { recursive: true });
      const provider = `[model_providers.scripted]\nname = "scripted"\nbase_url = "${modelUrl}/v1"\nwire_api = "responses"\nenv_key = "SCRIPTED_KEY"\n`;
      writeFileSync(file, `model = "gpt-5"\nmodel_provider = "scripted"\n\n${provider}\n${textOf(file)}`);
    },
    add: (home, name, url) => {
      const file = join(home.folder, '.codex', 'config.toml');
      writeFileSync(file, `${textOf(file)}\n[mcp_servers.${name}]\nurl = "${url}"\n`);
    },
    limit: (home, name, ms) => {
      const file = join(home.folder, '.codex', 'config.toml');
      const header = `[mcp_servers.${name}]\n`;
      writeFileSync(file, textOf(file).replace(header, `${header}tool_timeout_sec = ${ms / 1000}\n`));
    },
  },
  gemini: {
    command: 'gemini',
    args: ['-p', 'go', '--yolo', '--skip-trust'],
    prepare(home, modelUrl) {
      Object.assign(home.env, {
        GEMINI_API_KEY: 'for-a-scripted-model',
        GOOGLE_GEMINI_BASE_URL: modelUrl,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      });
      inJson(join(home.folder, '.gemini', 'settings.json'), (file) => {
        set(file, ['security', 'auth', 'selectedType'], 'gemini-api-key');
        set(file, ['privacy', 'usageStatisticsEnabled'], false);
      });
    },
    add: (home, name, url) =>
      inJson(join(home.folder, '.gemini', 'settings.json'), (file) =>
        set(file, ['mcpServers', name], { httpUrl: url }),
      ),
    limit: (home, name, ms) =>
      inJson(join(home.folder, '.gemini', 'settings.json'), (file) => set(file, ['mcpServers', name, 'timeout'], ms)),
  },
  opencode: {
    command: 'opencode',
    args: ['run', '-m', 'anthropic/claude-sonnet-4-5', 'go'],
    prepare(home, modelUrl) {
      Object.assign(home.env, { ANTHROPIC_API_KEY: 'for-a-scripted-model', OPENCODE_DISABLE_AUTOUPDATE: '1' });
      inJson(join(home.folder, '.config', 'opencode', 'opencode.json'), (file) =>
        set(file, ['provider', 'anthropic', 'options', 'baseURL'], `${modelUrl}/v1`),
      );
    },
    add: (home, name, url) =>
      inJson(join(home.folder, '.config', 'opencode', 'opencode.json'), (file) =>
        set(file, ['mcp', name], { type: 'remote', url }),
      ),
    limit: (home, name, ms) =>
      inJson(join(home.folder, '.config', 'opencode', 'opencode.json'), (file) =>
        set(file, ['mcp', name, 'timeout'], ms),
      ),
  },
  cline: {
    command: 'cline',
    args: ['--auto-approve', 'true', 'go on'],
    prepare(home, modelUrl) {
      const settings = {
        ...{ provider: 'openai-compatible', apiKey: 'for-a-scripted-model' },
        ...{ model: 'gpt-4o', baseUrl: `${modelUrl}/v1` },
      };
      inJson(join(home.folder, CLINE, 'providers.json'), (file) => {
        Object.assign(file, { version: 1, lastUsedProvider: 'openai-compatible', modes: {} });
        const updatedAt = new Date().toISOString();
        set(file, ['providers', 'openai-compatible'], { settings, updatedAt, tokenSource: 'manual' });
      });
    },
    add: (home, name, url) =>
      inJson(join(home.folder, CLINE, 'cline_mcp_settings.json'), (file) =>
        set(file, ['mcpServers', name], { type: 'streamableHttp', url }),
      ),
    limit: (home, name, ms) =>
      inJson(join(home.folder, CLINE, 'cline_mcp_settings.json'), (file) =>
        set(file, ['mcpServers', name, 'timeout'], ms / 1_000),
      ),
  },
};

type Json = Record<string, unknown>;

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Changes a file of JSON without comments, which need not exist. */
function inJson(file: string, change: (content: Json) => void): void {
  const content: Json = JSON.parse(textOf(file) || '{}');
  change(content);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

function set(content: Json, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    content[name] = value;
    return;
  }
  content[name] ??= {};
  set(content[name] as Json, rest, value);
}
