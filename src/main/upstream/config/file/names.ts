import { serverNameSchema } from '../../../../shared/contract/server';

const LONGEST = 40;

/**
 * A name that a server can have, as near as possible to the one that was wished for, and that is not taken.
 * @param hint - put behind it when it is taken, before a number is
 */
export function proposeName(wished: string, taken: ReadonlySet<string>, hint?: string): string {
  const plain = wished
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = /^[A-Za-z]/.test(plain) ? plain : ['server', plain].filter(Boolean).join('-');
  const withEnd = (end: string) => `${base.slice(0, LONGEST - end.length).replace(/-+$/, '')}${end}`;
  const candidates = [withEnd(''), ...(hint === undefined ? [] : [withEnd(`-${hint}`)])];
  for (const candidate of candidates) if (isFree(candidate, taken)) return candidate;
  for (let number = 2; ; number += 1) {
    const candidate = withEnd(`-${number}`);
    if (isFree(candidate, taken)) return candidate;
  }
}

const isFree = (name: string, taken: ReadonlySet<string>): boolean =>
  !taken.has(name) && serverNameSchema.safeParse(name).success;
