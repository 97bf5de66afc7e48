import { kernelErrors } from './errors.ts';

export const kernel = { name: 'kernel', errors: [kernelErrors] } as const;
