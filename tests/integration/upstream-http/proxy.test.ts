import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Network } from '#src/main/http-client/network';
import { HttpRequests } from '#src/main/http-client/requests';
import { systemTimers } from '#src/main/platform/node';
import type { Timers } from '#src/main/platform/ports';
import { disposing, makeFolder, removeFolder } from '#tests/support/fixtures';
import { type HttpProxyOptions, startHttpProxy } from '#tests/support/proxies/http-proxy';
import { Authority } from '#tests/support/servers/authority';
import {
  type Asked,
  handshake,
  result,
  type ScriptedServer,
  sendEvent,
  sendJson,
  startEvents,
  wireTest,
} from '#tests/support/servers/scripted-http';

const HOST = 'mcp.far.test';
const SECURE = `https://${HOST}/mcp`;
const PLAIN = `http://${HOST}/mcp`;
const ADDRESS = { url: SECURE, headers: {} };
const REQUEST = { method: 'GET', headers: {}, silence: 0 } as const;
/** How long a connection may take. */
const CONNECT_LIMIT_MS = 10_000;
const LOGIN = 'ann:s3cret@pass';
const IN_URL = 'ann:s3cret%40pass';

const answering = (asked: Asked, res: ServerResponse) => {
  if (!handshake(asked, res)) sendJson(res, 200, result(asked.body?.id, { is: asked.body?.method }));
};

const test = wireTest
  .extend('folder', { scope: 'file' }, ({}, { onCleanup }) => {
    const folder = makeFolder();
    onCleanup(async () => removeFolder(folder));
    return folder;
  })
  .extend('authority', { scope: 'file' }, ({ folder }) => new Authority(folder))
  .extend('identity', { scope: 'file' }, ({ authority }) => authority.issue(HOST))
  .extend('proxy', ({}, { onCleanup }) => disposing(onCleanup, startHttpProxy, (proxy) => proxy.stop()))
  /** A server over TLS that only the proxy can reach. */
  .extend(
    'far',
    ({ serve, identity }) =>
      (script: Parameters<typeof serve>[0] = answering) =>
        serve(script, 0, identity),
  )
  .extend(
    'trusting',
    ({ authority }) =>
      (environment: NodeJS.ProcessEnv) =>
        new Network({ environment: { NODE_EXTRA_CA_CERTS: authority.file, ...environment } }),
  );

const both = ({ port }: ScriptedServer): HttpProxyOptions['hosts'] => ({ [`${HOST}:443`]: port, [`${HOST}:80`]: port });
/** Something to wait for. */
function once<T>(): { readonly happens: Promise<T>; happened(what: T): void } {
  let happened: (what: T) => void = () => {};
  const happens = new Promise<T>((resolve) => {
    happened = resolve;
  });
  return { happens, happened: (what) => happened(what) };
}

/** The proxy variables for a proxy on this machine. */
const through = (port: number, login = '', scheme = 'http') => {
  const proxy = `${scheme}://${login === '' ? '' : `${login}@`}127.0.0.1:${port}`;
  return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
};

describe('a server behind a proxy', () => {
  test('over https, is reached through one kept tunnel', async ({ far, proxy, connect, trusting }) => {
    const server = await far();
    const between = await proxy({ hosts: both(server) });
    const wire = connect(SECURE, null, { authorization: 'Bearer k' }, undefined, trusting(through(between.port)));
    await wire.initialize();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
    }
    expect(new Set(between.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    // One for requests that may be sent twice, one for those that may not, and one for the standalone stream.
    expect(between.asked.length).toBeLessThanOrEqual(3);
    expect(server.asked[0]?.headers).toMatchObject({ host: HOST, authorization: 'Bearer k' });
    expect(between.headers.some(({ authorization }) => authorization !== undefined)).toBe(false);
  });

  test('over http, is asked in absolute form', async ({ serve, proxy, connect, trusting }) => {
    const server = await serve(answering);
    const between = await proxy({ hosts: both(server) });
    const wire = connect(`${PLAIN}?a=b%20c`, null, {}, undefined, trusting(through(between.port)));
    await wire.initialize();
    expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
    expect(between.asked[0]).toBe(`POST ${PLAIN}?a=b%20c`);
    expect(server.asked[0]?.headers.host).toBe(HOST);
  });

  test.for([SECURE, PLAIN])(
    'gets the user and password of the proxy nowhere: %s',
    async (url, { far, serve, proxy, connect, trusting }) => {
      const server = url === SECURE ? await far() : await serve(answering);
      const between = await proxy({ hosts: both(server), login: LOGIN });
      const wire = connect(url, null, {}, undefined, trusting(through(between.port, IN_URL)));
      await wire.initialize();
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
      expect(between.headers[0]?.['proxy-authorization']).toBe(`Basic ${btoa(LOGIN)}`);
      expect(server.asked.every(({ headers }) => !('proxy-authorization' in headers))).toBe(true);
    },
  );

  test.for([SECURE, PLAIN])(
    'is reached through a proxy that is asked over TLS itself: %s',
    async (url, { far, serve, proxy, connect, trusting, authority }) => {
      const server = url === SECURE ? await far() : await serve(answering);
      const between = await proxy({ hosts: both(server), login: LOGIN, identity: authority.issue('127.0.0.1', 'IP') });
      const wire = connect(url, null, {}, undefined, trusting(through(between.port, IN_URL, 'https')));
      await wire.initialize();
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
      expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'tools/call' } });
      expect(between.asked.length).toBeGreaterThan(0);
    },
  );

  test.for([SECURE, PLAIN])(
    'streams through it, event by event: %s',
    async (url, { far, serve, proxy, connect, trusting }) => {
      const begun = once<ServerResponse>();
      const script = (asked: Asked, res: ServerResponse) => {
        if (asked.body?.method !== 'tools/call') return void handshake(asked, res);
        startEvents(res);
        begun.happened(res);
      };
      const server = await (url === SECURE ? far(script) : serve(script));
      const between = await proxy({ hosts: both(server) });
      const wire = connect(url, null, {}, undefined, trusting(through(between.port)));
      await wire.initialize();
      const id = wire.begin('tools/call');
      const stream = await begun.happens;
      for (const progress of [1, 2, 3]) {
        sendEvent(stream, null, {
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: 1, progress },
        });
        await wire.until(() => wire.heard.length > progress, `event ${progress}`);
      }
      sendEvent(stream, null, result(id, { done: true }));
      expect(await wire.answerTo(id)).toMatchObject({ result: { done: true } });
    },
  );

  test('is not noticed to have been cut off while nothing was asked', async ({ far, proxy, connect, trusting }) => {
    const server = await far();
    const between = await proxy({ hosts: both(server) });
    const wire = connect(SECURE, null, {}, undefined, trusting(through(between.port)));
    await wire.initialize();
    await wire.call('tools/list');
    await wire.call('tools/call');
    between.cut();
    expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
    expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'tools/call' } });
    expect(server.asked.filter(({ body }) => body?.method === 'tools/call')).toHaveLength(2);
    expect(wire.end).toBeNull();
  });

  test('is reached at any port, and by an address', async ({ serve, proxy, connect, trusting, authority }) => {
    const server = await serve(answering, 0, authority.issue('2001:db8::7', 'IP'));
    const between = await proxy({ hosts: { '[2001:db8::7]:8443': server.port } });
    const wire = connect('https://[2001:db8::7]:8443/mcp', null, {}, undefined, trusting(through(between.port)));
    await wire.initialize();
    expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
    expect(between.asked[0]).toBe('CONNECT [2001:db8::7]:8443');
  });

  test('is asked directly if NO_PROXY lists it, and on this machine', async ({ serve, proxy, connect, trusting }) => {
    const server = await serve(answering);
    const between = await proxy();
    const wire = connect(server.url, null, {}, undefined, trusting(through(between.port)));
    await wire.initialize();
    expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
    const listed = connect(PLAIN, null, {}, undefined, trusting({ ...through(between.port), NO_PROXY: '.far.test' }));
    listed.begin('initialize');
    expect((await listed.ended()).sentence).toMatch(/^at mcp\.far\.test could not be found/);
    expect(between.asked).toEqual([]);
  });
});

describe('a proxy that opens no connection is named, with what to do', () => {
  /** Refuses with a status line, and what it wants to be logged in with. */
  const refusing =
    (status: number, schemes = ''): HttpProxyOptions['refuse'] =>
    (to) => {
      if (!('writeHead' in to)) to.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: ${schemes}\r\n\r\n`);
    };
  const CHECK = 'check HTTPS_PROXY in the environment of Holdfast';
  const WANTED = 'wants a user name and a password (407); put them into';
  const REFUSALS: readonly (readonly [url: string, login: string, HttpProxyOptions, sentence: string])[] = [
    [SECURE, '', { login: LOGIN }, `${WANTED} HTTPS_PROXY: http://NAME:PASSWORD@127.0.0.1:PORT`],
    [PLAIN, '', { login: LOGIN }, `${WANTED} HTTP_PROXY: http://NAME:PASSWORD@127.0.0.1:PORT`],
    [SECURE, 'a:b', { login: LOGIN }, 'did not take the user name and password in HTTPS_PROXY (407); correct them'],
    [PLAIN, 'a:b', { login: LOGIN }, 'did not take the user name and password in HTTP_PROXY (407); correct them'],
    [
      ...([SECURE, '', { refuse: refusing(407, 'Negotiate, NTLM') }] as const),
      'wants a kind of login that Holdfast does not know (407); name a proxy on this machine that logs in to it',
    ],
    [
      ...([SECURE, '', { refuse: refusing(403) }] as const),
      'does not allow it (403); ask who runs the proxy, or list the host in NO_PROXY if it can be reached directly',
    ],
    [SECURE, '', {}, 'answered 502: it could not connect to the server, or not now'],
    [SECURE, '', { refuse: refusing(405) }, 'answered 405 and opened no connection; is HTTPS_PROXY a proxy for HTTP?'],
    [SECURE, '', { refuse: (to) => void to.end('SSH-2.0-x\r\n\r\n') }, `does not speak HTTP; ${CHECK}`],
    [SECURE, '', { refuse: (to) => void to.destroy() }, `cut the connection (ECONNRESET); ${CHECK}`],
  ];

  test.for(REFUSALS)('%s, as "%s"', async ([url, login, options, sentence], { proxy, connect, trusting }) => {
    const between = await proxy(options);
    const wire = connect(url, null, {}, undefined, trusting(through(between.port, login)));
    wire.begin('initialize');
    const expected = `at ${HOST} is asked through the proxy 127.0.0.1:${between.port}, which ${sentence}`;
    expect((await wire.ended()).sentence).toBe(expected.replace('PORT', String(between.port)));
  });

  test('it does not allow a request that it would have passed on', async ({ proxy, connect, trusting }) => {
    const refuse: HttpProxyOptions['refuse'] = (to) => {
      if ('writeHead' in to) to.writeHead(403, { 'x-squid-error': 'ERR_ACCESS_DENIED 0' }).end('<html>');
    };
    const between = await proxy({ refuse });
    const wire = connect(PLAIN, null, {}, undefined, trusting(through(between.port)));
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toBe(
      `at ${HOST} is asked through the proxy 127.0.0.1:${between.port}, which does not allow it (403); ask who runs the proxy, or list the host in NO_PROXY if it can be reached directly`,
    );
  });

  test.for([SECURE, PLAIN])('nobody listens there: %s', async (url, { proxy, connect, trusting }) => {
    const between = await proxy();
    await between.stop();
    const wire = connect(url, null, {}, undefined, trusting(through(between.port)));
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toMatch(
      /is asked through the proxy 127\.0\.0\.1:\d+, which refuses connections: nothing listens there; check HTTPS?_PROXY in the environment of Holdfast$/,
    );
  });

  /** A proxy that answers nothing, and real timers but for the limits on connections, which the test ends. */
  const silent = test
    .extend('limits', () => [] as (() => void)[])
    .extend(
      'timers',
      ({ limits }): Timers => ({
        ...systemTimers,
        after: (delay, work) => {
          if (delay !== CONNECT_LIMIT_MS) return systemTimers.after(delay, work);
          limits.push(work);
          return () => {};
        },
      }),
    )
    .extend('asked', () => once<void>())
    .extend('cut', () => once<void>())
    .extend('silentProxy', ({ proxy, asked, cut }) =>
      proxy({
        refuse: (to) => {
          asked.happened();
          to.once('end', () => cut.happened());
          if ('resume' in to) to.resume();
        },
      }),
    );

  silent('it does not answer', async ({ silentProxy: { port }, connect, trusting, timers, limits, asked, cut }) => {
    const wire = connect(SECURE, null, {}, timers, trusting(through(port)));
    wire.begin('initialize');
    await asked.happens;
    for (const limit of limits) limit();
    expect((await wire.ended()).sentence).toBe(
      `at ${HOST} is asked through the proxy 127.0.0.1:${port}, which opened no connection to it in time; check that the proxy can reach it`,
    );
    await cut.happens;
  });

  silent(
    'its connection is cut in time, whoever still waits',
    async ({ silentProxy, trusting, timers, limits, asked, cut }) => {
      const requests = new HttpRequests(ADDRESS, timers, trusting(through(silentProxy.port)));
      const abort = new AbortController();
      const sent = requests.send({ ...REQUEST, signal: abort.signal });
      await asked.happens;
      abort.abort();
      await expect(sent).rejects.toThrow(/could not be connected to/);
      for (const limit of limits) limit();
      await cut.happens;
    },
  );

  silent(
    'a request is over when it is aborted, also before it begins',
    async ({ silentProxy, trusting, timers, asked }) => {
      const requests = new HttpRequests(ADDRESS, timers, trusting(through(silentProxy.port)));
      const abort = new AbortController();
      const sent = requests.send({ ...REQUEST, signal: abort.signal });
      await asked.happens;
      abort.abort();
      await expect(sent).rejects.toThrow(/could not be connected to/);
      await expect(requests.send({ ...REQUEST, signal: abort.signal })).rejects.toThrow(/could not be connected to/);
      requests.close();
    },
  );

  silent(
    'letting go of a server cuts what it has not opened yet',
    async ({ silentProxy, connect, trusting, timers, asked, cut }) => {
      const wire = connect(SECURE, null, {}, timers, trusting(through(silentProxy.port)));
      wire.begin('initialize');
      await asked.happens;
      wire.connection.release();
      await cut.happens;
    },
  );

  test('its certificate is of an unknown authority', async ({ proxy, connect, authority }) => {
    const between = await proxy({ identity: authority.issue('127.0.0.1', 'IP') });
    const network = new Network({ environment: through(between.port, '', 'https') });
    const wire = connect(SECURE, null, {}, undefined, network);
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toBe(
      `at ${HOST} is asked through the proxy 127.0.0.1:${between.port}, which is not trusted: its certificate comes from an authority that this machine does not know`,
    );
  });
});

describe('a certificate', () => {
  /** A server over TLS on this machine, with the certificate of the test's authority. */
  const near = test.extend(
    'near',
    ({ serve, authority }) =>
      () =>
        serve(answering, 0, authority.issue('127.0.0.1', 'IP')),
  );

  near('of an authority that nobody named is refused', async ({ near, connect }) => {
    const server = await near();
    const wire = connect(server.url, null, {}, undefined, new Network({ environment: {} }));
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toBe(
      `at 127.0.0.1:${server.port} is not trusted: its certificate comes from an authority that this machine does not know`,
    );
  });

  near.for(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
    'is good if %s names its authority',
    async (variable, { near, connect, authority }) => {
      const server = await near();
      const problems: string[] = [];
      const environment = { [variable]: authority.file };
      const network = new Network({ environment, onProblem: (sentence) => problems.push(sentence) });
      const wire = connect(server.url, null, {}, undefined, network);
      await wire.initialize();
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
      expect(problems).toEqual([]);
    },
  );

  near('is good if SSL_CERT_DIR names the folder of its authority', async ({ near, connect, folder }) => {
    const server = await near();
    const wire = connect(server.url, null, {}, undefined, new Network({ environment: { SSL_CERT_DIR: folder } }));
    await wire.initialize();
    expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
  });

  near('of a server behind a proxy is refused with both named', async ({ far, proxy, connect }) => {
    const server = await far();
    const between = await proxy({ hosts: both(server) });
    const wire = connect(SECURE, null, {}, undefined, new Network({ environment: through(between.port) }));
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toBe(
      `at ${HOST} (through the proxy 127.0.0.1:${between.port}) is not trusted: its certificate comes from an authority that this machine does not know`,
    );
  });

  near(
    'file that is missing or holds none is told, and spoils nothing',
    async ({ near, connect, authority, folder }) => {
      const server = await near();
      const junk = join(folder, 'junk.txt');
      writeFileSync(junk, '-----BEGIN CERTIFICATE-----\nnone\n');
      const problems: string[] = [];
      const onProblem = (sentence: string) => problems.push(sentence);
      const environment = { SSL_CERT_FILE: authority.file, SSL_CERT_DIR: junk, NODE_EXTRA_CA_CERTS: '/no/such.pem' };
      const wire = connect(server.url, null, {}, undefined, new Network({ environment, onProblem }));
      await wire.initialize();
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
      expect(problems).toEqual([
        'SSL_CERT_DIR names no readable file with certificates in PEM',
        'NODE_EXTRA_CA_CERTS names no readable file with certificates in PEM',
      ]);
    },
  );
});
