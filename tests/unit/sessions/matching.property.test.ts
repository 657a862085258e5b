import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClientProcess } from '#src/shared/contract/client-process';
import { SECOND } from '#src/shared/model/units';
import { Harness, makeProcess } from './harness';

interface Chat {
  readonly process: ClientProcess;
  readonly transport: string;
  readonly session: string;
  readonly closes: (() => void)[];
}

const NAMES = ['claude-code', 'my agent'];
/** Process ids come back, with another start time. */
const PIDS = 3;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('initialize' as const), process: fc.nat(PIDS - 1) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('stream' as const), chat: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('close' as const), chat: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('speak' as const), chat: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('die' as const), process: fc.nat(PIDS - 1), seen: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      how: fc.constantFrom('stop' as const, 'kill' as const),
      down: fc.constantFrom(0, 3, 8, 300),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), s: fc.constantFrom(1, 5, 30, 200, 3_000) }) },
);

test('no history of opens, closes, deaths and restarts gives what a living process has to another one', async () => {
  const history = fc.array(step, { maxLength: 60, size: 'max' });
  const setting = fc.constantFrom('new_session' as const, 'last_session' as const);
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(...NAMES), setting, async (steps, name, new_process) => {
      const house = await Harness.open();
      try {
        const created = house.client();
        const client = house.clients.setNewProcess(created.client_id, new_process);
        let started = 0;
        const alive = Array.from({ length: PIDS }, (_, i) => makeProcess(i + 1, { started: `boot:${++started}` }));
        let chats: Chat[] = [];
        for (const one of steps) {
          const chat = 'chat' in one ? chats.at(-1 - (one.chat % Math.max(1, chats.length))) : undefined;
          if (one.kind === 'initialize') {
            const process = alive[one.process] as ClientProcess;
            const { transport, session } = house.connect(client, { name, process });
            const others = chats.filter(
              (other) => other.session === session.session_id && alive.includes(other.process),
            );
            expect(
              others.every((other) => other.process === process),
              'a session of another living process was given away',
            ).toBe(true);
            chats.push({ process, transport, session: session.session_id, closes: [] });
          } else if (one.kind === 'stream' && chat && isThere(house, chat, client.client_id)) {
            house.manager.enter(chat.transport, false, client);
            chat.closes.push(house.manager.streamOpened(chat.transport));
          } else if (one.kind === 'close') chat?.closes.pop()?.();
          else if (one.kind === 'speak' && chat && alive.includes(chat.process)) {
            // What a living process had stays its own, unless it began anew itself.
            if (!isThere(house, chat, client.client_id)) {
              expect(chats.some((other) => other !== chat && other.process === chat.process)).toBe(true);
            } else {
              const { session } = house.manager.enter(chat.transport, true, client);
              expect(session.session_id).toBe(chat.session);
            }
          } else if (one.kind === 'die') {
            const dead = alive[one.process] as ClientProcess;
            for (const gone of chats.filter(({ process }) => process === dead)) for (const end of gone.closes) end();
            alive[one.process] = makeProcess(dead.pid, { started: `boot:${++started}` });
            if (one.seen) house.manager.processesEnded([dead]);
          } else if (one.kind === 'restart') {
            chats = chats.map((other) => ({ ...other, closes: [] }));
            await house.restart(one.how, one.down * SECOND);
          } else if (one.kind === 'wait') for (let left = one.s; left > 0; left -= 5) house.clock.advance(5 * SECOND);
        }
        expect(house.problems).toEqual([]);
      } finally {
        house.close();
      }
    }),
    { numRuns: 80 },
  );
}, 60_000);

const isThere = (house: Harness, { transport }: Chat, clientId: string): boolean =>
  house.manager.findTransport(transport, clientId) !== null;
