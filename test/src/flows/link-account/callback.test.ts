import { describe, expect, it } from 'vitest';
import { withError } from '../../../../src/flows/link-account/callback.ts';

describe('an error that is sent to the client', () => {
  it('is in the query, beside what the address has (RFC 6749 section 4.1.2.1)', () => {
    expect(withError('https://app.example/cb?x=1', 'access_denied', 'The user & the provider')).toBe(
      'https://app.example/cb?x=1&error=access_denied&error_description=The+user+%26+the+provider',
    );
  });

  it('replaces an error that the address has', () => {
    const url = new URL(withError('https://app.example/cb?error=old&error=older', 'server_error', 'New'));
    expect(url.searchParams.getAll('error')).toEqual(['server_error']);
  });
});
