import { type ParseError, parse } from 'jsonc-parser';
import { said } from '../../../../shared/messages/said';
import { syntaxProblem } from '../../../config-text/json-problems';

export type Json = Record<string, unknown>;

/**
 * Parses a JSON object; comments and trailing commas are allowed, and blank text is an empty object.
 * @throws Error whose message is `<line>: <what is wrong>`
 */
export function readJsonObject(text: string): Json {
  const value = readJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`1: ${said('said.json.no_object')}`);
}

function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    // Some of these files have many megabytes and no comments, so the fast parser goes first.
    return JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    if (errors[0]) throw new Error(syntaxProblem(text, errors[0]));
    return value;
  }
}
