/** Whether the browser has passkeys, which pages without TLS do not get. */
export const arePasskeysSupported = (): boolean =>
  'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
