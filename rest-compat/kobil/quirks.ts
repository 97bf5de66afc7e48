/** Most items of a list that has no pages. A page of the graph inside the process has no more. */
export const MAX_LISTED = 10_000;

/** Operation 43 shows this where only the hash of a secret is kept (docs/dialects/kobil.md, section 3.6). */
export const HIDDEN_SECRET = '**********';

/** Operation 31 has another status word than all others (docs/dialects/kobil.md, section 3.2). */
export const REMOVED_STATUS = 'Success';
