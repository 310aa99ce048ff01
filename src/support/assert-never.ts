/** Ends an exhaustive `switch`: compiles only when every case was handled, throws if the types lied. */
export function assertNever(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`)
}
