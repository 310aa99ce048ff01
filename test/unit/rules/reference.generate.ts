/**
 * Writes what is made from the schemas of the rule format: the tables of docs/rules-reference.md and the editor schema.
 * `node test/unit/rules/reference.generate.ts`; run it after a change of keys, and look at what it changed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { rulesJsonSchemaText, SCHEMA_FILE } from '../../../src/rules/json-schema/schema.ts'
import { withTables } from '../../../src/rules/reference.ts'

const file = (path: string) => new URL(`../../../${path}`, import.meta.url)
const page = file('docs/rules-reference.md')

writeFileSync(page, withTables(readFileSync(page, 'utf8')))
writeFileSync(file(`rules/${SCHEMA_FILE}`), rulesJsonSchemaText())
