/** Most items of a list that has no pages. A page of the graph inside the process has no more. */
export const MAX_LISTED = 10_000;

/** Operation 31 has another status word than all others (docs/dialects/kobil.md, section 3.2). */
export const REMOVED_STATUS = 'Success';
