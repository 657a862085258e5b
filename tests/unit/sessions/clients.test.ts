import { describe, expect } from 'vitest';
import { hashToken } from '#src/main/sessions/reconnect/reconnect-tokens';
import { MINUTE } from '#src/shared/model/units';
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
    expect(house.clients.find(client_key)).toMatchObject({ client_id, first_seen_at: null, last_seen_at: null });
    house.clients.authenticate(client_key);
    house.clock.advance(3_000);
    house.clients.authenticate(client_key);
    const last = house.clock.now();
    house.clock.advance(2_000);
    expect(house.clients.find(client_key)).toMatchObject({ first_seen_at: last - 3_000, last_seen_at: last });
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
