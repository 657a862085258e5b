import { describe, expect, test } from 'vitest';
import { isClientId, isSessionId, isTransportId, shortId } from '#src/shared/model/ids';
import { Harness } from '#tests/unit/sessions/harness';

describe('ids', () => {
  test('are recognized by prefix, length and letters', () => {
    expect(isSessionId('s_AAAAAAAAAAAAAAAAAAAA-_')).toBe(true);
    expect(isTransportId('t_AAAAAAAAAAAAAAAAAAAA-_')).toBe(true);
    expect(isClientId('c_AAAAAAAAA-_')).toBe(true);
    for (const id of [
      '',
      's_',
      's_AAAAAAAAAAAAAAAAAAAAA',
      's_AAAAAAAAAAAAAAAAAAAAAAA',
      't_AAAAAAAAAAAAAAAAAAAAAA',
      'S_AAAAAAAAAAAAAAAAAAAAAA',
      's_AAAAAAAAAAAAAAAAAAAAA=',
      's_AAAAAAAAAAAAAAAAAAAAAA\n',
      "s_AAAAAAAAAAAAAAAAAAAA' ",
      ' s_AAAAAAAAAAAAAAAAAAAAAA',
    ]) {
      expect(isSessionId(id), JSON.stringify(id)).toBe(false);
    }
  });

  test('that are given out are recognized', async () => {
    const house = await Harness.open();
    try {
      const client = house.client();
      const { transport, session } = house.connect(client);
      expect(isClientId(client.client_id)).toBe(true);
      expect(isTransportId(transport)).toBe(true);
      expect(isSessionId(session.session_id)).toBe(true);
    } finally {
      house.close();
    }
  });

  test('are shown short, and short texts whole', () => {
    expect(shortId('s_ABCDEFGHIJKLMNOPQRSTUV')).toBe('s_ABCDEF…');
    expect(shortId('s_ABC')).toBe('s_ABC');
  });
});
