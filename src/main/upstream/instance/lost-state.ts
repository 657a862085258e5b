import { isObject, type JsonRpcResponse } from '../../mcp/json-rpc';

/** Sessions that are remembered at most, of a server that all sessions share. The oldest are forgotten first. */
const MAX_SESSIONS = 1_000;

/**
 * Tells models that what a server remembered of their session is gone. The first tool result that a session gets from a
 * new process, after an unexpected loss of one that had answered calls of that session, ends with a note. It comes last,
 * since programs read the first part of a result.
 */
export class LostState {
  /** Sessions that the running process, or the one that was lost, has answered. */
  private readonly answered = new Set<string>();
  /** Notes that are still to be told, by session. */
  private readonly notes = new Map<string, string>();

  /** What ran is replaced by something that remembers nothing of it; null when that was expected. */
  replaced(note: string | null): void {
    if (note !== null) for (const session of this.answered) this.notes.set(session, note);
    this.answered.clear();
  }

  /** The result of a tool as the session gets it: with the note, if there is one. Structured content stays as it is. */
  told(sessionKey: string, response: JsonRpcResponse): JsonRpcResponse {
    this.answered.delete(sessionKey);
    this.answered.add(sessionKey);
    const [oldest] = this.answered;
    if (this.answered.size > MAX_SESSIONS && oldest !== undefined) this.forget(oldest);
    const note = this.notes.get(sessionKey);
    const { result } = response;
    if (note === undefined || !isObject(result) || !Array.isArray(result.content)) return response;
    this.notes.delete(sessionKey);
    return { ...response, result: { ...result, content: [...result.content, { type: 'text', text: note }] } };
  }

  /** The running process has served this session before Holdfast started, whether or not it was called. */
  mayKnow(sessionKey: string): void {
    this.answered.add(sessionKey);
  }

  /** Whether the running process has answered calls of this session. */
  knows(sessionKey: string): boolean {
    return this.answered.has(sessionKey);
  }

  /** The next tool result that this session gets ends with this note. */
  owe(sessionKey: string, note: string): void {
    this.notes.set(sessionKey, note);
    const [oldest] = this.notes.keys();
    if (this.notes.size > MAX_SESSIONS && oldest !== undefined) this.notes.delete(oldest);
  }

  forget(sessionKey: string): void {
    this.answered.delete(sessionKey);
    this.notes.delete(sessionKey);
  }
}
