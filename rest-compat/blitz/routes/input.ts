import { z } from 'zod';
import { ACCOUNT_ID } from '../identifiers.ts';

/** The path parameters that many rows have. */
export const SUBJECT_PATH = z.object({ subjectId: ACCOUNT_ID });

/**
 * The headers about the end user in user mode; both are recorded with the security event (docs/dialects/blitz.md, section 0.2).
 */
export const END_USER = z.object({
  'x-forwarded-for': z
    .string()
    .optional()
    .describe('Address of the user; the first address counts. Required for every change in user mode.'),
  'user-agent': z.string().optional().describe('User-Agent of the user.'),
});

/** The device whose sessions are kept when sessions are reset (docs/dialects/blitz.md, sections 2.11 and 2.12). */
export const KEPT_DEVICE = z.object({
  'ib-ci-ua-id': z.string().optional().describe('Id of a device that is kept, with its sessions.'),
});

/** The languages for mails and text messages. */
export const LANGUAGES = z.object({
  'accept-language': z.string().optional().describe('Language of what is sent to the user.'),
});
