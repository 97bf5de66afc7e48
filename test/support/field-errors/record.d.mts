export function recordFieldErrors(folder: string, by: string): void;
export function recordingEnvironment(): Record<string, string>;
