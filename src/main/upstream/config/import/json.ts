import { type ParseError, parse } from 'jsonc-parser';
import { syntaxProblem } from '../file/json-problems';

export type Json = Record<string, unknown>;

/** The object in a text of JSON, perhaps with comments. Throws an `Error` that says the line and what is wrong. */
export function readJsonObject(text: string): Json {
  const value = readJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error('1: the file holds no object.');
}

function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    // Some of these files have many megabytes, and no comments.
    return JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    if (errors[0]) throw new Error(syntaxProblem(text, errors[0]));
    return value;
  }
}
