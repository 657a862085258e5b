import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { said } from '../../../../shared/messages/said';
import { decodeText } from '../../../config-text/decode';
import { escapeReferences, isReference } from '../file/expand';
import { deniedOf, denyRulesIn, leftOutRemark, settingsBelow, unsureRemark } from './claude-deny';
import type { FoundFile, RawEntry, ReadContext } from './found-entry';
import { type Json, readJsonObject } from './json';
import { understand } from './understand';

/** Finds the servers in the text of a file. Throws an `Error` whose message is `<line>: <what is wrong>`. */
export type EntryReader = (text: string, context: ReadContext) => FoundFile;

/** How many of Claude Code's projects are looked at. */
const MOST_PROJECTS = 500;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

const entriesOf = (servers: unknown, project?: string): RawEntry[] =>
  Object.entries(object(servers)).map(([name, value]) => ({
    name,
    value,
    ...(project === undefined ? {} : { project }),
  }));

const same = (text: string): string => text;

const namesIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : [];

/** `~/.claude.json`: the user's servers and those of each project. A project may also have its own `.mcp.json`. */
export const readClaudeCode: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  const projects = Object.entries(object(root.projects)).slice(0, MOST_PROJECTS);
  const offIn = (name: string): string[] =>
    projects.flatMap(([project, value]) => (namesIn(object(value).disabledMcpServers).includes(name) ? [project] : []));
  const denied = denyRulesIn(userSettings(context));
  const everywhere = entriesOf(root.mcpServers).map((entry): RawEntry => {
    const [project, ...others] = offIn(entry.name);
    if (project === undefined) return entry;
    const more = others.length;
    const remark =
      more > 0 ? said('said.import.off_in_more', { project, more }) : said('said.import.off_in', { project });
    return { ...entry, remark };
  });
  const ofProjects = projects.flatMap(([project, value]) => {
    const off = namesIn(object(value).disabledMcpServers);
    const own = entriesOf(object(value).mcpServers, project);
    if (own.length === 0) return [];
    const rules = [...denied, ...denyRulesIn(settingsBelow(join(project, '.claude')))];
    return own.map((entry) => unlessDenied(unlessOff(entry, off), rules));
  });
  return {
    entries: [...everywhere.map((entry) => unlessDenied(entry, denied)), ...ofProjects].map((entry) =>
      understand(entry, { source: 'claude-code', translate: same }, context),
    ),
    more: projects.map(([folder, value]) => {
      const { disabledMcpServers, disabledMcpjsonServers } = object(value);
      const switchedOff = [...namesIn(disabledMcpServers), ...namesIn(disabledMcpjsonServers)];
      return { project: { folder, switchedOff }, file: join(folder, '.mcp.json') };
    }),
  };
};

/** A project's `.mcp.json`. Some people leave out the object around the servers. */
export const readProjectFile: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  const { folder, switchedOff } = context.project ?? { folder: undefined, switchedOff: [] };
  const refused = folder === undefined ? [] : refusedIn(folder);
  const rules = denyRulesIn([
    ...userSettings(context),
    ...(folder === undefined ? [] : settingsBelow(join(folder, '.claude'))),
  ]);
  const entries = entriesOf(root.mcpServers ?? root, folder).map((it) =>
    unlessDenied(unlessOff(it, [...switchedOff, ...refused]), rules),
  );
  return {
    entries: entries.map((raw) => understand(raw, { source: 'claude-code', translate: same }, context)),
    more: [],
  };
};

const unlessOff = (entry: RawEntry, off: readonly string[]): RawEntry =>
  off.includes(entry.name) ? { ...entry, switchedOff: said('said.import.disabled') } : entry;

/** Claude Code's settings of the user, which hold in every project. */
const userSettings = ({ home, environment }: ReadContext): string[] => [
  join(environment.CLAUDE_CONFIG_DIR ?? join(home, '.claude'), 'settings.json'),
];

function unlessDenied(entry: RawEntry, rules: readonly string[]): RawEntry {
  const { limits, leftOut } = deniedOf(entry.name, rules);
  const remark = [entry.remark ?? '', leftOutRemark(leftOut), unsureRemark(limits)].filter(Boolean).join(' ');
  return { ...entry, limits, ...(remark === '' ? {} : { remark }) };
}

/** Claude Code also keeps the answer to "Use this server?" in the settings of the project. */
function refusedIn(project: string): string[] {
  return settingsBelow(join(project, '.claude')).flatMap((file) => {
    try {
      const text = decodeText(readFileSync(file));
      return namesIn(readJsonObject(text).disabledMcpjsonServers);
    } catch {
      // Most projects have no such file, and a broken one says nothing about servers.
      return [];
    }
  });
}

/** Claude Desktop expands no references. */
export const readClaudeDesktop: EntryReader = (text, context) => {
  const raw = entriesOf(readJsonObject(text).mcpServers);
  const dialect = { source: 'claude-desktop', translate: escapeReferences } as const;
  return { entries: raw.map((entry) => understand(entry, dialect, context)), more: [] };
};

/** Expands the names that Cursor and VS Code have for the path separator and the home folder. */
const translateCode =
  (home: string) =>
  (text: string): string =>
    text.replace(/\$\{userHome\}/g, home).replace(/\$\{(?:pathSeparator|\/)\}/g, sep);

export const readCursor: EntryReader = (text, context) => {
  const raw = entriesOf(readJsonObject(text).mcpServers);
  const dialect = { source: 'cursor', translate: translateCode(context.home) } as const;
  return { entries: raw.map((entry) => understand(entry, dialect, context)), more: [] };
};

const vsCode = (servers: unknown, context: ReadContext): FoundFile => {
  const dialect = { source: 'vscode', translate: translateCode(context.home) } as const;
  return { entries: entriesOf(servers).map((entry) => understand(entry, dialect, context)), more: [] };
};

export const readVsCode: EntryReader = (text, context) => vsCode(readJsonObject(text).servers, context);

/** VS Code kept servers in its settings before it had a file for them. */
export const readVsCodeSettings: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  return vsCode(object(root.mcp).servers ?? root['mcp.servers'], context);
};

/**
 * Gemini CLI also expands `$NAME`, and calls the address of a Streamable HTTP server `httpUrl`. It leaves the name of a
 * variable that is not set as it is: a password may hold a `$`.
 */
export const readGemini: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  const off = [...namesIn(object(root.mcp).excluded), ...namesIn(root.excludeMCPServers)];
  const allowed = object(root.mcp).allowed ?? root.allowMCPServers;
  const isOff = (name: string) => off.includes(name) || (Array.isArray(allowed) && !allowed.includes(name));
  const raw = entriesOf(root.mcpServers).map(({ name, value }): RawEntry => {
    const { httpUrl, ...rest } = object(value);
    return {
      name,
      value: httpUrl === undefined ? value : { ...rest, url: httpUrl, type: 'http' },
      ...(isOff(name) ? { switchedOff: said('said.import.excluded') } : {}),
    };
  });
  const dialect = { source: 'gemini', translate: geminiReferences(context.environment) } as const;
  return { entries: raw.map((entry) => understand(entry, dialect, context)), more: [] };
};

const GEMINI_REFERENCE = /\$(?:\{([A-Za-z_]\w*)(:-[^{}]*)?\}|([A-Za-z_]\w*))/g;

const geminiReferences =
  (environment: NodeJS.ProcessEnv) =>
  (text: string): string => {
    const all = text.replace(GEMINI_REFERENCE, (whole, _braced, _fallback, plain?: string) =>
      plain === undefined ? whole : `\${${plain}}`,
    );
    // A value that is nothing but a reference is meant as one, set or not.
    if (isReference(all)) return all;
    return text.replace(GEMINI_REFERENCE, (whole, braced?: string, fallback?: string, plain?: string) => {
      const isKnown = fallback !== undefined || environment[braced ?? plain ?? ''] !== undefined;
      if (plain !== undefined) return isKnown ? `\${${plain}}` : whole;
      return isKnown ? whole : escapeReferences(whole);
    });
  };
