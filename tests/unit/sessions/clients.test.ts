import { describe, expect } from 'vitest';
import { OLD_KEY_LIFE } from '#src/main/sessions/clients';
import { hashToken } from '#src/main/sessions/reconnect/reconnect-tokens';
import { HOUR, MINUTE } from '#src/shared/model/units';
import { codeOf, type Harness, harnessTest as test } from './harness';

const create = (house: Harness, name = 'Laptop') =>
  house.clients.create({ name, type: 'cursor', policy: 'sessionful' });

describe('a client', () => {
  test('gets a key of 256 bits, which authenticates it and is found nowhere else', ({ house }) => {
    const { client_id, client_key } = create(house);
    expect(client_key).toMatch(/^hf_[A-Za-z0-9_-]{43}$/);
    expect(house.clients.authenticate(client_key)).toMatchObject({ client_id, name: 'Laptop', type: 'cursor' });
    expect(JSON.stringify(house.clients.list())).not.toContain(client_key.slice(3));
    expect(JSON.stringify(house.events)).not.toContain(client_key.slice(3));
    expect(house.store.clients.byKeyHash(hashToken(client_key))?.client_id).toBe(client_id);
    expect(create(house).client_key).not.toBe(client_key);
  });

  test('is unknown without exactly its key', ({ house }) => {
    const { client_key } = create(house);
    const flipped = client_key.slice(0, -2) + (client_key.at(-2) === 'A' ? 'B' : 'A') + client_key.at(-1);
    for (const key of ['', 'hf_', client_key.slice(0, -1), `${client_key} `, client_key.slice(3), flipped]) {
      expect(house.clients.authenticate(key), JSON.stringify(key)).toBeNull();
    }
    expect(house.clients.authenticate(client_key.toUpperCase())).toBeNull();
    expect(house.clients.authenticate(`hf_${'A'.repeat(1_000_000)}`)).toBeNull();
    expect(house.clients.authenticate(hashToken(client_key))).toBeNull();
  });

  test.for([
    { type: 'zed', known: 'other', type_name: 'zed', new_process: 'new_session' },
    { type: 'Claude-Code', known: 'other', type_name: 'Claude-Code', new_process: 'new_session' },
    { type: 'claude-code', known: 'claude-code', type_name: null, new_process: 'new_session' },
    { type: 'claude-desktop', known: 'claude-desktop', type_name: null, new_process: 'last_session' },
  ])('of the type $type is one of $known', ({ type, known, type_name, new_process }, { house }) => {
    const { client_id } = house.clients.create({ name: 'Editor', type, policy: 'sessionful' });
    expect(house.clients.get(client_id)).toMatchObject({ name: 'Editor', type: known, type_name, new_process });
  });

  test('is not its name: two clients of one name are two', ({ house }) => {
    const [a, b] = [create(house), create(house)];
    expect(house.clients.authenticate(a.client_key)?.client_id).toBe(a.client_id);
    expect(house.clients.authenticate(b.client_key)?.client_id).toBe(b.client_id);
  });

  test('keeps its key over restarts', async ({ house }) => {
    const { client_id, client_key } = create(house);
    await house.restart('kill');
    expect(house.clients.authenticate(client_key)?.client_id).toBe(client_id);
  });

  test('is found by its key without being marked as seen, and with the exact time of its last request', ({ house }) => {
    const { client_id, client_key } = create(house);
    expect(house.clients.find(client_key)).toMatchObject({ client_id, last_used_at: null, ends_at: null });
    house.clients.authenticate(client_key);
    house.clock.advance(3_000);
    house.clients.authenticate(client_key);
    const last = house.clock.now();
    house.clock.advance(2_000);
    expect(house.clients.find(client_key)).toMatchObject({ last_used_at: last });
    house.clients.remove(client_id);
    expect(house.clients.find(client_key)).toBeNull();
    expect(house.clients.find('hf_')).toBeNull();
  });

  test('is marked as seen with its first request, and once a minute from then', ({ house }) => {
    const { client_id, client_key } = create(house);
    expect(house.clients.get(client_id)).toMatchObject({ first_seen_at: null, last_seen_at: null });
    const first = house.clock.now();
    house.clients.authenticate(client_key);
    house.clock.advance(MINUTE - 1);
    house.clients.authenticate(client_key);
    expect(house.clients.get(client_id)).toMatchObject({ first_seen_at: first, last_seen_at: first });
    house.clock.advance(1);
    house.clients.authenticate(client_key);
    expect(house.clients.get(client_id)).toMatchObject({ first_seen_at: first, last_seen_at: first + MINUTE });
  });

  test('is unknown at once when it was removed', async ({ house }) => {
    const { client_id, client_key } = create(house);
    house.clients.authenticate(client_key);
    house.clients.remove(client_id);
    expect(house.clients.authenticate(client_key)).toBeNull();
    expect(await codeOf(() => house.clients.get(client_id))).toBe('client_not_found');
    expect(await codeOf(() => house.clients.remove(client_id))).toBe('client_not_found');
    expect(house.events.map(({ kind }) => kind)).toEqual(['client_created', 'client_removed']);
  });

  test('changes its policy for its next request', async ({ house }) => {
    const { client_id, client_key } = create(house);
    house.clients.authenticate(client_key);
    expect(house.clients.setPolicy(client_id, 'stateless').policy).toBe('stateless');
    expect(house.clients.authenticate(client_key)?.policy).toBe('stateless');
    expect(await codeOf(() => house.clients.setPolicy('c_AAAAAAAAAAA', 'stateless'))).toBe('client_not_found');
  });

  test('is not made when that cannot be written', async ({ house }) => {
    house.diskIsFull = true;
    expect(await codeOf(() => create(house))).toBe('storage_unavailable');
    house.diskIsFull = false;
    expect(house.clients.list()).toEqual([]);
    expect(house.events).toEqual([]);
  });
});

describe('a key that was renewed', () => {
  const idOf = (house: Harness, key: string) => house.clients.authenticate(key)?.client_id ?? null;
  const endings = (house: Harness) =>
    house.events.flatMap((event) => (event.kind === 'client_key_ended' ? [event.payload.reason] : []));

  /** A client that has come with its first key, and has a second one. */
  function renewed(house: Harness) {
    const { client_id, client_key: old } = create(house);
    house.clients.authenticate(old);
    const { client_key: now, old_key_until } = house.clients.renewKey(client_id);
    return { client_id, old, now, old_key_until };
  }

  test('works beside the new one for 15 minutes, and not a millisecond longer', ({ house }) => {
    const { client_id, old, now, old_key_until } = renewed(house);
    expect(now).toMatch(/^hf_[A-Za-z0-9_-]{43}$/);
    expect(now).not.toBe(old);
    expect(old_key_until).toBe(house.clock.now() + OLD_KEY_LIFE);
    house.clock.advance(OLD_KEY_LIFE - 1);
    expect([idOf(house, old), idOf(house, now)]).toEqual([client_id, client_id]);
    expect(endings(house)).toEqual([]);
    house.clock.advance(1);
    expect([idOf(house, old), idOf(house, now)]).toEqual([null, client_id]);
    expect(endings(house)).toEqual(['time']);
    expect(house.clients.get(client_id).old_key).toBeNull();
    expect(house.store.clients.oldKeys()).toEqual([]);
  });

  test('says until when it works and when it was last used, apart from the new one', ({ house }) => {
    const { client_id, old, now, old_key_until } = renewed(house);
    const first = house.clock.now();
    expect(house.clients.get(client_id)).toMatchObject({
      key_used_at: null,
      old_key: { valid_until: old_key_until, last_used_at: first },
    });
    house.clock.advance(5_000);
    house.clients.authenticate(old);
    expect(house.clients.list()[0]?.old_key?.last_used_at).toBe(first + 5_000);
    expect(house.clients.find(old)).toMatchObject({ last_used_at: first + 5_000, ends_at: old_key_until });
    expect(house.clients.find(now)).toMatchObject({ last_used_at: null, ends_at: null });
    house.clients.authenticate(now);
    expect(house.clients.get(client_id).key_used_at).toBe(first + 5_000);
  });

  test('keeps its end over a kill, also when it passes while Holdfast is away', async ({ house }) => {
    const { client_id, old, now } = renewed(house);
    await house.restart('kill', 5 * MINUTE);
    expect([idOf(house, old), idOf(house, now)]).toEqual([client_id, client_id]);
    await house.restart('kill', HOUR);
    expect(idOf(house, old)).toBeNull();
    expect(house.clients.get(client_id).old_key).toBeNull();
    house.clock.advance(1);
    expect(endings(house)).toEqual(['time']);
    expect(idOf(house, now)).toBe(client_id);
  });

  test('does not live longer because somebody sets the clock back', ({ house }) => {
    const { old } = renewed(house);
    house.clock.setBy(-HOUR);
    house.clock.advance(OLD_KEY_LIFE);
    expect(idOf(house, old)).toBeNull();
    expect(endings(house)).toEqual(['time']);
  });

  test('is over after a sleep that its timer did not notice, and no renewal brings it back', ({ house }) => {
    const { client_id, old, now } = renewed(house);
    house.clock.setBy(HOUR);
    const { client_key: third } = house.clients.renewKey(client_id);
    expect([old, now, third].map((key) => idOf(house, key))).toEqual([null, client_id, client_id]);
    expect(endings(house)).toEqual(['time']);
    house.clock.setBy(HOUR);
    house.clients.endOldKeys();
    expect([now, third].map((key) => idOf(house, key))).toEqual([null, client_id]);
    expect(endings(house)).toEqual(['time', 'time']);
    expect(house.store.clients.oldKeys()).toEqual([]);
  });

  test('can be ended early, and whoever listens hears of its hash', ({ house }) => {
    const { client_id, old, now } = renewed(house);
    const heard: string[] = [];
    house.clients.onKeyEnded((hash) => heard.push(hash));
    expect(house.clients.endOldKey(client_id).old_key).toBeNull();
    expect([idOf(house, old), idOf(house, now)]).toEqual([null, client_id]);
    expect(heard).toEqual([hashToken(old)]);
    house.clients.endOldKey(client_id);
    expect(endings(house)).toEqual(['user']);
    house.clock.advance(OLD_KEY_LIFE);
    expect(endings(house)).toEqual(['user']);
  });

  test('stays when the new one was lost before anybody used it', ({ house }) => {
    const { client_id, old, now: lost } = renewed(house);
    house.clock.advance(10 * MINUTE);
    const { client_key: now } = house.clients.renewKey(client_id);
    expect([old, lost, now].map((key) => idOf(house, key))).toEqual([client_id, null, client_id]);
    house.clock.advance(10 * MINUTE);
    expect(idOf(house, old), 'its time begins anew').toBe(client_id);
    expect(endings(house)).toEqual(['renewed_again']);
  });

  test('ends when the new one was used and is renewed, too', ({ house }) => {
    const { client_id, old, now: second } = renewed(house);
    house.clients.authenticate(second);
    const { client_key: third } = house.clients.renewKey(client_id);
    expect([old, second, third].map((key) => idOf(house, key))).toEqual([null, client_id, client_id]);
    expect(endings(house)).toEqual(['renewed_again']);
  });

  test('is the only one again when the new one could not be written', ({ house }) => {
    const { client_id, old, now } = renewed(house);
    house.clients.takeBackRenewal(client_id);
    expect([idOf(house, old), idOf(house, now)]).toEqual([client_id, null]);
    house.clock.advance(HOUR);
    expect(idOf(house, old)).toBe(client_id);
    expect(endings(house)).toEqual(['not_written']);
  });

  test('goes with its client', ({ house }) => {
    const { client_id, old, now } = renewed(house);
    house.clients.remove(client_id);
    expect([idOf(house, old), idOf(house, now)]).toEqual([null, null]);
    expect(house.store.clients.oldKeys()).toEqual([]);
    house.clock.advance(HOUR);
    expect(endings(house)).toEqual([]);
  });

  test('stands in no event, and changes nothing while the disk is full', async ({ house }) => {
    const { client_id, old, now } = renewed(house);
    for (const key of [old, now]) {
      expect(JSON.stringify([house.events, house.clients.list()])).not.toContain(key.slice(3));
    }
    house.diskIsFull = true;
    expect(await codeOf(() => house.clients.renewKey(client_id))).toBe('storage_unavailable');
    expect([idOf(house, old), idOf(house, now)]).toEqual([client_id, client_id]);
    house.clock.advance(OLD_KEY_LIFE);
    expect(idOf(house, old), 'refused although its end cannot be written').toBeNull();
    house.diskIsFull = false;
    house.clock.advance(MINUTE);
    expect(endings(house)).toEqual(['time']);
    expect(await codeOf(() => house.clients.renewKey('c_AAAAAAAAAAA'))).toBe('client_not_found');
  });
});
