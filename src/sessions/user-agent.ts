import { LRUCache } from 'lru-cache';
import UAParser from 'ua-parser-js';

/** A program or system with its version, as far as the header names them. */
export interface NamedVersion {
  /** Such as `Chrome` or `Windows`; null when unknown. */
  readonly name: string | null;
  /** Such as `126.0.0.0` or `10`; null when unknown. */
  readonly version: string | null;
}

/**
 * What a `User-Agent` header says about the sender's device. The sender chooses the text, so show it to people but decide
 * nothing by it.
 */
export interface UserAgent {
  readonly browser: NamedVersion;
  readonly os: NamedVersion;
  /** Vendor and model of a phone or tablet, such as `Apple iPhone`; null when unknown. */
  readonly device: string | null;
  /** Kind of device, such as `mobile` or `tablet`; null when the header does not say, as with desktop browsers. */
  readonly deviceType: string | null;
}

/** Browsers send far shorter ones. The rest of a longer text is ignored, so that parsing it costs no more. */
const MAX_LENGTH = 500;
/**
 * Parsed headers. A text of 500 characters and a result of about 300 make 2 MB at most; a page of events has few different
 * ones.
 */
const remembered = new LRUCache<string, UserAgent>({ max: 1000 });

/**
 * Splits a `User-Agent` (RFC 9110 section 10.1.5) into browser, system and device; all null when the header is missing or
 * says nothing.
 */
export function parseUserAgent(text: string | null): UserAgent {
  const cut = (text ?? '').slice(0, MAX_LENGTH);
  let known = remembered.get(cut);
  if (known === undefined) {
    known = parsed(cut);
    remembered.set(cut, known);
  }
  return known;
}

function parsed(text: string): UserAgent {
  const { browser, os, device } = new UAParser(text).getResult();
  const model = [device.vendor, device.model].filter(Boolean).join(' ');
  return {
    browser: named(browser),
    os: named(os),
    device: model === '' ? null : model,
    deviceType: device.type ?? null,
  };
}

const named = ({ name, version }: { name?: string | undefined; version?: string | undefined }): NamedVersion => ({
  name: name ?? null,
  version: version ?? null,
});
