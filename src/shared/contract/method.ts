import type { z } from 'zod';
import type { ErrorJson } from '../errors';

/** One method of the window's contract: what goes in and what comes out. */
export interface Call<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
}

export const call = <I extends z.ZodType, O extends z.ZodType>(definition: Call<I, O>): Call<I, O> => definition;

/** Answer to every invocation, over IPC and over HTTP. Plain values: a thrown error would lose its code on the way. */
export type Envelope<T = unknown> = { ok: true; value: T } | { ok: false; error: ErrorJson };
