import { homedir } from 'node:os';

/** `$${…}` is a plain `${…}`; everything else in braces is looked at. */
const BRACES = /\$(\$?)\{([^{}]*)\}/g;
const VARIABLE = /^(?:env:)?([A-Za-z_][A-Za-z0-9_()]*)(?::-(.*))?$/s;
const ASKING = /^(?:input|command|config):/;
const OF_A_PROJECT =
  /^(?:workspaceFolder|workspaceFolderBasename|workspaceRoot|file|fileDirname|relativeFile)(?::.*)?$/;
/** A value that is one reference, perhaps after the name of an authentication scheme. There is no secret in it. */
const ONLY_A_REFERENCE = /^(?:(?:Bearer|Basic|Token) )?\$\{(?:env:[A-Za-z_]\w*|[A-Za-z_]\w*|input:[\w.-]+)\}$/i;

export interface Expanded {
  readonly text: string;
  /** What could not be expanded and what to do; null when all was. Quotes names from the text. */
  readonly problem: string | null;
}

/**
 * Replaces references to the environment in the ways that clients write them: `${NAME}` and `${NAME:-default}` (Claude Code),
 * `${env:NAME}` (VS Code, Cursor), `${userHome}`. What looks like none of them stays as it is.
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
    const wrong = `\${${inner}} is asked for by VS Code at a start, which Holdfast cannot do. Enter the value in the Servers view.`;
    return { value: null, wrong };
  }
  if (OF_A_PROJECT.test(inner)) {
    return {
      value: null,
      wrong: `\${${inner}} needs an open project, and Holdfast has none. Write the folder out.`,
    };
  }
  if (inner === 'userHome') return { value: homedir(), wrong: null };
  const [, name, fallback] = VARIABLE.exec(inner) ?? [];
  if (name === undefined) return { value: null, wrong: null };
  const given: unknown = env[name];
  // An environment has names that no object should have, and objects have names that no environment has.
  const value = typeof given === 'string' ? given : (fallback ?? null);
  if (value !== null) return { value, wrong: null };
  const wrong = `the environment variable ${name} is not set. Set it where Holdfast is started, or write \${${name}:-default}.`;
  return { value: null, wrong };
}

/** Whether the value refers to a value that lies elsewhere, and is none itself. */
export const isReference = (value: string): boolean => ONLY_A_REFERENCE.test(value);

/** The text as {@link expand} gives it back unchanged. */
export const escapeReferences = (text: string): string => text.replace(BRACES, (whole) => `$${whole}`);
