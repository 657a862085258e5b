import type { ServerConfig, ServerFailure, ServerFailureRepository } from '../upstream-ports';

interface KnownFailuresDeps {
  readonly repository: ServerFailureRepository;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * Which servers did not start last, kept until one starts, its entry changes or it is removed. It never throws: a database
 * that cannot be written must not keep a server from running.
 */
export class KnownFailures {
  private readonly deps: KnownFailuresDeps;
  private readonly byServer = new Map<string, ServerFailure>();

  constructor(deps: KnownFailuresDeps) {
    this.deps = deps;
    this.attempt(() => {
      for (const failure of deps.repository.all()) this.byServer.set(failure.server, failure);
    });
  }

  /** The last failure of this entry; null when it started, or was never tried. */
  of({ name, fingerprint }: ServerConfig): ServerFailure | null {
    const known = this.byServer.get(name);
    return known?.fingerprint === fingerprint ? known : null;
  }

  note(failure: ServerFailure): void {
    const known = this.byServer.get(failure.server);
    this.byServer.set(failure.server, failure);
    // A server that fails the same way again and again is not worth a write each time.
    if (known?.error === failure.error && known.fingerprint === failure.fingerprint) return;
    this.attempt(() => this.deps.repository.save(failure));
  }

  forget(server: string): void {
    if (this.byServer.delete(server)) this.attempt(() => this.deps.repository.remove(server));
  }

  /** Forgets the failures of servers and entries that no longer exist. */
  keepOnly(configs: readonly ServerConfig[]): void {
    const known = new Map(configs.map(({ name, fingerprint }) => [name, fingerprint]));
    for (const { server, fingerprint } of [...this.byServer.values()]) {
      if (known.get(server) !== fingerprint) this.forget(server);
    }
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (err) {
      this.deps.log.warn({ err }, 'could not keep why a server did not start');
    }
  }
}
