import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { networkFailure, statusSentence } from '#src/main/http-client/failures';
import { proxySlow } from '#src/main/http-client/proxy-failures';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { whyNotStarted } from '#src/main/upstream/failure-text';
import { refusedBy } from '#src/main/upstream/instance/own-requests';
import { flowSentence } from '#src/main/upstream/login/flow-failures';
import { errorWords } from '#src/renderer/format/error-words';
import { HoldfastError } from '#src/shared/errors';
import { DE } from '#src/shared/messages/de';
import { EN } from '#src/shared/messages/en';
import { setLanguage, t, type Values } from '#src/shared/messages/language';
import { piecesOf, type SaidId, said, sentences } from '#src/shared/messages/said';
import { isSaid, whatWasSaid } from '#src/shared/messages/what-was-said';

const ids = Object.keys(EN).filter((id): id is SaidId => id.startsWith('said.'));
const namesOf = (id: SaidId): string[] =>
  piecesOf(EN[id]).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));

/** Texts that can stand by themselves. */
const anywhere = ids.filter((id) => !/^said\.(part|host)\./.test(id));

/** A text with values of that sort, in both languages. */
function bothOf(id: SaidId): { readonly english: string; readonly german: string } {
  const given = namesOf(id).map((name, index): [string, string, string] => {
    if (name === 'what') return [name, said('said.server.stopped'), t('said.server.stopped')];
    const value = name === 'host' ? 'h.example' : `70${index}`;
    return [name, value, value];
  });
  const values = (at: 1 | 2): Values => Object.fromEntries(given.map((one) => [one[0], one[at]]));
  return { english: said(id, values(1)), german: t(id, values(2)) };
}

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
    const differing = anywhere.flatMap((id) => {
      const { english, german } = bothOf(id);
      const found = whatWasSaid(english);
      return found === german ? [] : [`${id}: ${found} instead of ${german}`];
    });
    expect(differing).toEqual([]);
  });

  test('is found again where a value before a full stop could take in the next sentence', () => {
    const isWhole = (id: SaidId) => EN[id].endsWith('.');
    const open = anywhere.filter((id) => isWhole(id) && /\{\w+\}"?\.$/.test(EN[id]));
    const next = anywhere.filter((id) => isWhole(id) && /^[\p{Lu}"{]/u.test(EN[id])).map(bothOf);
    expect(open.length).toBeGreaterThan(20);
    const differing = open.flatMap((id) => {
      const first = bothOf(id);
      return next.flatMap(({ english, german }) => {
        const expected = `${first.german} ${german}`;
        const found = whatWasSaid(`${first.english} ${english}`);
        return found === expected ? [] : [`${first.english} ${english}: ${found}`];
      });
    });
    expect(differing).toEqual([]);
  });

  test('stands for a value of its name, if it has one', () => {
    const text = said('said.list.hidden_one', { part: said('said.part.title'), text: 'x' });
    expect(whatWasSaid(text)).toBe('Der Titel enthält ein unsichtbares Zeichen: „x“.');
    expect(whatWasSaid(said('said.part.title'))).toBeNull();
  });

  test('is not found in what is not of the catalogue because of one word', () => {
    expect(whatWasSaid('Error: failed')).toBeNull();
    expect(whatWasSaid('odd: title')).toBeNull();
    expect(whatWasSaid('It broke. Left out.')).toBeNull();
  });

  test('is looked for no longer than it may take, whatever a server writes', () => {
    const reason = `x. ${'And a more. '.repeat(40)}zz`;
    const error = said('said.server.named', {
      name: 'a',
      what: said('said.server.refused_method', { method: 'initialize', reason }),
    });
    expect(whatWasSaid(error)).toBe(`Der Server „a“ hat initialize abgelehnt: „${reason}“.`);
    expect(errorWords(error)).toBe(`Hat initialize abgelehnt: „${reason}“.`);
    expect(whatWasSaid(`${'Of a: b. And c: d! '.repeat(200)}zz`)).toBeNull();
  });

  test('needs its values', () => {
    expect(() => said('said.server.ended' as SaidId)).toThrow(/code/);
  });

  test('is said as it is where English is spoken, and where the catalogue does not have it', () => {
    expect(whatWasSaid('Something of a newer Holdfast.')).toBeNull();
    setLanguage('en', EN);
    expect(whatWasSaid(said('said.server.stopped'))).toBeNull();
  });

  test.each(['en', 'de'] as const)('is told from what others wrote (%s)', (language) => {
    setLanguage(language, language === 'en' ? EN : DE);
    expect(isSaid(said('said.server.stopped'))).toBe(true);
    expect(isSaid('servers.json:3: a value is missing here.')).toBe(true);
    expect(isSaid('Something of a newer Holdfast.')).toBe(false);
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
    [
      whyNotStarted('a', new Error(refusedBy('initialize', { message: 'Invalid token. ' }, String))),
      'Hat initialize abgelehnt: „Invalid token“.',
    ],
    [
      whyNotStarted(
        'a',
        new Error(
          refusedBy('initialize', { message: said('said.server.unnamed', { what: statusSentence(401) }) }, String),
        ),
      ),
      'Hat initialize abgelehnt: Der Server antwortete 401: Er verlangt einen Schlüssel oder ein Token; die Header des Eintrags prüfen.',
    ],
    [
      whyNotStarted('a', new Error(refusedBy('initialize', {}, String))),
      'Hat initialize abgelehnt, ohne einen Grund zu nennen.',
    ],
    ['The server "a" does not run. Holdfast tries again in 4 s.', 'Läuft nicht. Holdfast versucht es in 4 s erneut.'],
  ])('%s', (error, words) => {
    expect(errorWords(error)).toBe(words);
  });

  test.each<[string, string]>([
    [
      sentences(said('said.import.project', { project: '/p' }), said('said.import.not_taken', { names: 'x' })),
      'Aus dem Projekt /p. Nicht übernommen: x.',
    ],
    [
      sentences(said('said.check.servers.disabled', { name: 'a' }), said('said.check.servers.disabled', { name: 'b' })),
      'Server a ist ausgeschaltet. Server b ist ausgeschaltet.',
    ],
    [
      sentences(said('said.import.limits_only', { names: 'a' }), said('said.import.limits_except', { names: 'b' })),
      'Sichtbar: a. Verborgen: b.',
    ],
    [
      sentences(
        said('said.list.finding', { field: 'a', what: said('said.list.lacks', { names: 'x' }) }),
        said('said.list.finding', { field: 'b', what: said('said.list.missing') }),
      ),
      '„a“ hat nicht alles Nötige: x. „b“ fehlt.',
    ],
    [
      sentences(
        said('said.server.named', { name: 'a', what: said('said.server.still_starting', { seconds: 60 }) }),
        said('said.server.try_in_a_moment'),
      ),
      'Der Server „a“ startet seit 60 s. Gleich noch einmal versuchen.',
    ],
    [
      sentences(
        said('said.check.servers.failed', { failed: 2, asked: 3 }),
        ...['a', 'b'].map((name) =>
          said('said.check.servers.one', { name, why: whyNotStarted(name, proxySlow(proxy, 'h')).replace(/\.$/, '') }),
        ),
      ),
      `Keine Antwort von 2 der 3 Server. ${['a', 'b'].map((name) => `Server ${name}: Der Server „${name}“ unter h wird über den Proxy proxy:3128 gefragt. Der Proxy hat nicht rechtzeitig eine Verbindung dorthin geöffnet; prüfen, ob der Proxy es erreicht.`).join(' ')}`,
    ],
    [
      said('said.telemetry.receiver', { what: proxySlow(proxy, 'h').message }),
      'Der Empfänger unter h wird über den Proxy proxy:3128 gefragt. Der Proxy hat nicht rechtzeitig eine Verbindung dorthin geöffnet; prüfen, ob der Proxy es erreicht.',
    ],
    [
      said('said.server.named', {
        name: 'a',
        what: networkFailure(REFUSED, said('said.host.proxied', { host: 'h:9', proxy: 'p:1' }), false).message,
      }),
      'Der Server „a“ unter h:9 (über den Proxy p:1) nimmt keine Verbindungen an: Dort lauscht nichts.',
    ],
    [
      said('said.secrets.not_read', { what: said('said.secrets.what.logins'), why: said('said.secrets.wrong_key') }),
      'Die Anmeldungen bei Servern ließen sich nicht lesen (der Schlüssel im Schlüsselbund passt nicht).',
    ],
  ])('%s', (text, words) => {
    expect(whatWasSaid(text)).toBe(words);
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
