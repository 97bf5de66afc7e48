/** The whole number that a text is; null for other texts. */
export const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

/** A moment in milliseconds since 1970; null for other texts. @param later Milliseconds to add. */
export function momentOf(text: string | undefined, later = 0): string | null {
  const milliseconds = wholeNumber(text);
  const moment = new Date(milliseconds === null ? Number.NaN : milliseconds + later);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
