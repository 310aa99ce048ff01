export { cronProblem } from '../schedule/schedule.ts'
