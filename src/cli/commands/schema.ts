import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'

/** `schema`: the JSON Schema of rule files, for editors. */
export const schemaCommand: CliCommand = {
  name: 'schema',
  summary: { zh: '输出编辑器用的 JSON Schema', en: 'print the JSON Schema for editors' },
  configure: () => undefined,
  async run({ io }) {
    const { rulesJsonSchemaText } = await import('../../rules/json-schema/schema.ts')
    io.stdout.write(rulesJsonSchemaText())
    return EXIT.ok
  },
}
