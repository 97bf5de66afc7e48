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

/** Ids of what describes such a field: its hint, and its fault or the notice of the form in place of it. */
export function describedBy(hintId: string, faultId: string, fault: string | undefined): string {
  if (fault === undefined) return hintId;
  return `${hintId} ${fault === '' ? NOTICE_ID : faultId}`;
}
