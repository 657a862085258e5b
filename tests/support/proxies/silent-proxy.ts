import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose connections can go silent without a sign, as those of a machine that sleeps do. */
export class SilentProxy {
  /** Connections that were accepted and passed on so far. */
  opened = 0;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly server = createServer((client) => this.accept(client));
  private readonly target: number;
  private hasNetwork = true;
  private port = 0;

  private constructor(target: number) {
    this.target = target;
  }

  /** @param target - port on loopback that connections go on to */
  static async start(target: number): Promise<SilentProxy> {
    const proxy = new SilentProxy(target);
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  /**
   * Both ends of every connection stay connected, and nothing passes any more, ever. The far end learns nothing either.
   * Until {@link network} there is nobody to connect to.
   */
  async silence(): Promise<void> {
    for (const pair of this.pairs) for (const socket of pair) socket.pause().removeAllListeners('data');
    this.hasNetwork = false;
    await new Promise<void>((resolve) => {
      this.server.close();
      // `close` calls back only once all connections have ended; the port is free at once.
      setImmediate(resolve);
    });
  }

  /** New connections get through again. */
  async network(): Promise<void> {
    if (this.hasNetwork) return;
    this.hasNetwork = true;
    await this.listen();
  }

  close(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.server.close();
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  private accept(client: Socket): void {
    this.opened += 1;
    const onward = connect(this.target, '127.0.0.1');
    const pair = [client, onward] as const;
    this.pairs.add(pair);
    client.on('data', (chunk) => onward.write(chunk));
    onward.on('data', (chunk) => client.write(chunk));
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.once('close', () => {
        // A far end that is out of reach does not hear that the near one closed.
        if (!this.hasNetwork || !this.pairs.delete(pair)) return;
        for (const other of pair) other.destroy();
      });
    }
  }
}
