// The package has no types of its own; these are for what is used of it.
declare module 'yauzl' {
  interface Entry {
    readonly fileName: string;
    readonly externalFileAttributes: number;
  }

  interface ZipFile {
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<import('node:stream').Readable>;
  }

  export function openPromise(
    path: string,
    options: { lazyEntries: boolean; strictFileNames: boolean },
  ): Promise<ZipFile>;
}
