import { askingOf, withAnswer } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import type { DaemonPerson } from '../daemon-port.ts'
import { EXIT } from '../io.ts'
import { AMBIGUOUS, oneLine } from '../names.ts'
import { addSettingsOptions, pick, sayTo } from '../settings.ts'

/** `contacts find 王`: people whose names hold the text. */
export const contactsFindCommand: CliCommand = {
  name: 'contacts find',
  summary: { zh: '按名字找联系人', en: 'find contacts by name' },
  configure(command) {
    addSettingsOptions(command)
    command.argument('<name>', '名字的一部分 / part of a name')
  },
  run(call) {
    const asking = askingOf(call)
    return withAnswer(call, asking, asking.daemon.contacts({ find: call.args[0] ?? '' }), (people) => {
      for (const person of people) {
        const mark = person.isAmbiguous ? pick(AMBIGUOUS, asking.language) : ''
        sayTo(call.io.stdout, `${oneLine(personLine(person))}${mark}`)
      }
      if (people.length > 0) return EXIT.ok
      sayTo(call.io.stderr, pick({ zh: '没有找到', en: 'nobody found' }, asking.language))
      return EXIT.failed
    })
  },
}

function personLine(person: DaemonPerson): string {
  const more = [
    person.remark === '' ? '' : `remark: ${person.remark}`,
    person.nick === '' ? '' : `nick: ${person.nick}`,
    person.alias === '' ? '' : `alias: ${person.alias}`,
    person.relation,
  ].filter((text) => text !== '')
  return `${person.name}  (${more.join(', ')})`
}
