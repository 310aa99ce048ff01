import { StoreError } from '../domain/errors.ts'
import type { ScheduleSpec } from '../domain/spec.ts'
import { FlowDeadlines, type MarksPort, Timers, Timetable } from '../schedule/schedule.ts'
import type { Store } from '../store/store.ts'
import type { Rooms } from './rooms.ts'
import type { RunningRules } from './rules-runtime.ts'
import type { DaemonSetup } from './setup.ts'
import { runTimed } from './sync-loop.ts'

/**
 * Schedules, the ends of flows and texts that were held back, until the signal aborts. They ring only while we are online and know the address
 * book: there is nobody to send for before, and what fell due meanwhile is for `if_missed`.
 */
export async function runSchedules(setup: DaemonSetup, rooms: Rooms, signal: AbortSignal): Promise<void> {
  const { clock } = setup
  const { store, client, pin, keeper, narrator } = rooms
  const { merging } = rooms.sync.pipeline
  const timetable = new Timetable(marksOf(store))
  let loaded: RunningRules | null = null
  const timers = new Timers({
    sources: [
      timetable,
      new FlowDeadlines((account) => store.facts(account)),
      ...(merging === null ? [] : [merging]),
    ],
    clock,
    account() {
      if (loaded !== keeper.current) {
        loaded = keeper.current
        timetable.replace(schedulesOf(loaded), loaded.ruleset.timezone, clock.now())
      }
      return client.connection.kind === 'online' && client.roster.isSettled ? pin.current() : null
    },
    accept: (account, events) => runTimed(account, events, rooms.sync, signal),
    onClock(isPlausible) {
      const fields = { event: 'clock', isPlausible }
      if (isPlausible) narrator.info({ zh: '系统时间恢复正常', en: 'the clock is set again' }, fields)
      else
        narrator.warn(
          { zh: '系统时间不对，定时任务先停着', en: 'the clock is not set; schedules wait' },
          fields,
        )
    },
  })
  rooms.watch({
    onConnection: () => timers.wake(),
    onDecided(_event, verdict) {
      if (verdict.writes.some((write) => write.kind === 'flow')) timers.wake()
    },
  })
  keeper.onSwap(() => timers.wake())
  if (merging !== null) merging.onHeld = () => timers.wake()
  await timers.run(signal)
}

function schedulesOf({ ruleset }: RunningRules): readonly ScheduleSpec[] {
  return [...ruleset.schedules.values()].map(({ spec }) => spec)
}

/** A full disk keeps a new schedule from being noted as known; it is noted at the next start then. */
function marksOf({ schedules }: Store): MarksPort {
  return {
    lastMark: (account, schedule) => schedules.lastMark(account, schedule),
    mark(account, schedule, dueAt) {
      try {
        return schedules.mark(account, schedule, dueAt)
      } catch (error) {
        if (error instanceof StoreError && error.code !== 'io' && error.code !== 'corrupt') return false
        throw error
      }
    },
  }
}
