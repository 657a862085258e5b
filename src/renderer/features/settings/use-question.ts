import { useState } from 'react';

/** A question that is open: what it is about, and how it is answered. */
export interface Question<T> {
  readonly about: T;
  answer(yes: boolean): void;
}

/** Asks in a dialog and waits for the answer. `question` is what the dialog shows; null while none is open. */
export function useQuestion<T>() {
  const [question, setQuestion] = useState<Question<T> | null>(null);
  const ask = (about: T): Promise<boolean> =>
    new Promise((resolve) => {
      setQuestion({
        about,
        answer(yes) {
          setQuestion(null);
          resolve(yes);
        },
      });
    });
  return { question, ask };
}
