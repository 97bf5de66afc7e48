import { relative } from 'node:path';
import { expect, inject } from 'vitest';
import { recordFieldErrors } from './record.mjs';

const folder = inject('fieldErrors');
recordFieldErrors(folder, relative(process.cwd(), expect.getState().testPath ?? ''));
