/**
 * The door of the room that watches the clock. It only makes events (`schedule.fired`, `flow.expired`); what follows from
 * them is decided like everything else.
 */
export { cronProblem } from './cron.ts'
export { FlowDeadlines, type FlowDeadlinesPort } from './flow-deadlines.ts'
export { type TimerSource, Timers, type TimersPorts } from './timers.ts'
export { type MarksPort, Timetable } from './timetable.ts'
