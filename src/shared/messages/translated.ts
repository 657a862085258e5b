/** A catalogue in another language: every id of the English one, and no other. */
export type Translated<English> = { readonly [Id in keyof English]: string };
