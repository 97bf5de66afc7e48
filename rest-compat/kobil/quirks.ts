/** Most items of a list that has no pages. A page of the graph inside the process has no more. */
export const MAX_LISTED = 10_000;
