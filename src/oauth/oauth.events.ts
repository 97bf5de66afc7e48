import { defineEvents } from '../events/index.ts';

export const oauthEvents = defineEvents({
  'token.issued': { category: 'token', ends: 'nothing', description: 'A token was issued.' },
  'token.refused': { category: 'token', ends: 'nothing', description: 'A token request was refused.' },
  'token.revoked': { category: 'token', ends: 'subject', description: 'A token was revoked.' },
  'refresh_token.reused': {
    category: 'token',
    ends: 'subject',
    description: 'A spent refresh token returned; its family was revoked.',
  },
  'code.replayed': {
    category: 'token',
    ends: 'subject',
    description: 'A spent authorization code returned; its tokens were revoked.',
  },
  'authorization.granted': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'An application got an authorization code; recorded where the setting `recordAuthorizations` is on.',
  },
  'authorization.refused': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'The request of an application for a sign-in was refused.',
  },
  'client_callback.failed': {
    category: 'client',
    ends: 'nothing',
    description:
      'An application did not take a message: that a session has ended, or before which moment tokens are refused.',
  },
  'not_before.pushed': {
    category: 'client',
    ends: 'nothing',
    description: 'Applications get the moment before which tokens are refused.',
  },
  'key.rotated': { category: 'tenant', ends: 'nothing', description: 'A signing key was made or replaced.' },
});
