import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { said } from '../../../../shared/messages/said';
import { decodeText } from '../../../config-text/decode';
import { readJsonObject } from './json';
import type { ToolLimits } from './tool-limits';

/** Rules that are read of one file, and characters of one rule. */
const MOST_RULES = 5_000;
const LONGEST_RULE = 400;
/** Tools that are taken of one server; rules for more are told as not taken. */
const MOST_TOOLS = 500;
const PREFIX = 'mcp__';

/** What Claude Code's deny rules say of one server. */
export interface Denied {
  /** Null if none of the rules is about the server. */
  readonly limits: ToolLimits | null;
  /** Rules that may be about it and are not taken. */
  readonly leftOut: readonly string[];
}

/** The rules under `permissions.deny` in these files that are about MCP. A missing or broken file has none. */
export const denyRulesIn = (files: readonly string[]): string[] => files.flatMap(denyRulesOf);

/** Claude Code's settings files in a folder: those that are shared, then those of this computer. */
export const settingsBelow = (folder: string): string[] =>
  ['settings.json', 'settings.local.json'].map((name) => join(folder, name));

/**
 * Reads `mcp__server` and `mcp__server__*`, which deny all tools of a server, and `mcp__server__tool`. Other wildcards are left
 * out: what they fit changes with the server. `permissions.allow` is not asked: it says what needs no question, not what
 * may be used.
 */
export function deniedOf(server: string, rules: readonly string[]): Denied {
  const whole = written(`${PREFIX}${server}`);
  const start = `${whole}__`;
  if (rules.some((rule) => [whole, `${start}*`].includes(written(rule)))) {
    return { limits: { only: [], except: [] }, leftOut: [] };
  }
  const tools = new Set<string>();
  const leftOut = new Set<string>();
  for (const rule of rules) {
    const [literal = '', ...wild] = written(rule).split('*');
    if (wild.length > 0) {
      if (literal.startsWith(start) || start.startsWith(literal)) leftOut.add(rule);
    } else if (literal.startsWith(start) && rule.length > start.length) {
      if (tools.size < MOST_TOOLS) tools.add(rule.slice(start.length));
      else leftOut.add(rule);
    }
  }
  return { limits: tools.size === 0 ? null : { only: null, except: [...tools] }, leftOut: [...leftOut] };
}

/** What a person is told of tools whose names are not certain; empty if all are. */
export function unsureRemark(limits: ToolLimits | null): string {
  const [first = '', ...others] = limits?.except.filter((name) => name.includes('_')) ?? [];
  if (first === '') return '';
  const names = `${first.slice(0, 60)}${others.length === 0 ? '' : `, … (${others.length + 1})`}`;
  return said('said.import.unsure', { names });
}

/** What a person is told of rules that are not taken; empty if there are none. */
export function leftOutRemark(rules: readonly string[]): string {
  const [first = '', ...others] = rules;
  if (first === '') return '';
  const rule = first.slice(0, 60);
  return others.length === 0
    ? said('said.import.rule', { rule })
    : said('said.import.rules', { rule, more: others.length });
}

/** A rule as Claude Code compares it: each character of a name that is none of these stands there as _. */
const written = (rule: string): string => rule.replace(/[^A-Za-z0-9_*-]/g, '_');

function denyRulesOf(file: string): string[] {
  try {
    const { permissions } = readJsonObject(decodeText(readFileSync(file)));
    const deny: unknown = (permissions as { deny?: unknown } | undefined)?.deny;
    return Array.isArray(deny) ? deny.filter(isRule).slice(0, MOST_RULES) : [];
  } catch {
    // Most projects have no such file, and a broken one denies nothing to Claude Code either.
    return [];
  }
}

/** Claude Code skips rules for MCP that have something in parentheses. */
const isRule = (it: unknown): it is string =>
  typeof it === 'string' && it.startsWith(PREFIX) && it.length <= LONGEST_RULE && !/[()]/.test(it);
