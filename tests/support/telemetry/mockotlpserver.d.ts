declare module '@elastic/mockotlpserver' {
  /** The part of it that the tests use; the package has no types of its own. */
  export class MockOtlpServer {
    constructor(options: {
      logLevel: string;
      services: readonly 'http'[];
      httpHostname: string;
      httpPort: number;
      onTrace(trace: unknown): void;
      onMetrics(metrics: unknown): void;
      onRequest(request: unknown): void;
    });
    readonly httpUrl: URL | null;
    start(): Promise<void>;
    close(): Promise<void>;
  }
}
