import { defineErrors } from '../kernel/index.ts';

export const importErrors = defineErrors({
  IMPORT_NOT_FOUND: { kind: 'not-found', message: 'There is no such import.' },
  IMPORT_ENDED: { kind: 'conflict', message: 'The import has ended.' },
});
