import { type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, use, useRef, useState } from 'react';
import { ActionButton } from '../parts/buttons.tsx';
import { describedBy, FaultText } from '../parts/fault.tsx';
import { Faults } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { joinPoint, movePoint, type Place, placesBetween, pressPoint } from './pattern.ts';

interface PatternGridProps {
  readonly name: string;
  /** Points on a side. */
  readonly side: 3 | 4;
  readonly label: string;
  /** Points in the order in which they were joined, by rows from 0. */
  readonly points: readonly number[];
  readonly onChange: (points: readonly number[]) => void;
  /** Whether it says how a pattern is chosen. Default true. */
  readonly isExplained?: boolean;
}

const placeOf = ({ clientX, clientY }: PointerEvent): Place => ({ x: clientX, y: clientY });

/** The point at a place of the screen. */
function findPoint({ x, y }: Place): number | null {
  const point = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-point]')?.dataset['point'];
  return point === undefined ? null : Number(point);
}

/**
 * A pattern on a grid of points: drawn in one stroke, tapped point by point, or chosen with arrow keys and the space bar. Pressing the last point
 * again takes it back. The form has the points as `0-1-2`.
 */
export function PatternGrid(props: PatternGridProps): ReactNode {
  const { name, side, label, points, onChange, isExplained = true } = props;
  const fault = use(Faults).get(name);
  const [current, setCurrent] = useState(0);
  const hintId = `${name}-hint`;
  const faultId = `${name}-fault`;
  const grid = useRef<HTMLFieldSetElement>(null);
  const stroke = useRef<{ readonly from: number; readonly place: Place } | null>(null);
  // Several moves of the pointer can come before React renders.
  const joined = useRef(points);
  joined.current = points;

  function change(next: readonly number[]): void {
    if (next === joined.current) return;
    joined.current = next;
    onChange(next);
  }

  function begin(event: PointerEvent): void {
    const point = event.isPrimary && event.button === 0 ? findPoint(placeOf(event)) : null;
    if (point === null) return;
    // Until the button is released all moves come here, also those outside of the grid.
    event.currentTarget.setPointerCapture(event.pointerId);
    stroke.current = { from: point, place: placeOf(event) };
    setCurrent(point);
    change(pressPoint(joined.current, point));
  }

  function move(event: PointerEvent): void {
    if (stroke.current === null) return;
    const { from, place } = stroke.current;
    const passed = placesBetween(place, placeOf(event)).flatMap((passedPlace) => findPoint(passedPlace) ?? []);
    stroke.current = { from, place: placeOf(event) };
    // The point where the stroke began may have been taken back.
    change(passed.filter((point) => point !== from).reduce(joinPoint, joined.current));
  }

  function end(): void {
    stroke.current = null;
  }

  /** Clicks of a keyboard or of a screen reader; those of a pointer were seen before. */
  function click(event: MouseEvent, point: number): void {
    if (event.detail === 0) change(pressPoint(joined.current, point));
  }

  function press(event: KeyboardEvent): void {
    const next = movePoint(current, event.key, side);
    if (next !== null) {
      event.preventDefault();
      setCurrent(next);
      grid.current?.querySelector<HTMLElement>(`[data-point="${next}"]`)?.focus();
    } else if (event.key === 'Backspace') change(joined.current.slice(0, -1));
  }

  return (
    <div className="field">
      <fieldset
        ref={grid}
        className={`pattern side-${side}`}
        aria-describedby={describedBy(isExplained ? hintId : null, faultId, fault)}
        data-invalid={fault === undefined ? undefined : true}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={press}
      >
        <legend className="label">{label}</legend>
        <div className="grid">
          <Stroke side={side} points={points} />
          {Array.from({ length: side * side }, (_, point) => (
            <button
              // The points of a grid never change their places.
              key={`${side}-${point.toString()}`}
              type="button"
              className="point"
              data-point={point}
              aria-label={describePoint(point, side, points.indexOf(point))}
              aria-pressed={points.includes(point)}
              tabIndex={point === current ? 0 : -1}
              onFocus={() => setCurrent(point)}
              onClick={(event) => click(event, point)}
            />
          ))}
        </div>
      </fieldset>
      <input type="hidden" name={name} value={points.join('-')} />
      {isExplained && (
        <span className="hint" id={hintId}>
          {t('pattern.hint')}
        </span>
      )}
      <span className="hint" role="status">
        {points.length === 0 ? '' : t('pattern.joined', { points: points.length })}
      </span>
      <FaultText id={faultId} fault={fault} />
      {points.length > 0 && (
        <ActionButton isQuiet onPress={() => change([])}>
          {t('pattern.clear')}
        </ActionButton>
      )}
    </div>
  );
}

function describePoint(point: number, side: number, at: number): string {
  const place = { row: Math.floor(point / side) + 1, column: (point % side) + 1 };
  return at < 0 ? t('pattern.point', place) : t('pattern.joinedPoint', { ...place, number: at + 1 });
}

/** The lines between the points. Each point is in the middle of a square of 1. */
function Stroke({ side, points }: { readonly side: number; readonly points: readonly number[] }): ReactNode {
  const corners = points.map((point) => `${(point % side) + 0.5},${Math.floor(point / side) + 0.5}`);
  return (
    <svg className="stroke" viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
      <polyline points={corners.join(' ')} />
    </svg>
  );
}
