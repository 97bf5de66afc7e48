import { z } from 'zod';

/** Numbers of the parts of the older service (docs/dialects/kobil.md, section 2.1). */
export const SUBSYSTEM = { tenants: 1, apps: 2, users: 5 } as const;

type Subsystem = (typeof SUBSYSTEM)[keyof typeof SUBSYSTEM];

const base = {
  message: z.string().describe('What was done.'),
  status: z.string().describe('`OK`.'),
  subSystem: z.number().int().describe('Number of the part of the service.'),
};

/** An answer without data. */
export const DONE = z.strictObject(base);

/** An answer with data. */
export const withData = <S extends z.ZodType>(data: S) => z.strictObject({ ...base, data });

/** Makes the envelope of a success. */
export const done = (message: string, subSystem: Subsystem) => ({ message, status: 'OK', subSystem });
