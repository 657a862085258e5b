import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import type { MonitorMessage } from '../../../shared/contract/monitor-messages';
import { HoldfastError } from '../../../shared/errors';
import { healthOf } from '../admin';
import { Backoff } from '../bridge/backoff';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printLine } from '../print';
import { followAlerts } from './follow-alerts';
import { lineOf } from './words';

const OPEN_MS = 5_000;
/** A connection silent for this long is dead; health updates come every 5 s. */
const SILENCE_MS = 20_000;

const say = (text: string): void => void process.stderr.write(`holdfast tail: ${text}\n`);

/** `holdfast tail`: prints events as they happen. */
export const tail: Command = {
  help: `Usage: holdfast tail [--alerts] [--json]

Shows what happens in Holdfast, one line an event, until it is interrupted. While Holdfast is restarted it waits; what
happened meanwhile is shown when it is back.

  --alerts  shows alerts instead: one line when something is broken, and one when that is over
  --json    prints one JSON object a line: every message of the monitor, as it is sent; with --alerts, every alert

Exit codes: 0 interrupted, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, alerts: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const folder = dataFolder();
    await healthOf(findRunning(folder));
    const json = given.flag('json');
    if (given.flag('alerts')) {
      await followAlerts(folder, json, say);
      return EXIT.ok;
    }
    const follower = new Follower(folder, (text, message) => {
      if (json) printLine(text);
      else {
        const line = lineOf(message);
        if (line !== null) printLine(line);
      }
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => follower.stop());
    await follower.run();
    return EXIT.ok;
  },
};

/** Follows the monitor WebSocket over restarts of Holdfast, and requests missed events by position in the event log. */
class Follower {
  private readonly folder: string;
  private readonly show: (text: string, message: MonitorMessage) => void;
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private position: { epoch: string; seq: number } | null = null;
  private socket: WebSocket | null = null;
  private isAway = false;

  constructor(folder: string, show: (text: string, message: MonitorMessage) => void) {
    this.folder = folder;
    this.show = show;
  }

  /** Resolves after {@link stop}. */
  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.connectOnce();
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
      }
      if (signal.aborted) return;
      if (!this.isAway) say('Holdfast is gone; waiting for it');
      this.isAway = true;
      await delay(this.backoff.take(), undefined, { signal }).catch(() => {});
    }
  }

  stop(): void {
    this.stopping.abort();
    this.socket?.terminate();
  }

  /** Resolves when the connection has closed; rejects with a HoldfastError when Holdfast is not running. */
  private async connectOnce(): Promise<void> {
    const running = findRunning(this.folder);
    await healthOf(running);
    const { position } = this;
    const query = new URLSearchParams({ health: 'changes' });
    if (position !== null) query.set('since', `${position.epoch}:${position.seq}`);
    const socket = new WebSocket(`${running.url.replace(/^http/, 'ws')}/api/mcp/ws/sessions?${query}`, {
      headers: { authorization: `Bearer ${running.admin_key}` },
      handshakeTimeout: OPEN_MS,
      perMessageDeflate: false,
    });
    this.socket = socket;
    const silence = setTimeout(() => socket.terminate(), SILENCE_MS);
    socket.on('message', (data) => {
      silence.refresh();
      this.take(String(data));
    });
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      // An error is followed by a close.
      socket.on('error', () => {});
    });
    clearTimeout(silence);
  }

  private take(text: string): void {
    const message = JSON.parse(text) as MonitorMessage;
    if (message.type === 'hello') {
      if (this.isAway)
        say(`Holdfast is back; ${message.recovered ? 'nothing was missed' : 'earlier events are not shown again'}`);
      else say('following; end it with Ctrl+C');
      this.isAway = false;
      this.backoff.reset();
    }
    this.show(text, message);
    // A hello names the position still to come, not one already received.
    if ('seq' in message && message.type !== 'hello') this.position = { epoch: message.epoch, seq: message.seq };
  }
}
