import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COMPLETIONS } from './completions';
import type { Dialect, Step, Turn } from './dialect';
import { GEMINI } from './gemini';
import { MESSAGES } from './messages';
import { RESPONSES } from './responses';

const DIALECTS: readonly Dialect[] = [MESSAGES, RESPONSES, COMPLETIONS, GEMINI];
/** Answers that are for the person only, such as the title of a chat. */
const IDLE: Step = { say: 'ok' };

/** What a model says, by what it was told. */
type Script = (turn: Turn) => Step | Promise<Step>;

/** A model of our own on this machine, which says what a test wants it to say. */
export interface ScriptedModel {
  readonly url: string;
  /** Turns in which Holdfast's tools were there. */
  readonly turns: Turn[];
  /** What it was asked besides, for whoever wonders why nothing happens. */
  readonly others: string[];
  /** Says this from now on. */
  play(script: Script): void;
  stop(): void;
}

/** Starts a model that is asked over loopback and speaks what Claude Code, Codex, Gemini CLI, opencode and Cline speak. */
export async function startModel(): Promise<ScriptedModel> {
  const turns: Turn[] = [];
  const others: string[] = [];
  let script: Script = () => IDLE;
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    const dialect = req.method === 'POST' ? DIALECTS.find((one) => one.speaks(path)) : undefined;
    if (!dialect) {
      others.push(`${req.method} ${req.url}`);
      req.resume();
      res.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const body = await bodyOf(req);
    const turn = dialect.turn(body);
    const isOurs = turn.tools.some((tool) => tool.includes('holdfast'));
    if (isOurs) turns.push(turn);
    else others.push(`${req.method} ${req.url} ${turn.tools.join(' ')}`);
    const step = isOurs ? await script(turn) : IDLE;
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const { name, data } of dialect.events(step, body)) {
      res.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
    }
    res.end();
  };
  const server = createServer((req, res) => {
    answer(req, res).catch((error) => res.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns,
    others,
    play(next) {
      script = next;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
