/** A place on the screen, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How far apart the places are at which a movement of the pointer is looked at, in pixels: less than a point is wide. */
const STEP = 4;

/** Joins a point to a pattern; each is joined once. */
export const joinPoint = (points: readonly number[], point: number): readonly number[] =>
  points.includes(point) ? points : [...points, point];

/** Joins a point, or takes the last one back when it is pressed again. */
export const pressPoint = (points: readonly number[], point: number): readonly number[] =>
  points.at(-1) === point ? points.slice(0, -1) : joinPoint(points, point);

/** Places of a movement, its end included: a quick pointer is reported only here and there, and must not jump over a point. */
export function placesBetween(from: Place, to: Place): readonly Place[] {
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / STEP));
  return Array.from({ length: count }, (_, at) => {
    const part = (at + 1) / count;
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  });
}

const MOVES: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The point to which a key leads from another; null when the key leads nowhere. At the border it stays where it is. */
export function movePoint(point: number, key: string, side: number): number | null {
  const move = MOVES[key];
  if (move === undefined) return null;
  const clamp = (value: number): number => Math.min(Math.max(value, 0), side - 1);
  return clamp(Math.floor(point / side) + move[0]) * side + clamp((point % side) + move[1]);
}
