/** Text that is looked at; what is longer is not a description any more. */
const LONGEST = 100_000;
const LONGEST_SHOWN = 80;

/**
 * What reads like an instruction to the model rather than a description. docs/tools.md lists them. They are hints: a good server
 * may say so for a good reason, and a bad one need not.
 */
const HINTS: readonly RegExp[] = [
  // Overrules what others said.
  /\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|of|my)\s+){0,3}(?:previous|prior|above|earlier|preceding)\b[^.\n]{0,20}/i,
  // Keeps something from the user.
  /\b(?:do\s+not|don't|never|must\s+not|without)\s+(?:tell|inform|mention|notify|alert|reveal|telling|informing|mentioning|notifying)\w*\b[^.\n]{0,40}\b(?:user|human|person|anyone|anybody)\b/i,
  // Dressed up as something else than a description.
  /<\/?(?:important|system|instructions?|secret|hidden|critical)\b[^>\n]{0,40}>/i,
  // Wants to come before, or into, other tools.
  /\b(?:before|prior\s+to|after|when(?:ever)?)\s+(?:using|calling|invoking|running|you\s+(?:use|call))\s+(?:any|every|all|each)\s+(?:of\s+the\s+)?(?:other\s+)?(?:tools?|functions?|commands?)\b/i,
  // Reads keys and settings.
  /(?:~|\$HOME|%USERPROFILE%|\/root|\/home\/\w+)[/\\]\.(?:ssh|aws|gnupg|kube|docker|netrc|cursor|config)\b|\bid_(?:rsa|ed25519|ecdsa)\b|(?<![\w.])\.env\b(?!\.example)|\bmcp\.json\b|\bclaude_desktop_config\.json\b|\/etc\/(?:passwd|shadow)\b/i,
  // Gives away the conversation.
  /\b(?:reveal|send|include|pass|share|return|repeat|output)\b[^.\n]{0,60}\b(?:system\s+prompt|conversation\s+history|chat\s+history|entire\s+conversation)\b/i,
];

/** The first part of a text that reads like an instruction to the model; null when none does. */
export function hintIn(text: string): string | null {
  // Spaces that are none, and letters of another width, hide no word.
  const plain = text
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/[\p{Cf}]/gu, '');
  for (const hint of HINTS) {
    const [found] = hint.exec(plain) ?? [];
    if (found !== undefined) return found.trim().slice(0, LONGEST_SHOWN);
  }
  return null;
}
