/** Holdfast's logo: a stem held by three roots. */
export const Mark = () => (
  <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" className="shrink-0 text-accent">
    <rect width="24" height="24" rx="6" fill="currentColor" />
    <path
      d="M12 4.5v8M12 12.5c0 3.5-2 5.5-5.5 6.5M12 12.5c0 3.5 2 5.5 5.5 6.5M12 12.5V19.5M8.5 8h7"
      fill="none"
      stroke="var(--on-accent)"
      strokeWidth="1.9"
      strokeLinecap="round"
    />
  </svg>
);
