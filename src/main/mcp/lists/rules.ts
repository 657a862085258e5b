import { said } from '../../../shared/messages/said';
import { isObject } from '../json-rpc';

/** What was found wrong with a field. `path` leads to it from the item; `problem` continues a sentence after it. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
  /** Whether the field is still there, with a value that means the same. */
  readonly isRepaired: boolean;
}

/** Where findings are noted. */
export type Note = (finding: Finding) => void;

/**
 * Gives a field's value as strict clients take it: the same value (the same reference, too) if it is sound, another one
 * if it can be repaired, and undefined if it has to be left out. Every difference is noted.
 */
export type Rule = (value: unknown, path: string, note: Note) => unknown;

const drop = (value: unknown, path: string, note: Note): undefined => {
  note({ path, problem: value === null ? said('said.list.is_null') : said('said.list.not_mcp'), isRepaired: false });
};

/** A value without parts. */
export const leaf =
  (isSound: (value: unknown) => boolean): Rule =>
  (value, path, note) =>
    isSound(value) ? value : drop(value, path, note);

export const text = leaf((value) => typeof value === 'string');
export const flag = leaf((value) => typeof value === 'boolean');
export const number = leaf((value) => typeof value === 'number' && Number.isFinite(value));
export const anyObject = leaf(isObject);
export const oneOf = (...words: readonly unknown[]): Rule => leaf((value) => words.includes(value));

/** An object whose fields follow these rules; without any of `required`, it is left out. Other fields are not looked at. */
export const fields =
  (rules: Readonly<Record<string, Rule>>, ...required: readonly string[]): Rule =>
  (value, path, note) => {
    if (!isObject(value)) return drop(value, path, note);
    const sound = withFields(value, rules, path, note);
    if (required.every((name) => sound[name] !== undefined)) return sound;
    note({ path, problem: said('said.list.lacks', { names: required.join(', ') }), isRepaired: false });
  };

/** An array whose elements follow this rule; those that do not are left out. */
export const each =
  (rule: Rule): Rule =>
  (value, path, note) => {
    if (!Array.isArray(value)) return drop(value, path, note);
    const sound = value.map((element, index) => rule(element, `${path}[${index}]`, note));
    if (sound.every((element, index) => element === value[index])) return value;
    return sound.filter((element) => element !== undefined);
  };

/** The object with its fields as the rules want them: the same object if nothing is wrong. */
export function withFields(
  value: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
  path: string,
  note: Note,
): Readonly<Record<string, unknown>> {
  let sound = value;
  for (const [name, rule] of Object.entries(rules)) {
    if (!Object.hasOwn(value, name)) continue;
    const fixed = rule(value[name], path === '' ? name : `${path}.${name}`, note);
    if (fixed === value[name]) continue;
    const { [name]: _, ...rest } = sound;
    sound = fixed === undefined ? rest : { ...sound, [name]: fixed };
  }
  return sound;
}
