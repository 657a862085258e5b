import { type ParseError, parse } from 'jsonc-parser';
import { said } from '../../shared/messages/said';
import { removeJson, setJson } from '../config-text/edit-json';
import { syntaxProblem } from '../config-text/json-problems';
import type { EntryFormat } from './entry-format';
import { isRecord } from './is-record';

const EMPTY = '{}\n';

/** JSON with comments and trailing commas; blank text is an empty object. */
export const jsonFormat: EntryFormat = {
  parse(text) {
    if (text.trim() === '') return {};
    const value = valueIn(text);
    if (!isRecord(value)) throw new Error(`1: ${said('said.json.no_object')}`);
    return value;
  },
  set(text, path, { entry, removed, isNew }) {
    const base = text.trim() === '' ? text + EMPTY : text;
    if (isNew) return setJson(base, [...path], entry);
    const cleared = removed.reduce((now, field) => removeJson(now, [...path, field]), base);
    return leavesOf(entry).reduce((now, [field, value]) => setJson(now, [...path, ...field], value), cleared);
  },
  remove: (text, path) => removeJson(text, [...path]),
};

function valueIn(text: string): unknown {
  try {
    // Some of these files have megabytes and no comments, so the fast parser goes first.
    return JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    if (errors[0]) throw new Error(syntaxProblem(text, errors[0]));
    return value;
  }
}

/** Fields by path; what an object has besides them stays. */
function leavesOf(entry: Readonly<Record<string, unknown>>): (readonly [string[], unknown])[] {
  return Object.entries(entry).flatMap(([name, value]): (readonly [string[], unknown])[] =>
    isRecord(value) ? leavesOf(value).map(([path, leaf]) => [[name, ...path], leaf] as const) : [[[name], value]],
  );
}
