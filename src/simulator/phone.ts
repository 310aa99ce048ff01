import type { Core } from './core.ts'
import { ownText } from './drafts.ts'
import type { LoginCode } from './login-code.ts'
import type { Owner } from './session.ts'
import { hex } from './tokens.ts'

/** The owner's phone. Every act waits for the code it needs, so a script need not know when the client asks. */
export interface Phone {
  /** Scans the newest fresh code, waiting for one. `as` scans with somebody else's account. */
  scan(as?: Owner): Promise<void>
  /** Confirms the scanned (or pushed) login, waiting for one. */
  confirm(): Promise<void>
  /** Taps "cancel" on the scanned code, waiting for one. */
  cancel(): Promise<void>
  /** Lets the newest fresh code run out, waiting for one. */
  expireQr(): Promise<void>
  /** The owner types on the phone; returns the message id. */
  say(text: string, to: string): string
  /** Ends the web session from the phone: 1100. */
  logout(): void
  /** Forgets this browser: push login is refused from now on. */
  revoke(): void
}

/** Called for every new code: in `auto` mode the phone scans and confirms it at once. */
export function phoneSees(core: Core, code: LoginCode): void {
  core.codeBell.ring()
  if (core.settings.phone !== 'auto') return
  code.owner ??= core.world.self
  confirmCode(core, code)
}

/** The phone of this simulator. */
export function phoneOf(core: Core): Phone {
  const note = (what: string) => core.journal.add({ kind: 'phone', what })
  const act = async (states: readonly LoginCode['state'][], what: string, run: (code: LoginCode) => void) => {
    const code = await newestCode(core, states)
    note(what)
    run(code)
    core.codeBell.ring()
  }
  return {
    scan: (as) =>
      act(['fresh'], 'scan', (code) => {
        code.owner = as ?? core.world.self
        code.state = 'scanned'
      }),
    confirm: () => act(['scanned'], 'confirm', (code) => confirmCode(core, code)),
    cancel: () =>
      act(['scanned'], 'cancel', (code) => {
        code.state = 'cancelled'
      }),
    expireQr: () =>
      act(['fresh'], 'expire', (code) => {
        code.state = 'expired'
      }),
    say(text, to) {
      const draft = ownText(core, core.world.resolve(to), text)
      note('say')
      core.feed.append({ kind: 'message', draft })
      return draft.msgId
    },
    logout() {
      note('logout')
      if (core.session !== null) core.endSession(core.session, 1100)
    },
    revoke() {
      note('revoke')
      for (const session of core.sessions) session.isDeviceTrusted = false
    },
  }
}

function confirmCode(core: Core, code: LoginCode): void {
  code.state = 'confirmed'
  code.confirmedAt = core.settings.clock.now()
  code.ticket = `A${hex(core.settings.random, 24)}@qrticket_0`
}

async function newestCode(core: Core, states: readonly LoginCode['state'][]): Promise<LoginCode> {
  for (;;) {
    core.stop.signal.throwIfAborted()
    const found = [...core.codes.values()].findLast((code) => states.includes(code.state))
    if (found !== undefined) return found
    await core.codeBell.wait(core.stop.signal)
  }
}
