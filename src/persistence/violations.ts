/** Name of the constraint a statement violated, from the error or any of its causes; null for other errors. */
export function violatedConstraint(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 5) return null;
  const fault = error as { constraint?: unknown; code?: unknown; cause?: unknown; previous?: unknown };
  if (typeof fault.constraint === 'string' && fault.constraint !== '') return fault.constraint;
  return violatedConstraint(fault.cause ?? fault.previous, depth + 1);
}
