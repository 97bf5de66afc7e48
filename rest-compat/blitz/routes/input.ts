import { z } from 'zod';
import { ACCOUNT_ID } from '../identifiers.ts';

/** What many rows take. */
export const SUBJECT_PATH = z.object({ subjectId: ACCOUNT_ID });

/**
 * The end user behind a call in user mode; both are recorded with the security event (docs/dialects/blitz.md, section
 * 0.2).
 */
export const END_USER = z.object({
  'x-forwarded-for': z
    .string()
    .optional()
    .describe('Address of the user. User mode must send it with every change; the first address counts.'),
  'user-agent': z.string().optional().describe("The user's own User-Agent."),
});

/** A device that is left alone although sessions are reset (docs/dialects/blitz.md, sections 2.11 and 2.12). */
export const KEPT_DEVICE = z.object({
  'ib-ci-ua-id': z.string().optional().describe('Id of a device that is kept, with its sessions.'),
});

/** What the reader of a mail or text message understands. */
export const LANGUAGES = z.object({
  'accept-language': z.string().optional().describe('Language of what is sent to the user.'),
});
