/** Where a client is on the web, and what an older API keeps of it. */
import { z } from 'zod';
import { isStorableJson, jsonBytes } from '../../kernel/index.ts';
import { isPath } from '../redirects.ts';
import { MANAGER, type MetadataMember } from './member.ts';
import { WEB_PAGE } from './web-page.ts';

/** An absolute address, or a path that continues the root address. */
const ADDRESS_OR_PATH = z.string().superRefine((uri, context) => {
  if (isPath(uri)) return;
  for (const { message } of WEB_PAGE.safeParse(uri).error?.issues ?? []) context.addIssue({ code: 'custom', message });
});

/** The address that paths of the client continue. For managers: what is below it belongs to the client. */
export const ROOT_URL = {
  wire: 'root_url',
  check: WEB_PAGE,
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<string>;

/** Page of the application that ends what it knows of a user. The service keeps the address and sends nothing there. */
export const LOGOUT_URI = {
  wire: 'logout_uri',
  check: WEB_PAGE,
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<string>;

const continued = <W extends string>(wire: W) =>
  ({ wire, check: ADDRESS_OR_PATH, default: () => null, setBy: MANAGER }) as const satisfies MetadataMember<string>;

/** Page with which the application begins. */
export const BASE_URL = continued('base_url');
/** Where the application takes messages of the service. For managers: the service sends requests there. */
export const ADMIN_URL = continued('admin_url');

const MAX_EXTRA = 200;
const MAX_EXTRA_NAME = 255;
/** Read with every client: a page of 200 clients has 13 MB of it at most. */
const MAX_EXTRA_BYTES = 64 * 1024;

/** What an older API keeps with a client and nothing here reads, so that a client comes back as it was written. */
export const EXTRA = {
  wire: 'extra',
  check: z.record(z.string().min(1).max(MAX_EXTRA_NAME), z.unknown()).superRefine((extra, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (!isStorableJson(extra)) return refuse('The object cannot be stored.');
    if (Object.keys(extra).length > MAX_EXTRA) refuse(`At most ${MAX_EXTRA} members.`);
    if (jsonBytes(extra) > MAX_EXTRA_BYTES) refuse(`At most ${MAX_EXTRA_BYTES} bytes.`);
  }),
  default: () => ({}),
  setBy: MANAGER,
} as const satisfies MetadataMember<Record<string, unknown>>;
