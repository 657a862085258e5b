import { MIB, type Ms } from '../../shared/model/units';
import type { KeptPatience } from './patience';

/**
 * What became of a call that was handed out: its server still works on it; its answer is kept; somebody has fetched the
 * answer; the answer is not kept any more; it was cancelled.
 */
type LongCallState = 'running' | 'answered' | 'fetched' | 'gone' | 'cancelled';

/** Bytes of the longest answer that is kept. */
export const LONGEST_ANSWER: number = 32 * MIB;

/** A call whose client has a handle in place of the answer. */
export interface LongCall {
  /** The id that the server knows it by, which is never used again. */
  readonly call_id: number;
  /** The id that the server knows it by since it was made again, with a mark; null if it was not. */
  readonly again_id: number | null;
  /** What the client asks with; see decision 50. */
  readonly handle: string;
  /** Only this client gets the answer. */
  readonly client_id: string;
  /** The session whose server channel gets the answer, and the transport on which the call came. */
  readonly session_id: string;
  readonly transport_id: string;
  readonly server: string;
  readonly tool: string;
  readonly started_at: Ms;
  readonly handed_at: Ms;
  readonly state: LongCallState;
  readonly ended_at: Ms | null;
  readonly fetched_at: Ms | null;
  /** Whether the answer reports success; null until there is one. */
  readonly ok: boolean | null;
  /** Size of the answer, also after it is gone. */
  readonly bytes: number;
  /** How its client knows of it. The handle is the id of the task. */
  readonly shown_as: 'handle' | 'task';
  /** The task that its server made of it, as the client's requests would name it; null if the server answers the call itself. */
  readonly task_id: string | null;
}

export type NewLongCall = Pick<
  LongCall,
  | 'call_id'
  | 'again_id'
  | 'handle'
  | 'client_id'
  | 'session_id'
  | 'transport_id'
  | 'server'
  | 'tool'
  | 'started_at'
  | 'handed_at'
  | 'shown_as'
  | 'task_id'
>;

/** What the answer to a handed-out call was. */
export interface LongAnswer {
  /** The response as JSON text. */
  readonly text: string;
  readonly ok: boolean;
  readonly at: Ms;
  /** How long Holdfast had run by then. */
  readonly lived: Ms;
}

/** The table of calls that were handed out. What is written is on disk when the method returns. */
export interface LongCallRepository {
  /** False, and nothing is kept, when the client has too many that are still running. */
  add(call: NewLongCall): boolean;
  /** Whether {@link add} would keep another call of this client. */
  hasRoom(clientId: string): boolean;
  /** The server has made a task of a running call. */
  followed(callId: number, taskId: string): void;
  /** A running call is made again, under this id. */
  madeAgain(callId: number, againId: number): void;
  /** Forgets a running call: its client got the answer itself. */
  withdraw(callId: number): void;
  /** Stores the answer of a running call. False if it is not running any more: an answer is stored once. */
  answered(callId: number, answer: LongAnswer): boolean;
  /** Ends a running call without an answer. False if it was not running. */
  cancelled(callId: number, at: Ms, lived: Ms): boolean;
  /** The answer's text, noted as fetched; null if none is kept. */
  fetch(callId: number, at: Ms): string | null;
  /** The same, not noted. */
  answerOf(callId: number): string | null;
  get(callId: number): LongCall | null;
  ofHandle(handle: string): LongCall | null;
  /** Newest first. */
  ofClient(clientId: string): LongCall[];
  /** Of all clients: those that run, then all others, newest first. */
  all(limit: number): LongCall[];
  running(): LongCall[];
  /** Removes answers that came so long ago in lived time, and later the calls themselves. */
  removeAged(lived: Ms): void;
}

/** What is kept of how long clients wait and how long tools take. */
export interface PatienceRepository {
  of(clientId: string): KeptPatience;
  keep(clientId: string, patience: KeptPatience): void;
  /** The longest that a tool was seen to take; 0 if nothing is known. */
  longest(server: string, tool: string): Ms;
  tookLonger(server: string, tool: string, ms: Ms): void;
}
