import { askingOf, withAnswer } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'
import { AMBIGUOUS, oneLine } from '../names.ts'
import { addSettingsOptions, pick, sayTo } from '../settings.ts'

/** `rooms`: every group chat. */
export const roomsCommand: CliCommand = {
  name: 'rooms',
  summary: { zh: '列出群聊', en: 'list group chats' },
  configure: addSettingsOptions,
  run(call) {
    const asking = askingOf(call)
    return withAnswer(call, asking, asking.daemon.rooms(), (rooms) => {
      for (const room of rooms) {
        const mark = room.isAmbiguous ? pick(AMBIGUOUS, asking.language) : ''
        sayTo(call.io.stdout, `${oneLine(room.name)}  (${room.members})${mark}`)
      }
      return EXIT.ok
    })
  },
}
