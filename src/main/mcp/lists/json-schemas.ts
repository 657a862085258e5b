import { said } from '../../../shared/messages/said';
import { isObject } from '../json-rpc';
import type { Note } from './rules';

/** Deeper schemas are taken for broken: clients would run out of stack. */
const MAX_DEPTH = 64;
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

/**
 * The input schema as strict clients take it: an object with the type "object". Arguments of tools always are objects, so
 * adding the type changes nothing. A schema that cannot be read becomes one that accepts everything: the server judges
 * the arguments in any case.
 */
export function inputSchema(value: unknown, path: string, note: Note): unknown {
  const repaired = (at: string, problem: string) => note({ path: at, problem, isRepaired: true });
  if (!isObject(value)) {
    repaired(path, value === undefined ? said('said.list.missing') : said('said.list.not_a_schema'));
    return { type: 'object' };
  }
  let sound = value;
  if (value.type !== 'object') {
    repaired(`${path}.type`, said('said.list.not_type_object'));
    sound = { ...sound, type: 'object' };
  }
  return withRequired(withProperties(sound, path, note), path, note);
}

/** Gives every property an object as its schema: one generation of the SDK does not know `true` and `false` as schemas. */
function withProperties(schema: Record<string, unknown>, path: string, note: Note): Record<string, unknown> {
  const { properties, ...rest } = schema;
  if (properties === undefined) return schema;
  if (!isObject(properties)) {
    note({ path: `${path}.properties`, problem: said('said.list.not_an_object'), isRepaired: true });
    return rest;
  }
  // Own fields only, `__proto__` included.
  const entries = Object.entries(properties);
  if (entries.every(([, one]) => isObject(one))) return schema;
  const sound = entries.map(([name, one]): [string, unknown] => {
    if (isObject(one)) return [name, one];
    note({ path: `${path}.properties.${name}`, problem: said('said.list.not_for_all'), isRepaired: true });
    return [name, one === false ? { not: {} } : {}];
  });
  return { ...schema, properties: Object.fromEntries(sound) };
}

function withRequired(schema: Record<string, unknown>, path: string, note: Note): Record<string, unknown> {
  const { required, ...rest } = schema;
  if (required === undefined || isTexts(required)) return schema;
  note({ path: `${path}.required`, problem: said('said.list.not_names'), isRepaired: true });
  return Array.isArray(required) ? { ...schema, required: required.filter((name) => typeof name === 'string') } : rest;
}

/**
 * The output schema, or undefined if clients refuse it. They compile it when they list, and one that does not compile
 * costs them the whole list; without one they take results as they are.
 */
export function outputSchema(value: unknown, path: string, note: Note): unknown {
  const leftOut = (problem: string) => note({ path, problem, isRepaired: false });
  if (value === null) return leftOut(said('said.list.is_null'));
  if (!isObject(value) || value.type !== 'object') return leftOut(said('said.list.not_object_schema'));
  const sound = withProperties(value, path, note);
  if (!compiles(sound)) return leftOut(said('said.list.unreadable'));
  return sound;
}

type Keyword = (value: unknown, depth: number) => boolean;

const isNumber: Keyword = (value) => typeof value === 'number' && Number.isFinite(value);
const isText: Keyword = (value) => typeof value === 'string';
const isFlag: Keyword = (value) => typeof value === 'boolean';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');
const isSchema: Keyword = (value, depth) =>
  typeof value === 'boolean' || (isObject(value) && isSound(value, depth + 1));
const isSchemas: Keyword = (value, depth) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isSchema(one, depth));
const isSchemaMap: Keyword = (value, depth) =>
  isObject(value) && Object.values(value).every((one) => isSchema(one, depth));
const isPattern: Keyword = (value) => {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== null;
  } catch {
    return false;
  }
};
const isType: Keyword = (value) =>
  TYPES.includes(value as string) ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => TYPES.includes(one)));

/** Names of schemas that validators can resolve references against; some of them trip over others. */
const isId = (id: string): boolean => /^[\w./:#?=&+~@-]*$/.test(id) && !/^urn:[^:]*$/i.test(id) && !(id in {});
const ANCHOR = /^[a-z_][-a-z0-9._]*$/i;

/** What a keyword's value has to be (JSON Schema, draft 7 and 2020-12). Keywords that are not here may be anything. */
const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $id: (value) => isText(value, 0) && isId(String(value)),
  // Of draft 4; validators of newer drafts refuse it.
  id: () => false,
  $async: (value) => value === false,
  $schema: isText,
  $anchor: isText,
  $ref: isText,
  type: isType,
  nullable: isFlag,
  enum: (value) => Array.isArray(value) && value.length > 0,
  multipleOf: isNumber,
  maximum: isNumber,
  minimum: isNumber,
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  maxLength: isNumber,
  minLength: isNumber,
  maxItems: isNumber,
  minItems: isNumber,
  maxProperties: isNumber,
  minProperties: isNumber,
  maxContains: isNumber,
  minContains: isNumber,
  uniqueItems: isFlag,
  pattern: isPattern,
  format: isText,
  formatMinimum: isText,
  formatMaximum: isText,
  formatExclusiveMinimum: isText,
  formatExclusiveMaximum: isText,
  required: isTexts,
  properties: isSchemaMap,
  patternProperties: (value, depth) =>
    isSchemaMap(value, depth) && Object.keys(value as object).every((one) => isPattern(one, 0)),
  $defs: isSchemaMap,
  definitions: isSchemaMap,
  dependentSchemas: isSchemaMap,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isTexts),
  dependencies: (value, depth) =>
    isObject(value) && Object.values(value).every((one) => isTexts(one) || isSchema(one, depth)),
  items: (value, depth) => (Array.isArray(value) ? value.every((one) => isSchema(one, depth)) : isSchema(value, depth)),
  prefixItems: isSchemas,
  additionalItems: isSchema,
  additionalProperties: isSchema,
  contains: isSchema,
  propertyNames: isSchema,
  not: isSchema,
  if: isSchema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: isSchema,
  else: isSchema,
  anyOf: isSchemas,
  oneOf: isSchemas,
  allOf: isSchemas,
};

/** Keywords that validators take only beside another one. */
const DEPENDENT = [
  ['nullable', 'type'],
  ['formatMinimum', 'format'],
  ['formatMaximum', 'format'],
  ['formatExclusiveMinimum', 'format'],
  ['formatExclusiveMaximum', 'format'],
] as const;

const isSound = (schema: Record<string, unknown>, depth: number): boolean =>
  depth <= MAX_DEPTH &&
  DEPENDENT.every(([name, other]) => !(Object.hasOwn(schema, name) && !Object.hasOwn(schema, other))) &&
  Object.entries(schema).every(([name, value]) => !Object.hasOwn(KEYWORDS, name) || KEYWORDS[name]?.(value, depth));

/** Whether validators can read it: keywords have values of their kinds, and every reference leads to a place in it. */
const compiles = (schema: Record<string, unknown>): boolean => isSound(schema, 0) && refersToItself(schema);

/** Whether references lead to places in this schema, and its names are its own. What is elsewhere, no client fetches. */
function refersToItself(root: Record<string, unknown>): boolean {
  const refs: string[] = [];
  const names: string[] = [''];
  const anchors: string[] = [];
  let isTooDeep = false;
  const look = (value: unknown, depth: number): void => {
    if (depth > 4 * MAX_DEPTH) isTooDeep = true;
    else if (Array.isArray(value)) for (const one of value) look(one, depth + 1);
    else if (isObject(value)) {
      if (typeof value.$ref === 'string') refs.push(value.$ref);
      if (value !== root && typeof value.$id === 'string') names.push(value.$id.replace(/#$/, ''));
      for (const anchor of [value.$anchor, value.$dynamicAnchor]) if (typeof anchor === 'string') anchors.push(anchor);
      for (const [name, one] of Object.entries(value)) if (name !== 'enum' && name !== 'const') look(one, depth + 1);
    }
  };
  look(root, 0);
  if (isTooDeep) return false;
  const hasTwins = [names, anchors].some((all) => new Set(all).size < all.length);
  if (hasTwins || !anchors.every((anchor) => ANCHOR.test(anchor))) return false;
  // With other bases inside, where a reference leads is hard to tell.
  return refs.length === 0 || (names.length === 1 && refs.every((ref) => leadsSomewhere(root, ref)));
}

function leadsSomewhere(root: Record<string, unknown>, ref: string): boolean {
  if (!ref.startsWith('#')) return false;
  let place: unknown = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return false;
    place = (place as Record<string, unknown>)[name];
  }
  return (ref === '#' || ref.startsWith('#/')) && (isObject(place) || typeof place === 'boolean');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
