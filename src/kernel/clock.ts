/** The only source of the current time. Tests pass a frozen clock instead. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Whole seconds since the epoch, as JWT claims count (RFC 7519 section 2, NumericDate). */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** Whether two moments are in one second, as older APIs show them; none is in one with none. */
export function isSameSecond(one: Date | null | undefined, other: Date | null | undefined): boolean {
  if (one == null || other == null) return one == null && other == null;
  return epochSeconds(one) === epochSeconds(other);
}

export function addSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
