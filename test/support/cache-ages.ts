import { vi } from 'vitest';

/**
 * Stops the clock by which the caches of the services age, for the rest of the file: `performance.now()` of this process. Tests
 * that count statements would otherwise count one more on a loaded machine, where a tenant that was read seconds ago is
 * read again.
 */
export function stopCacheAges(): void {
  const now = performance.now();
  // Fake timers would put another `performance` in the place of the one that the caches hold.
  vi.spyOn(performance, 'now').mockReturnValue(now);
}
