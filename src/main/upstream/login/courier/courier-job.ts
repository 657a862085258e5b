import { z } from 'zod';

/** A request that must not be lost. */
export interface CourierJob {
  readonly id: string;
  /** 32 bytes, base64url; seals the answer. */
  readonly key: string;
  /** Where the answer is left. */
  readonly file: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowsLoopback: boolean;
}

/** What became of it: an answer, or a failure as `RequestFailed` has it. */
export const courierAnswerSchema = z.union([
  z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
  z.object({ error: z.string(), taken: z.boolean(), passing: z.boolean() }),
]);
export type CourierAnswer = z.infer<typeof courierAnswerSchema>;
