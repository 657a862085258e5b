import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { type Sentence, said } from '../../shared/messages/said';
import { DAY, type Ms } from '../../shared/model/units';
import { isNewer, RELEASE } from './version';

/** Signed before the text, so that a signature of something else is never one of a manifest. */
const CONTEXT = 'holdfast update manifest 1\n';
const LONGEST_LIFE: Ms = 400 * DAY;
/** How far the clock of who signed may be ahead of ours. */
const AHEAD: Ms = DAY;

const envelopeSchema = z.object({
  signed: z.string(),
  signature: z.string().refine(isSignature),
});

const time = z.iso.datetime().transform((text) => Date.parse(text));
const manifestSchema = z.object({
  version: z.string().regex(RELEASE),
  issued: time,
  expires: time,
  changes: z.array(z.string().min(1).max(300)).max(20),
});

/** What a manifest says. Times in ms since the Unix epoch. */
export type Manifest = z.output<typeof manifestSchema>;

/** The newest that was ever verified. What is older is refused from then on. */
export interface HighWater {
  readonly issued: Ms;
  readonly version: string;
}

/** A manifest that is not to be believed. `message` is a sentence for the user. */
export class ManifestRefused extends Error {
  override readonly name = 'ManifestRefused';

  constructor(message: Sentence, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface Judging {
  /** Ed25519 public key, base64url. */
  readonly key: string;
  readonly now: Ms;
  readonly highWater: HighWater | null;
}

/**
 * Verifies and reads a manifest: `{"signed": TEXT, "signature": BASE64}`, where the Ed25519 signature is of a context and
 * exactly that text. Nothing of the text is looked at before its signature was verified.
 *
 * @throws ManifestRefused unless it is signed with the key, valid now, and no older than what was seen
 */
export function readManifest(text: string, { key, now, highWater }: Judging): Manifest {
  const envelope = envelopeSchema.safeParse(parsed(text));
  if (!envelope.success) throw new ManifestRefused(said('said.update.not_a_manifest'));
  const { signed, signature } = envelope.data;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
  if (!verify(null, Buffer.from(CONTEXT + signed), publicKey, Buffer.from(signature, 'base64'))) {
    throw new ManifestRefused(said('said.update.not_signed'));
  }
  const manifest = manifestSchema.safeParse(parsed(signed));
  if (!manifest.success) throw new ManifestRefused(said('said.update.unknown_kind'));
  const { version, issued, expires } = manifest.data;
  if (issued > now + AHEAD) {
    throw new ManifestRefused(said('said.update.future'));
  }
  if (expires <= now || expires - issued > LONGEST_LIFE) {
    throw new ManifestRefused(said('said.update.expired'));
  }
  const isOlder = highWater !== null && (issued < highWater.issued || isNewer(highWater.version, version));
  if (isOlder) throw new ManifestRefused(said('said.update.older'));
  return manifest.data;
}

/** In one form only: decoders ignore some bits of the last character. */
function isSignature(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 64 && bytes.toString('base64') === text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
