import { describe, expect, it } from 'vitest';
import { parseUserAgent } from '../../../src/sessions/index.ts';

const NOTHING = {
  browser: { name: null, version: null },
  os: { name: null, version: null },
  device: null,
  deviceType: null,
};

describe('a User-Agent', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      {
        browser: { name: 'Chrome', version: '126.0.0.0' },
        os: { name: 'Windows', version: '10' },
        device: null,
        deviceType: null,
      },
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
      {
        browser: { name: 'Mobile Safari', version: '17.4' },
        os: { name: 'iOS', version: '17.4' },
        device: 'Apple iPhone',
        deviceType: 'mobile',
      },
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
      {
        browser: { name: 'Firefox', version: '127.0' },
        os: { name: 'Linux', version: null },
        device: null,
        deviceType: null,
      },
    ],
  ])('is split into browser, system and device: %s', (text, expected) => {
    expect(parseUserAgent(text)).toEqual(expected);
  });

  it.each([null, '', 'Tests/1.0', '\0\ud800', 'x'.repeat(100_000)])('that says nothing gives nulls', (text) => {
    expect(parseUserAgent(text)).toEqual(NOTHING);
  });

  it('is looked at no further than its bound', () => {
    const far = `${'x'.repeat(500)} Chrome/126.0.0.0`;
    expect(parseUserAgent(far)).toEqual(NOTHING);
  });
});
