import type { CliCommand } from './command.ts'
import { chatCommand } from './commands/chat.ts'
import { checkCommand } from './commands/check.ts'
import { configShowCommand } from './commands/config-show.ts'
import { contactsFindCommand } from './commands/contacts-find.ts'
import { explainCommand } from './commands/explain.ts'
import { fixCommand } from './commands/fix.ts'
import { fmtCommand } from './commands/fmt.ts'
import { forgetCommand } from './commands/forget.ts'
import { healthcheckCommand } from './commands/healthcheck.ts'
import { heldCommand } from './commands/held.ts'
import { initCommand } from './commands/init.ts'
import { logoutCommand } from './commands/logout.ts'
import { migrateCommand } from './commands/migrate.ts'
import { pauseCommand } from './commands/pause.ts'
import { playgroundCommand } from './commands/playground.ts'
import { qrCommand } from './commands/qr.ts'
import { reloadCommand } from './commands/reload.ts'
import { replayCommand } from './commands/replay.ts'
import { resumeCommand } from './commands/resume.ts'
import { roomsCommand } from './commands/rooms.ts'
import { runCommand } from './commands/run.ts'
import { schemaCommand } from './commands/schema.ts'
import { simulatorCommand } from './commands/simulator.ts'
import { statusCommand } from './commands/status.ts'
import { testCommand } from './commands/test.ts'
import { tryCommand } from './commands/try.ts'

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
  runCommand,
  initCommand,
  checkCommand,
  testCommand,
  tryCommand,
  explainCommand,
  chatCommand,
  replayCommand,
  fixCommand,
  fmtCommand,
  migrateCommand,
  schemaCommand,
  statusCommand,
  qrCommand,
  reloadCommand,
  pauseCommand,
  resumeCommand,
  contactsFindCommand,
  roomsCommand,
  heldCommand,
  forgetCommand,
  configShowCommand,
  playgroundCommand,
  simulatorCommand,
  logoutCommand,
  healthcheckCommand,
]
