const STEPS = [
  ['Create a key', 'Choose your client in Connect. Its key is shown once.'],
  [
    'Paste one command',
    'Connect shows the exact command or file for Claude Code, Cursor, VS Code, Codex and Gemini CLI.',
  ],
  ['Use a tool', 'The first call starts a session. From then on it survives drops and restarts.'],
] as const;

/** What a new user does first: three steps to the first session. */
export function ConnectSteps() {
  return (
    <ol className="grid grid-cols-1 gap-5 px-5 py-6 min-[800px]:grid-cols-3">
      {STEPS.map(([title, text], index) => (
        <li key={title} className="flex gap-3">
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-selected font-semibold text-accent text-sm"
          >
            {index + 1}
          </span>
          <div>
            <p className="font-semibold text-ink">{title}</p>
            <p className="text-ink-2 text-sm">{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
