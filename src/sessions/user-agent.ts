import { LRUCache } from 'lru-cache';
import UAParser from 'ua-parser-js';

/** A program or system with its version, as far as they are told. */
export interface NamedVersion {
  /** Such as `Chrome` or `Windows`; null when unknown. */
  readonly name: string | null;
  /** Such as `126.0.0.0` or `10`; null when unknown. */
  readonly version: string | null;
}

/** What a `User-Agent` says of the machine behind it. Its sender chooses the text: for people to read, never to decide by. */
export interface UserAgent {
  readonly browser: NamedVersion;
  readonly os: NamedVersion;
  /** Vendor and model of a phone or tablet, such as `Apple iPhone`; null when unknown. */
  readonly device: string | null;
  /** What it is, such as `mobile` or `tablet`; null for what does not say, as desktop browsers. */
  readonly deviceType: string | null;
}

/** Browsers cut theirs far below; what is beyond is not looked at, so that a long text costs no more than a short one. */
const MAX_LENGTH = 500;
/** A text of 500 and an answer of some 300 characters: 2 MB at most. A page of events repeats few of them. */
const remembered = new LRUCache<string, UserAgent>({ max: 1000 });

/** Splits a `User-Agent` (RFC 9110 section 10.1.5) into browser, system and device; all null for what says nothing. */
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
