import type { Contents, RecordedPart } from '../../../shared/contract/activity-contents';
import { partText, sizeOf } from '../../mcp/message-text';
import type { RecordedContents } from '../activity-ports';
import type { ContentsRecording } from '../recording';
import type { KnownMask } from './mask-text';
import { maskedJson, parsedJson } from './masked-json';

/** Kept of each part, in bytes of UTF-8. */
const MAX_PART = 64 * 1024;
/** Parsing a longer part would hold everything else up. In characters. */
const MAX_PARSED = 4 * 1024 * 1024;
/** Messages whose outcome is awaited, together, in bytes. Beyond that, contents of the oldest are not recorded. */
const MAX_HELD = 32 * 1024 * 1024;

/** A message, held until its outcome is known. */
export interface HeldMessage {
  /** Null once it was let go, so that nothing else keeps its text in memory. */
  message: object | null;
  readonly bytes: number;
  /** When it came, in changes of what is recorded. */
  readonly from: number;
}

/** Takes the contents of messages, as far as that is switched on, and masks them. */
export class ContentsRecorder {
  private readonly recording: ContentsRecording;
  /** Hides the secrets that Holdfast itself holds, in any text that is kept. */
  readonly known: KnownMask;
  /** Oldest first. */
  private readonly held = new Set<HeldMessage>();
  private bytes = 0;

  constructor(recording: ContentsRecording, known: KnownMask) {
    this.recording = recording;
    this.known = known;
  }

  /** What may be shown of an answer to somebody who asked for it by hand, recorded or not. */
  shown(answer: object): Pick<Contents, 'result' | 'error'> {
    return {
      result: recordedPart(partText(answer, 'result'), this.known),
      error: recordedPart(partText(answer, 'error'), this.known),
    };
  }

  get isOn(): boolean {
    return this.recording.isOn;
  }

  /** Holds a message until its end; null if it is not to be recorded. Each needs {@link release}. */
  hold(message: object | undefined): HeldMessage | null {
    if (message === undefined || !this.recording.isOn) return null;
    const held: HeldMessage = { message, bytes: sizeOf(message), from: this.recording.now };
    this.held.add(held);
    this.bytes += held.bytes;
    for (const oldest of this.held) {
      if (this.bytes <= MAX_HELD) break;
      this.release(oldest);
    }
    return held;
  }

  release(held: HeldMessage | null): void {
    if (held === null || !this.held.delete(held)) return;
    this.bytes -= held.bytes;
    held.message = null;
  }

  /**
   * What is kept of a message and its answer; undefined unless contents of the server are recorded without a break since
   * the message came.
   * @param held - null when nothing was recorded as the message came
   */
  contentsOf(held: HeldMessage | null, server: string | null, answer?: object): RecordedContents | undefined {
    if (held === null || held.message === null || !this.recording.wants(server, held.from)) return undefined;
    const part = (message: object | undefined, key: 'params' | 'result' | 'error') =>
      message === undefined ? null : recordedPart(partText(message, key), this.known);
    const parts = {
      params: part(held.message, 'params'),
      result: part(answer, 'result'),
      error: part(answer, 'error'),
    };
    return { parts, lived: this.recording.lived() };
  }
}

function recordedPart(text: string | null, known: KnownMask): RecordedPart | null {
  if (text === null) return null;
  const bytes = Buffer.byteLength(text);
  if (text.length > MAX_PARSED) return { json: null, bytes, cut: true, masked: 0 };
  const { json, isCut, masked } = maskedJson(parsedJson(text), known, MAX_PART);
  return { json, bytes, cut: isCut, masked };
}
