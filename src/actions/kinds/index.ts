import type { ActionKind } from './action.ts'
import { add } from './add.ts'
import { choose } from './choose.ts'
import { endFlow } from './end-flow.ts'
import { forget } from './forget.ts'
import { forward } from './forward.ts'
import { acceptFriend, setRemark } from './friends.ts'
import { handover } from './handover.ts'
import { ignore } from './ignore.ts'
import { llm } from './llm.ts'
import { log } from './log.ts'
import { emoticon, file, image, video } from './media.ts'
import { mute } from './mute.ts'
import { notify } from './notify.ts'
import { remember } from './remember.ts'
import { reply } from './reply.ts'
import { rule } from './rule.ts'
import { send } from './send.ts'
import { startFlow } from './start-flow.ts'
import { stop } from './stop.ts'
import { wait } from './wait.ts'
import { webhook } from './webhook.ts'

const ALL: readonly ActionKind[] = [
  reply,
  send,
  image,
  file,
  video,
  emoticon,
  forward,
  notify,
  webhook,
  llm,
  remember,
  forget,
  add,
  startFlow,
  endFlow,
  acceptFriend,
  setRemark,
  wait,
  mute,
  handover,
  ignore,
  log,
  stop,
  choose,
  rule,
]

/** Every action a `do` may name. */
export const actionCatalogue: ReadonlyMap<string, ActionKind> = new Map(
  ALL.map((entry) => [entry.key, entry]),
)

export type { ActionKind } from './action.ts'
