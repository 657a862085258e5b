import { homedir } from 'node:os';
import { said } from '../../../../shared/messages/said';

/** `$${…}` is an escaped `${…}`; every other `${…}` may be a reference. */
const BRACES = /\$(\$?)\{([^{}]*)\}/g;
const VARIABLE = /^(?:env:)?([A-Za-z_][A-Za-z0-9_()]*)(?::-(.*))?$/s;
const ASKING = /^(?:input|command|config):/;
const OF_A_PROJECT =
  /^(?:workspaceFolder|workspaceFolderBasename|workspaceRoot|file|fileDirname|relativeFile)(?::.*)?$/;
/** A value that is a single reference, optionally after an authentication scheme. It contains no secret. */
const ONLY_A_REFERENCE = /^(?:(?:Bearer|Basic|Token) )?\$\{(?:env:[A-Za-z_]\w*|[A-Za-z_]\w*|input:[\w.-]+)\}$/i;

export interface Expanded {
  readonly text: string;
  /** What could not be expanded and what to do; null when everything was. Quotes names from the text. */
  readonly problem: string | null;
}

/**
 * Expands references to the environment in every notation that clients use: `${NAME}` and `${NAME:-default}` (Claude Code),
 * `${env:NAME}` (VS Code, Cursor), `${userHome}`. Text that looks like none of them stays as it is.
 */
export function expand(text: string, env: NodeJS.ProcessEnv): Expanded {
  let problem: string | null = null;
  const expanded = text.replace(BRACES, (whole, escaped: string, inner: string) => {
    if (escaped) return whole.slice(1);
    const { value, wrong } = lookUp(inner, env);
    problem ??= wrong;
    return value ?? whole;
  });
  return { text: expanded, problem };
}

function lookUp(inner: string, env: NodeJS.ProcessEnv): { value: string | null; wrong: string | null } {
  if (ASKING.test(inner)) {
    const wrong = said('said.value.asked', { reference: `\${${inner}}` });
    return { value: null, wrong };
  }
  if (OF_A_PROJECT.test(inner)) {
    return {
      value: null,
      wrong: said('said.value.project', { reference: `\${${inner}}` }),
    };
  }
  if (inner === 'userHome') return { value: homedir(), wrong: null };
  const [, name, fallback] = VARIABLE.exec(inner) ?? [];
  if (name === undefined) return { value: null, wrong: null };
  const given: unknown = env[name];
  // A name such as `constructor` or `__proto__` may find a member of the object, which is not a string.
  const value = typeof given === 'string' ? given : (fallback ?? null);
  if (value !== null) return { value, wrong: null };
  const wrong = said('said.value.not_set', { name, form: `\${${name}:-default}` });
  return { value: null, wrong };
}

/** Whether the value only refers to one that is kept elsewhere. */
export const isReference = (value: string): boolean => ONLY_A_REFERENCE.test(value);

/** Whether expanding the text looks up a variable of the environment. */
export const refersToEnvironment = (text: string): boolean =>
  [...text.matchAll(BRACES)].some(
    ([, escaped, inner = '']) => !escaped && inner !== 'userHome' && VARIABLE.test(inner),
  );

/** Escapes everything that looks like a reference: {@link expand} turns the result back into the text. */
export const escapeReferences = (text: string): string => text.replace(BRACES, (whole) => `$${whole}`);
