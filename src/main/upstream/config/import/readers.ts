import { join, sep } from 'node:path';
import { escapeReferences } from '../file/expand';
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

/** `~/.claude.json`: the user's servers and those of each project. A project may also have its own `.mcp.json`. */
export const readClaudeCode: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  const projects = Object.entries(object(root.projects)).slice(0, MOST_PROJECTS);
  const raw = [
    ...entriesOf(root.mcpServers),
    ...projects.flatMap(([project, value]) => entriesOf(object(value).mcpServers, project)),
  ];
  return {
    entries: raw.map((entry) => understand(entry, { source: 'claude-code', translate: same }, context)),
    more: projects.map(([project]) => ({ project, file: join(project, '.mcp.json') })),
  };
};

/** A project's `.mcp.json`. Some people leave out the object around the servers. */
export const readProjectFile: EntryReader = (text, context) => {
  const root = readJsonObject(text);
  const entries = entriesOf(root.mcpServers ?? root, context.project);
  return {
    entries: entries.map((raw) => understand(raw, { source: 'claude-code', translate: same }, context)),
    more: [],
  };
};

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

/** Gemini CLI also expands `$NAME`, and calls the address of a Streamable HTTP server `httpUrl`. */
export const readGemini: EntryReader = (text, context) => {
  const dialect = {
    source: 'gemini',
    translate: (value: string) => value.replace(/\$([A-Za-z_]\w*)/g, '$${$1}'),
  } as const;
  const raw = entriesOf(readJsonObject(text).mcpServers).map(({ name, value }) => {
    const { httpUrl, ...rest } = object(value);
    return { name, value: httpUrl === undefined ? value : { ...rest, url: httpUrl, type: 'http' } };
  });
  return { entries: raw.map((entry) => understand(entry, dialect, context)), more: [] };
};
