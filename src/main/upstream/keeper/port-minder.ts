import type { Logger } from 'pino';
import { ANSWER_LIMIT_MS, type KeeperConnection } from './keeper-connection';
import type { PassedConnection } from './keeper-messages';

/** Asks the keeper to mind the endpoint's port while Holdfast is away (docs/decisions/0019). */
export class PortMinder {
  private readonly connection: () => KeeperConnection | null;
  private readonly log: Logger;
  /** The port to mind; null while the endpoint does not listen yet. */
  private port: number | null = null;
  private learnPassed: (passed: readonly PassedConnection[]) => void = () => {};
  /** The keeper that minds the port. */
  private door: KeeperConnection | null = null;

  constructor(connection: () => KeeperConnection | null, log: Logger) {
    this.connection = connection;
    this.log = log;
  }

  get mindsPort(): boolean {
    return this.connection() !== null && this.door === this.connection();
  }

  async mindPort(port: number, learn: (passed: readonly PassedConnection[]) => void): Promise<void> {
    this.port = port;
    this.learnPassed = learn;
    await this.mind();
  }

  async freePort(): Promise<void> {
    await this.connection()
      ?.request({ do: 'free_port' }, ANSWER_LIMIT_MS, () => {})
      .catch(() => {});
  }

  async shutDoor(): Promise<void> {
    this.port = 0;
    await this.mind();
    this.door = null;
  }

  async openDoor(): Promise<void> {
    if (!this.mindsPort) return;
    await this.connection()
      ?.request({ do: 'open_door' }, ANSWER_LIMIT_MS, () => {})
      .catch(() => {});
  }

  /** Says which port the keeper is to mind, and lets it pass on what it holds there. */
  async mind(): Promise<void> {
    const { port } = this;
    const connection = this.connection();
    if (connection === null || port === null) return;
    try {
      await connection.request({ do: 'mind', port }, ANSWER_LIMIT_MS, (reply) => {
        // A keeper from before an upgrade minds no port.
        if (reply.error !== undefined) return;
        this.door = connection;
        if (reply.passed.length > 0) this.learnPassed(reply.passed);
      });
      if (this.mindsPort) await connection.request({ do: 'pass' }, ANSWER_LIMIT_MS, () => {});
    } catch (error) {
      this.log.warn({ err: error }, 'the keeper does not mind the port');
    }
  }
}
