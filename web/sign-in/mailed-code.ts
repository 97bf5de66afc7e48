/** How a link from a mail hands over its code: behind the `#`, which browsers send to no server. */
const MAILED_CODE = /^#code=(\d{8})$/;

/** The code with which a link from a mail led here; null: none did. */
export const mailedCode = (): string | null => MAILED_CODE.exec(location.hash)?.[1] ?? null;

/** As `mailedCode`, once: the code leaves the address and the history of the browser. */
export function takeMailedCode(): string | null {
  const code = mailedCode();
  if (code !== null) history.replaceState(null, '', location.pathname + location.search);
  return code;
}
