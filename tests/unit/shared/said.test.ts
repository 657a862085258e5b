import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { networkFailure, statusSentence } from '#src/main/http-client/failures';
import { proxySlow } from '#src/main/http-client/proxy-failures';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { whyNotStarted } from '#src/main/upstream/failure-text';
import { flowSentence } from '#src/main/upstream/login/flow-failures';
import { errorWords } from '#src/renderer/format/error-words';
import { HoldfastError } from '#src/shared/errors';
import { DE } from '#src/shared/messages/de';
import { EN } from '#src/shared/messages/en';
import { setLanguage, t, type Values } from '#src/shared/messages/language';
import { piecesOf, type SaidId, said, sentences } from '#src/shared/messages/said';
import { whatWasSaid } from '#src/shared/messages/what-was-said';

const ids = Object.keys(EN).filter((id): id is SaidId => id.startsWith('said.'));
const namesOf = (id: SaidId): string[] =>
  piecesOf(EN[id]).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));

beforeEach(() => setLanguage('de', DE));
afterEach(() => setLanguage('en', EN));

describe('what the main process says', () => {
  test('has names of values only where they can be found again', () => {
    const touching = ids.filter((id) => {
      const pieces = piecesOf(EN[id]);
      return pieces.some((piece, index) => typeof piece !== 'string' && typeof (pieces[index + 1] ?? '') !== 'string');
    });
    expect(touching).toEqual([]);
  });

  test('is found again, each text with its values', () => {
    const inner = said('said.server.stopped');
    const given = (name: string, index: number): string =>
      name === 'what' ? inner : name === 'host' ? 'h.example' : `70${index}`;
    const differing = ids.flatMap((id) => {
      const names = namesOf(id);
      const values: Values = Object.fromEntries(names.map((name, index) => [name, given(name, index)]));
      const translated = Object.fromEntries(
        names.map((name, index) => [name, name === 'what' ? t('said.server.stopped') : given(name, index)]),
      );
      const expected = t(id, translated);
      const found = whatWasSaid(said(id, values));
      return found === expected ? [] : [`${id}: ${found} instead of ${expected}`];
    });
    expect(differing).toEqual([]);
  });

  test('needs its values', () => {
    expect(() => said('said.server.ended' as SaidId)).toThrow(/code/);
  });

  test('is said as it is where English is spoken, and where the catalogue does not have it', () => {
    expect(whatWasSaid('Something of a newer Holdfast.')).toBeNull();
    setLanguage('en', EN);
    expect(whatWasSaid(said('said.server.stopped'))).toBeNull();
  });
});

describe('what is made of several texts is said as a whole', () => {
  const REFUSED = Object.assign(new Error(), { code: 'ECONNREFUSED' });
  const EXPIRED = Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' });
  const proxy = { name: 'proxy:3128', variable: 'HTTP_PROXY', protocol: 'http:', authorization: null } as never;
  const problems = (text: string): readonly string[] => {
    const parsed = parseFile(text, 'servers.json');
    if (!parsed.ok) return [parsed.problem];
    return parsed.file.entries.flatMap(({ problems }) =>
      problems.map(({ line, sentence }) => `servers.json:${line}: ${sentence}`),
    );
  };

  test.each<[string, string]>([
    [
      whyNotStarted('a b', new Error(said('said.server.no_answer', { method: 'initialize' }))),
      'Hat initialize nicht rechtzeitig beantwortet.',
    ],
    [
      whyNotStarted('a', networkFailure(REFUSED, 'h:9', false)),
      'h:9 nimmt keine Verbindungen an: Dort lauscht nichts.',
    ],
    [
      whyNotStarted('a', networkFailure(EXPIRED, 'h', false)),
      'h gilt nicht als vertrauenswürdig: Das Zertifikat ist abgelaufen.',
    ],
    [
      whyNotStarted('a', proxySlow(proxy, 'h')),
      'h wird über den Proxy proxy:3128 gefragt. Der Proxy hat nicht rechtzeitig eine Verbindung dorthin geöffnet; prüfen, ob der Proxy es erreicht.',
    ],
    [
      whyNotStarted('a', new Error(statusSentence(503))),
      'Antwortete 503: Er selbst oder etwas davor ist fehlgeschlagen.',
    ],
    [
      whyNotStarted('a', new HoldfastError('server_unavailable', said('said.command.not_found', { command: 'npx' }))),
      'Der Befehl „npx“ wurde nicht gefunden. Installieren oder den ganzen Pfad angeben.',
    ],
    ['The server "a" does not run. Holdfast tries again in 4 s.', 'Läuft nicht. Holdfast versucht es in 4 s erneut.'],
  ])('%s', (error, words) => {
    expect(errorWords(error)).toBe(words);
  });

  test('with the place in a file before it', () => {
    expect(problems('{"mcpServers": {"a": {}}}').map(whatWasSaid)).toEqual([
      'servers.json:1: er hat weder "command" noch "url". Eines davon schreiben.',
    ]);
    expect(problems('{"mcpServers": {"a": {"command": ["x"], "args": 1}}}').map(whatWasSaid)).not.toContain(null);
    expect(problems('{').map(whatWasSaid)).toEqual(['servers.json:1: eine schließende } fehlt.']);
    expect(problems('{"mcpServers": {"a b": {"url": "http://x"}}}').map(whatWasSaid)).not.toContain(null);
  });

  test('with what others said as they said it', () => {
    const text = sentences(said('said.toml.invalid', { reason: 'bad key' }), said('said.file.unchanged'));
    expect(whatWasSaid(text)).toBe(
      'das ist kein TOML („bad key“). Korrigieren. Nichts wurde geändert: Erst die Datei korrigieren.',
    );
    expect(whatWasSaid(flowSentence(Object.assign(new Error('x'), { code: 'odd' }), 'http://x'))).toBe(
      'Der Autorisierungsserver antwortete „odd“. Die Anmeldung neu beginnen.',
    );
  });

  test('and what errors of the registry say', () => {
    expect(whatWasSaid(new HoldfastError('unauthorized').message)).toMatch(
      /^Ein gültiger Schlüssel fehlt\..*<Client-Schlüssel>/,
    );
  });
});
