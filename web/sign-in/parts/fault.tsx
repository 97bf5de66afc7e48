import type { ReactNode } from 'react';
import { NOTICE_ID } from './form.tsx';

interface FaultTextProps {
  readonly id: string;
  /** As `Faults` has it. */
  readonly fault: string | undefined;
}

/** The fault of a field that React Aria has no part for. */
export const FaultText = ({ id, fault = '' }: FaultTextProps): ReactNode =>
  fault !== '' && (
    <span className="fault" id={id}>
      {fault}
    </span>
  );

/**
 * Ids of what describes such a field: its hint, and its fault or the notice of the form in place of it.
 * @param hintId Null: it has none.
 */
export function describedBy(hintId: string | null, faultId: string, fault: string | undefined): string | undefined {
  const ids = [hintId, fault === '' ? NOTICE_ID : fault === undefined ? null : faultId];
  return ids.filter((id) => id !== null).join(' ') || undefined;
}
