/** The system's code of a failure, such as EADDRINUSE; 'unknown' when it has none. */
export function errorCode(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error
  return hasCode && typeof error.code === 'string' ? error.code : 'unknown'
}
