import { z } from 'zod';

/** A resource, whose other members its schema names. */
export const RESOURCE = z.looseObject({ schemas: z.array(z.string()).describe('URNs of its schemas.') });

/** A part of a list (RFC 7644 section 3.4.2). */
export const LIST = z.looseObject({
  schemas: z.array(z.string()),
  totalResults: z.number().int(),
  startIndex: z.number().int(),
  itemsPerPage: z.number().int(),
  Resources: z.array(RESOURCE).optional().describe('Absent where the total alone was asked for.'),
});
