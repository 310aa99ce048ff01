export function compileRules(): void {}
